"""Runs the example DAG inside Airflow, which has an environment of its own, and answers with what became of its tasks.

python drive.py FOLDER-OF-DAGS < one JSON object of parameters a line > one JSON object of tasks a line
"""

import json
import sys
from datetime import timedelta
from typing import Any

from airflow.dag_processing.dagbag import DagBag

NAME = "fhir_trd_nightly"


def main(folder: str) -> None:
    """Run once for each line; retries wait a moment instead of minutes."""
    bag = DagBag(folder, safe_mode=False)
    if bag.import_errors:
        raise SystemExit(str(bag.import_errors))
    dag = bag.dags[NAME]
    dag.get_task("sync").retry_delay = timedelta(milliseconds=1)
    for line in sys.stdin:
        sys.stderr.write(f"{line}\n")
        answer = states(dag.test(run_conf=json.loads(line)))
        sys.stdout.write(f"ANSWER {json.dumps(answer)}\n")


def states(run: Any) -> dict[str, Any]:
    """The state of each task, and how often it was tried."""
    return {each.task_id: [str(each.state), each.try_number] for each in run.get_task_instances()}


if __name__ == "__main__":
    main(sys.argv[1])
