"""Airflow as the tests know it: a folder of its own with the example DAG, and commands run in its environment."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import HOW_TO, ROOT

PLACE = ROOT / ".venv-workflow"
READY = PLACE / ".ready"
DAG = "fhir_trd_nightly"
DRIVER = ROOT / "tests" / "workflow" / "drive.py"
ANSWER = "ANSWER "
SECONDS = 240
"""Longer than any run takes, and shorter than the wait before a retry."""

Tasks = Mapping[str, tuple[str, int]]
"""The state of each task, and how often it was tried."""


@dataclass(frozen=True)
class Airflow:
    """An installed Airflow with a database in a folder."""

    home: Path

    @property
    def dags(self) -> Path:
        """Where it looks for DAGs."""
        return self.home / "dags"

    def run(self, program: str, *words: str | Path, given: str = "") -> "subprocess.CompletedProcess[str]":
        """A program of its environment."""
        known = {"HOME": str(self.home), "DAGS_FOLDER": str(self.dags), "LOAD_EXAMPLES": "False"}
        options = {"AIRFLOW_HOME": known["HOME"], "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False"}
        options |= {f"AIRFLOW__CORE__{name}": known[name] for name in ("DAGS_FOLDER", "LOAD_EXAMPLES")}
        command = [PLACE / "bin" / program, *words]
        env = {**os.environ, **options}
        pipes = {"input": given, "capture_output": True, "text": True, "timeout": SECONDS}
        return subprocess.run(command, env=env, cwd=self.home, check=False, **pipes)

    def test(self, conf: Mapping[str, object]) -> "subprocess.CompletedProcess[str]":
        """One run of the DAG by the command of the page."""
        return self.run("airflow", "dags", "test", DAG, "--conf", json.dumps(conf))

    def drive(self, confs: Iterable[Mapping[str, object]]) -> list[Tasks]:
        """Some runs in one process, without the minutes between tries."""
        ran = self.run("python", DRIVER, self.dags, given="".join(f"{json.dumps(conf)}\n" for conf in confs))
        assert ran.returncode == 0, ran.stderr[-2000:]
        answers = (line.removeprefix(ANSWER) for line in ran.stdout.splitlines() if line.startswith(ANSWER))
        return [{name: (state, tries) for name, (state, tries) in json.loads(answer).items()} for answer in answers]


def airflow_in(home: Path) -> Airflow:
    """Airflow with an empty database and the example DAG."""
    made = Airflow(home)
    made.dags.mkdir()
    shutil.copy(HOW_TO / "examples" / f"{DAG}.py", made.dags)
    migrated = made.run("airflow", "db", "migrate")
    assert migrated.returncode == 0, migrated.stderr[-2000:]
    return made
