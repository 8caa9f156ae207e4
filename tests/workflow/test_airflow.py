"""The example DAG does in Airflow what its page says."""

import sys
from pathlib import Path
from typing import Any

from tests.servers.emitted import CASES
from tests.servers.fhir_server import FhirServer
from tests.workflow.engine import Airflow, Tasks

CASE = CASES[0]
TRIES = 5
"""One try, and four retries."""

GREEN: Tasks = {"sync": ("success", 1), "attend": ("skipped", 1)}
LOOK: Tasks = {"sync": ("success", 1), "attend": ("failed", 1)}
LATER: Tasks = {"sync": ("failed", TRIES), "attend": ("upstream_failed", 0)}
NEVER: Tasks = {"sync": ("failed", 1), "attend": ("upstream_failed", 0)}
ENDS = {"0": GREEN, "3": LOOK, "7": LOOK, "6": LATER, "kill": LATER, "1": NEVER, "2": NEVER, "4": NEVER, "5": NEVER}


def test_every_exit_code_becomes_what_the_page_says(airflow: Airflow, stand_in: Path) -> None:
    """Done is done, what a person must look at is red at once, an outage is tried again, and nothing else is."""
    (stand_in.parent / "report.json").write_text('{"left_out": [{"what": "Observation/1", "fate": "conflict", "why": "taken"}]}')
    confs = [{"program": str(stand_in), "folder": str(stand_in.parent), "options": [end]} for end in ENDS]

    assert ENDS == dict(zip(ENDS, airflow.drive(confs), strict=True))


def test_a_night_writes_once_and_the_next_one_nothing(airflow: Airflow, hapi: FhirServer, tmp_path: Path) -> None:
    """Two nights leave one Observation and one CarePlan in their first version."""
    conf = _night(hapi, tmp_path)

    first, second = airflow.test(conf), airflow.test(conf)

    assert (0, 0) == (first.returncode, second.returncode), f"{first.stderr[-3000:]}{second.stderr[-3000:]}"
    assert [1, 1] == [_version(hapi, kind) for kind in ("Observation", "CarePlan")]


def test_a_conflict_calls_a_person(airflow: Airflow, hapi: FhirServer, tmp_path: Path) -> None:
    """A CarePlan that somebody made active, and whose record then changes, stays active, and the run is red with its name."""
    conf = _night(hapi, tmp_path)
    assert 0 == airflow.test(conf).returncode
    plan = hapi.get(_place("CarePlan"))
    hapi.put(plan | {"status": "active"})
    statement = next(entry["resource"] for entry in CASE.sources["entry"] if "sertraline" in entry["resource"]["id"])
    hapi.put(statement | {"status": "entered-in-error"})

    red = airflow.test(conf)

    assert 1 == red.returncode
    assert "exit code 7" in red.stdout + red.stderr
    assert "active" == hapi.get(_place("CarePlan"))["status"]


def _night(server: FhirServer, folder: Path) -> dict[str, Any]:
    """The server with a group of one, and the parameters of a night."""
    server.expunge()
    server.transaction(CASE.sources)
    patient = next(entry["resource"]["id"] for entry in CASE.sources["entry"] if entry["resource"]["resourceType"] == "Patient")
    member = [{"entity": {"reference": f"Patient/{patient}"}}]
    server.put({"resourceType": "Group", "id": "clinic", "type": "person", "actual": True, "member": member})
    program = Path(sys.executable).parent / "fhir-trd"
    # HAPI asks an export to be waited for in steps of two minutes; a search takes a second.
    known = {"program": str(program), "server": server.base, "group": "clinic", "folder": str(folder)}
    return {**known, "options": ["--by", "search"]}


def _place(kind: str) -> str:
    return next(f"{kind}/{each['id']}" for each in CASE.resources if each["resourceType"] == kind)


def _version(server: FhirServer, kind: str) -> int:
    return len(server.versions(_place(kind)))
