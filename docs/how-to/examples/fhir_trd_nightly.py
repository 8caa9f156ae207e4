"""One turn of `fhir-trd sync` every night: what is new is fetched and judged, and what changed is written back.

For Apache Airflow 3. Secrets stay in files that the worker alone may read; the parameters only name these files.
"""

import json
import logging
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

DONE = 0
LOOK = {3: "something was left out", 7: "findings wait for a person to decide"}
LATER = {6: "the server or the network is down"}

PARAMETERS = {
    "program": Param("fhir-trd", type="string", description="Where the program is."),
    "server": Param("https://fhir.example.org/r4", type="string", description="Address of the FHIR server."),
    "group": Param("", type="string", description="Id of the Group whose members are looked at."),
    "folder": Param("/var/lib/fhir-trd", type="string", description="What was fetched, the journal, the report."),
    "options": Param([], type="array", description="More options; files of secrets are named here, never secrets."),
}


@dag(
    schedule="15 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,  # A night that was missed needs no turn of its own: the next one fetches all that is new.
    max_active_runs=1,
    params=PARAMETERS,
)
def fhir_trd_nightly() -> None:
    """Findings on treatment-resistant depression, kept up to date on a FHIR server."""

    @task(retries=4, retry_delay=timedelta(minutes=5), retry_exponential_backoff=True)
    def sync(params: dict[str, Any]) -> int:
        """One turn; answers with the exit code where trying again would change nothing and the work is done."""
        folder = Path(params["folder"])
        where = ["--server", params["server"], "--group", params["group"], "--folder", str(folder / "fetched")]
        kept = ["--report", str(folder / "report.json"), "--metrics", str(folder / "metrics.prom")]
        # A search for what changed shows nothing that was deleted: on Sundays everything is fetched anew.
        full = ["--full"] if pendulum.now("UTC").day_of_week == pendulum.SUNDAY else []
        # What it says on stderr goes into the log of the task; it holds no patient data.
        command = [params["program"], "sync", *where, *full, *kept, *params["options"]]
        code = subprocess.run(command, check=False).returncode
        if code == DONE or code in LOOK:
            return code
        if code in LATER or code < DONE:  # Below zero: it was ended by a signal, and goes on where it was.
            raise AirflowException(f"exit code {code}: {LATER.get(code, 'ended by a signal')}; it is tried again")
        raise AirflowFailException(f"exit code {code}: see the log above; trying again would not help")

    @task
    def attend(code: int, params: dict[str, Any]) -> None:
        """Call a person, if there is something to look at."""
        if code == DONE:
            raise AirflowSkipException("nothing waits for a person")
        report = json.loads((Path(params["folder"]) / "report.json").read_text())
        for each in report["left_out"]:
            logging.getLogger("airflow.task").warning("%(what)s: %(fate)s: %(why)s", each)
        raise AirflowFailException(f"exit code {code}: {LOOK[code]}; the list stands above and in the report")

    attend(sync())


fhir_trd_nightly()
