"""What real servers hold comes into a folder whole, and is read there as the record itself is."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli
from fhir_trd.sources.server.fetch import fetch, folder_for
from fhir_trd.sources.server.plan import TYPES, Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from tests.factory.mortal import Killed, Mortal
from tests.servers.emitted import CASES, Emitted
from tests.servers.faults.kinds import hurried
from tests.servers.fhir_server import FhirServer, Resource, as_transaction
from tests.servers.proxy import proxy_before


def _whose(case: Emitted) -> tuple[str, ...]:
    resources = [entry["resource"] for entry in case.sources["entry"]]
    ids = [resource["id"] for resource in resources if resource["resourceType"] == "Patient"]
    return tuple(word for identity in ids for word in ("--patient", identity))


TOOL = (sys.executable, "-c", "from fhir_trd.cli.main import main; main()")
CASE = CASES[0]
STRANGERS = tuple({_whose(case): case for case in reversed(CASES)}.values())
"""Cases about different people: on one server, two records of one person would become one."""

PRODUCT = {"resourceType": "Medication", "id": "drug-1", "code": {"text": "sertraline 50 mg tablet"}}


def prescription(number: int, patient: str, product: str = "drug-1") -> Resource:
    """An order for a product that is a resource of its own."""
    return {
        "resourceType": "MedicationRequest",
        "id": f"order-{patient}-{number}",
        "status": "completed",
        "intent": "order",
        "medicationReference": {"reference": f"Medication/{product}"},
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": f"2023-0{number}-01",
    }


def person(identity: str) -> Resource:
    """A patient."""
    return {"resourceType": "Patient", "id": identity, "birthDate": "1980-01-01", "gender": "female"}


def depression(patient: str, code: str = "F33.9") -> Resource:
    """A diagnosis."""
    return {
        "resourceType": "Condition",
        "id": f"condition-{patient}",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
    }


def group(*patients: str) -> Resource:
    """A group of patients."""
    members = [{"entity": {"reference": f"Patient/{patient}"}} for patient in patients]
    return {"resourceType": "Group", "id": "ward", "type": "person", "actual": True, "member": members}


def store(server: FhirServer, *resources: Resource) -> None:
    """Put these on a server."""
    server.transaction(as_transaction({"resource": resource} for resource in resources))


PEOPLE = (
    person("anna"), person("berta"), person("carla"), PRODUCT,
    *(prescription(number, patient) for patient in ("anna", "berta", "carla") for number in (1, 2, 3)),
    depression("anna"), depression("berta", "I10"), group("anna", "berta"),
)  # fmt: skip


@pytest.mark.parametrize("way", ["search", "everything"])
def test_every_record_is_judged_as_it_stands(hapi: FhirServer, tmp_path: Path, way: str) -> None:
    """By search and by $everything, a fetched record gets the verdict that the record itself gets; nothing is left out."""
    hapi.expunge()
    for number, case in enumerate(STRANGERS):
        hapi.transaction(case.sources)
        folder = tmp_path / str(number)
        fetched = _fetch(hapi, folder, "--by", way, *_whose(case))
        assert 0 == fetched.exit_code, fetched.output
        assert _verdicts(case, folder) == _evaluated(folder / "fetched"), case.name


def test_a_crawl_brings_exactly_the_record(hapi: FhirServer, tmp_path: Path) -> None:
    """Each resource of a type that is read is there once, under its id."""
    hapi.expunge()
    hapi.transaction(CASE.sources)

    fetched = _fetch(hapi, tmp_path, "--by", "search", *_whose(CASE))

    wanted = [entry["resource"] for entry in CASE.sources["entry"] if entry["resource"]["resourceType"] in (*TYPES, "Medication")]
    assert 0 == fetched.exit_code, fetched.output
    assert _names(wanted) == _names(_resources(tmp_path))


@pytest.mark.parametrize("way", ["search", "everything", "export"])
def test_a_group_is_fetched_with_its_products(hapi: FhirServer, tmp_path: Path, way: str) -> None:
    """The members' records come, the product that all name comes once, and nobody else's record does."""
    hapi.expunge()
    store(hapi, *PEOPLE)

    with proxy_before(hapi.base) as proxy:
        proxy.meet(hurried, times=10_000)
        fetched = _fetch(FhirServer(proxy.base), tmp_path, "--by", way, "--group", "ward")

    assert 0 == fetched.exit_code, fetched.output
    assert {"Patient": 2, "Medication": 1, "MedicationRequest": 6, "Condition": 2} == _kinds(tmp_path)


def test_those_with_depression_are_found(hapi: FhirServer, tmp_path: Path) -> None:
    """A code that no table lists, but that lies below a listed heading, finds its patient; another diagnosis does not."""
    hapi.expunge()
    store(hapi, *PEOPLE)

    fetched = _fetch(hapi, tmp_path, "--with-depression")

    assert 0 == fetched.exit_code, fetched.output
    assert {"Patient/anna"} == {name for name in _names(_resources(tmp_path)) if name.startswith("Patient/")}


def test_everyone_is_fetched(hapi: FhirServer, tmp_path: Path) -> None:
    """All patients of a server are found, over several pages."""
    hapi.expunge()
    store(hapi, *(person(f"p-{number}") for number in range(120)))

    fetched = _fetch(hapi, tmp_path, "--by", "search", "--all", "--type", "Patient")

    assert 0 == fetched.exit_code, fetched.output
    assert {"Patient": 120} == _kinds(tmp_path)
    assert "of 120 patients" in fetched.stderr


def test_only_what_changed_is_asked_for(hapi: FhirServer, tmp_path: Path) -> None:
    """A second round asks for changes only, and the folder then holds what the server holds, newcomers and leavers too."""
    hapi.expunge()
    store(hapi, *PEOPLE)
    first = _fetch(hapi, tmp_path, "--by", "search", "--group", "ward", "--since", "auto")
    store(hapi, depression("anna", "F33.1"), group("anna", "carla"))

    second = _fetch(hapi, tmp_path, "--by", "search", "--group", "ward", "--since", "auto")

    assert (0, 0) == (first.exit_code, second.exit_code), second.output
    assert {"Patient": 2, "Medication": 1, "MedicationRequest": 6, "Condition": 1} == _kinds(tmp_path)
    (condition,) = [each for each in _resources(tmp_path) if each["resourceType"] == "Condition"]
    assert "F33.1" == condition["code"]["coding"][0]["code"]
    asked = [note["request"] for note in _notes(tmp_path) if note["event"] == "asked"]
    assert any("Condition?patient=Patient/anna" in request and "_lastUpdated=ge" in request for request in asked)
    assert any("Condition?patient=Patient/carla" in request and "_lastUpdated" not in request for request in asked)


def test_a_full_round_sees_what_was_deleted(hapi: FhirServer, tmp_path: Path) -> None:
    """What is gone from the server is gone from the folder after the next full round."""
    hapi.expunge()
    store(hapi, *PEOPLE)
    _fetch(hapi, tmp_path, "--by", "search", "--group", "ward")
    assert hapi.ask("DELETE", "MedicationRequest/order-anna-1").ok

    again = _fetch(hapi, tmp_path, "--by", "search", "--group", "ward")

    assert 0 == again.exit_code, again.output
    assert {"Patient": 2, "Medication": 1, "MedicationRequest": 5, "Condition": 2} == _kinds(tmp_path)


@pytest.mark.parametrize("way", [Way.SEARCH, Way.EVERYTHING])
def test_a_run_that_is_killed_anywhere_ends_with_the_same(hapi: FhirServer, tmp_path: Path, way: Way) -> None:
    """After an end at the n-th answer and a second run, the folder holds what an uncut run brings, each resource once."""
    hapi.expunge()
    store(hapi, *PEOPLE)
    wanted = Wanted(
        selection=Selection(group="ward"), by=way, types=("Patient", "Condition", "MedicationRequest", "Device"), workers=2
    )
    whole = {"Patient": 2, "Medication": 1, "MedicationRequest": 6, "Condition": 2}
    for last in range(1, 40):
        path = tmp_path / str(last)
        if _is_carried_out(hapi, wanted, path, last):
            assert last > 5
            return
        assert _is_carried_out(hapi, wanted, path)
        assert whole == Counter(each["resourceType"] for each in _lines_in(path))
    pytest.fail("the run never ended")


def _is_carried_out(server: FhirServer, wanted: Wanted, path: Path, last: int = 0) -> bool:
    there = Mortal(server.base)
    there.left = last
    try:
        plan = plan_for(there, wanted)
        with folder_for(plan, there, path) as folder:
            fetch(plan, there, folder)
    except Killed:
        return False
    return True


def test_a_process_that_is_killed_is_gone_on_from(hapi: FhirServer, tmp_path: Path) -> None:
    """After kill -9 in the middle of a crawl the lock is free, what was done stays, and the same command brings the rest."""
    hapi.expunge()
    store(hapi, *(person(f"q-{number}") for number in range(120)))
    options = ["--by", "search", "--all", "--type", "Patient", "--type", "Condition", "--workers", "1"]
    command = ["fetch", "--server", hapi.base, "-o", str(tmp_path / "fetched"), *options]

    with subprocess.Popen([*TOOL, *command], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and '"unit":"Patient.000001"' not in _log(tmp_path):
            time.sleep(0.02)
        process.kill()
    again = _fetch(hapi, tmp_path, *options)

    assert -signal.SIGKILL == process.returncode
    assert 0 == again.exit_code, again.output
    assert "going on with a fetch that was cut off" in again.stderr
    assert {"Patient": 120} == _kinds(tmp_path)
    assert 1 == _log(tmp_path).count('"unit":"Patient.000001"')


def _log(folder: Path) -> str:
    log = folder / "fetched" / "fetch.log"
    return log.read_text() if log.exists() else ""


def test_another_kind_of_server_is_crawled(medplum: FhirServer, tmp_path: Path) -> None:
    """A server that does not say what it can do is searched all the same."""
    assert medplum.ask("DELETE").ok  # Other tests write findings to it.
    stored = medplum.transaction(CASE.sources)
    patient = next(entry["response"]["location"] for entry in stored["entry"] if "Patient/" in entry["response"]["location"])

    fetched = _fetch(medplum, tmp_path, "--patient", patient.split("/")[-1])

    assert 0 == fetched.exit_code, fetched.output
    assert Counter(entry["resource"]["resourceType"] for entry in CASE.sources["entry"]) == _kinds(tmp_path)


def _fetch(server: FhirServer, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["fetch", "--server", server.base, "-o", str(folder / "fetched"), *options])


def _verdicts(case: Emitted, folder: Path) -> list[Resource]:
    file = folder / "record.json"
    file.write_bytes(case.record)
    return _evaluated(file)


def _evaluated(place: Path) -> list[Resource]:
    """What a person is told: the verdicts and the trials. Versions and times of the server's own are no part of it."""
    judged = CliRunner().invoke(cli, ["evaluate", str(place), "--format", "json"])
    found = [json.loads(line) for line in judged.stdout.splitlines()]
    return [{name: each[name] for name in ("patient", "as_of", "verdicts", "trials", "flags")} for each in found]


def _lines_in(folder: Path) -> list[Resource]:
    return [json.loads(line) for file in sorted(folder.glob("*.ndjson")) for line in file.read_text().splitlines()]


def _resources(folder: Path) -> list[Resource]:
    return _lines_in(folder / "fetched")


def _kinds(folder: Path) -> Counter[str]:
    return Counter(each["resourceType"] for each in _resources(folder))


def _notes(folder: Path) -> list[Resource]:
    return [json.loads(line) for line in (folder / "fetched" / "fetch.log").read_text().splitlines()]


def _names(resources: Iterable[Resource]) -> Counter[str]:
    return Counter(f"{resource['resourceType']}/{resource['id']}" for resource in resources)
