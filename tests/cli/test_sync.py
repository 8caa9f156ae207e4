"""The whole way against a played server: what is judged, what is kept, what is said, and with which code it ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from requests import PreparedRequest

from fhir_trd.cli.main import cli
from tests.cli.running import SAMPLES
from tests.unit.sinks.ehr import BASE, Ehr, Json, Reply
from tests.unit.transport.playing import answered_by

PEOPLE = ("two-classes-two-failures--met", "missing-dose--indeterminate")
KINDS = ("Patient", "Group", "Condition", "Encounter", "MedicationRequest", "MedicationStatement", "Observation")


class Clinic(Ehr):
    """A server with records too. ``broken``: what is answered instead, by how an address begins."""

    def __init__(self) -> None:
        super().__init__()
        self.records = [resource for name in PEOPLE for resource in resources_of(name)]
        self.members = [each["id"] for each in self.records if each["resourceType"] == "Patient"]
        self.broken: dict[str, int] = {}
        (rest,) = self.statement["rest"]
        rest["resource"] += [{"type": kind, "searchParam": [{"name": "patient"}, {"name": "_lastUpdated"}]} for kind in KINDS]

    def answer(self, request: PreparedRequest) -> Reply:
        """The answer to any request."""
        address = (request.url or "").removeprefix(f"{BASE}/")
        broken = next((status for start, status in self.broken.items() if address.startswith(start)), 0)
        if broken:
            return broken, {"Retry-After": "0"}, ""
        found = self._read(address) if request.method == "GET" else None
        return super().answer(request) if found is None else (200, {"Date": "Sun, 30 Jun 2030 12:00:00 GMT"}, json.dumps(found))

    def _read(self, address: str) -> Json | None:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        if path == "Group/ward":
            members = [{"entity": {"reference": f"Patient/{member}"}} for member in self.members]
            return {"resourceType": "Group", "id": "ward", "type": "person", "actual": True, "member": members}
        if path.startswith("Patient/"):
            return next((each for each in self.records if f"{each['resourceType']}/{each['id']}" == path), None)
        if "_id" in query:
            entries = [{"resource": each} for each in self.records if [each["id"]] == query["_id"]]
            return {"resourceType": "Bundle", "type": "searchset", "entry": entries}
        if "patient" not in query:
            return None
        every = [each for each in (*self.records, *self.kept.values()) if each["resourceType"] == path]
        found = [each for each in every if each.get("subject", {}).get("reference") == query["patient"][0]]
        return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in found]}


def resources_of(name: str) -> list[Json]:
    """The resources of a sample."""
    bundle = json.loads((SAMPLES / f"{name}.json").read_text())
    return [entry["resource"] for entry in bundle["entry"]]


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    """The server, with two patients in a group."""
    there = Clinic()
    with answered_by(there.answer):
        yield there


def sync(folder: Path, *options: str) -> Result:
    """The command, on the group."""
    words = ["sync", "--server", BASE, "--group", "ward", "--folder", str(folder), *options]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def test_what_is_said_names_no_patient(clinic: Clinic, tmp_path: Path) -> None:
    """The first run creates, the second writes nothing; their logs, the report and the metrics tell numbers, and no patient."""
    first = sync(tmp_path / "f")
    kept = ("--report", str(tmp_path / "report.json"), "--metrics", str(tmp_path / "metrics.prom"))
    second = sync(tmp_path / "f", *kept)

    told = first.output + second.output + "".join((tmp_path / name).read_text() for name in ("report.json", "metrics.prom"))
    assert (0, 0) == (first.exit_code, second.exit_code), told
    assert "of 2: 2 created" in first.stderr
    assert "of 2: 2 already written" in second.stderr
    assert [] == [member for member in clinic.members if member in told]
    assert ["1"] * len(clinic.kept) == [each["meta"]["versionId"] for each in clinic.kept.values()]


def test_a_rehearsal_fetches_and_writes_nothing(clinic: Clinic, tmp_path: Path) -> None:
    """A dry run shows what would be created, and the server has nothing of it."""
    rehearsed = sync(tmp_path / "f", "--dry-run")

    assert "would be, of 2: 2 created" in rehearsed.stderr
    assert "+ Observation/" in rehearsed.stdout
    assert {} == clinic.kept


def test_whose_record_fails_in_passing_keeps_what_stands(clinic: Clinic, tmp_path: Path) -> None:
    """Where something of one patient fails to come, that finding waits; the next run asks again, from the same time on."""
    whose = clinic.members[0]
    clinic.broken[f"MedicationStatement?patient=Patient/{whose}"] = 503

    partly = sync(tmp_path / "f")
    clinic.broken.clear()
    whole = sync(tmp_path / "f")

    assert (3, 0) == (partly.exit_code, whole.exit_code), partly.stderr + whole.stderr
    assert "1 patients whose records could not be fetched whole this time keep what stands" in partly.stderr
    assert "of 1: 1 created" in partly.stderr
    assert "of 2: 1 created, 1 already written" in whole.stderr


def test_a_patient_who_cannot_be_read_is_not_taken_for_gone(clinic: Clinic, tmp_path: Path) -> None:
    """Where a line of the records may hold a patient and cannot be read, no finding is taken back, and the run ends with 3."""
    sync(tmp_path / "f")
    gone = clinic.members.pop()
    (tmp_path / "f" / "records" / "Patient.000009.ndjson").write_text('{"resourceType": "Patient", "id": \n')

    unsure = sync(tmp_path / "f")
    (tmp_path / "f" / "records" / "Patient.000009.ndjson").unlink()
    sure = sync(tmp_path / "f")

    assert 3 == unsure.exit_code
    assert "nothing is taken back" in unsure.stderr
    assert "of 1: 1 already written" in unsure.stderr
    assert (0, True) == (sure.exit_code, "of 2: 1 already written, 1 retracted" in sure.stderr), sure.stderr
    states = {each["subject"]["reference"]: each["status"] for each in clinic.kept.values() if each["resourceType"] == "CarePlan"}
    assert {f"Patient/{clinic.members[0]}": "draft", f"Patient/{gone}": "entered-in-error"} == states


def test_a_patient_without_any_date_gets_no_finding(clinic: Clinic, tmp_path: Path) -> None:
    """Judged as of today such a record would be written anew each day; a day that is set makes a finding of it."""
    clinic.records.append({"resourceType": "Patient", "id": "undated"})
    clinic.members.append("undated")

    usual = sync(tmp_path / "f")
    dated = sync(tmp_path / "g", "--as-of", "2024-12-31")

    assert "of 2: 2 created" in usual.stderr
    assert "1 patients have no date in their records" in usual.stderr
    assert "of 3: 1 created, 2 updated" in dated.stderr


def test_a_group_of_nobody_takes_nothing_back(clinic: Clinic, tmp_path: Path) -> None:
    """An empty group ends with 0; but that a server shows nobody is no reason to take everything back."""
    sync(tmp_path / "f")
    clinic.members.clear()

    empty, emptied = sync(tmp_path / "g"), sync(tmp_path / "f")

    assert (0, 0) == (empty.exit_code, emptied.exit_code), empty.stderr + emptied.stderr
    assert "nothing is taken back" in emptied.stderr
    assert "of 0: " in emptied.stderr
    assert {"draft"} == {each["status"] for each in clinic.kept.values() if each["resourceType"] == "CarePlan"}


def test_a_fault_of_the_tables_is_told_before_anything_is_asked(clinic: Clinic, tmp_path: Path) -> None:
    """An unknown criteria set ends with 2, and the server is not asked."""
    ended = sync(tmp_path / "f", "--criteria", "unheard-of")

    assert 2 == ended.exit_code
    assert [] == clinic.asked


def test_a_conflict_goes_before_what_was_left_out(clinic: Clinic, tmp_path: Path) -> None:
    """Where a person has decided about a finding the run ends with 7, though something was left out as well."""
    sync(tmp_path / "f")
    (plan, *_) = (each for each in clinic.kept.values() if each["resourceType"] == "CarePlan")
    plan["status"] = "active"
    clinic.broken["Encounter"] = 400

    ended = sync(tmp_path / "g")

    assert 7 == ended.exit_code, ended.stderr
    assert "1 conflict" in ended.stderr


def test_a_full_turn_finds_what_the_server_has_lost(clinic: Clinic, tmp_path: Path) -> None:
    """A turn believes the journal; one with --full looks at every finding, and writes anew what a restored server lacks."""
    sync(tmp_path / "f")
    clinic.kept.clear()

    assert "2 already written" in sync(tmp_path / "f").stderr
    assert "of 2: 2 created" in sync(tmp_path / "f", "--full").stderr


def test_who_was_deleted_is_taken_back_and_holds_up_nobody(clinic: Clinic, tmp_path: Path) -> None:
    """A member whom the server has deleted is told as a number, their finding is taken back, and the run is a good one."""
    sync(tmp_path / "f")
    gone = clinic.members[1]
    clinic.records = [each for each in clinic.records if each["id"] != gone]
    clinic.broken[f"Patient/{gone}"] = 410

    after = sync(tmp_path / "f")
    again = sync(tmp_path / "f")

    assert (0, 0) == (after.exit_code, again.exit_code), after.stderr + again.stderr
    assert "1 patients are no longer on the server" in after.stderr
    assert "1 retracted" in after.stderr
    assert gone not in after.output + again.output
    (finding,) = (each for each in clinic.kept.values() if each["resourceType"] == "Observation" and gone in json.dumps(each))
    assert "entered-in-error" == finding["status"]


def test_an_outage_deletes_nobody(clinic: Clinic, tmp_path: Path) -> None:
    """Where a patient cannot be read, and a search does not say that nobody is there, nothing is taken back."""
    sync(tmp_path / "f")
    clinic.broken |= {f"Patient/{clinic.members[1]}": 404, "Patient?_id": 400}

    after = sync(tmp_path / "f")

    assert 3 == after.exit_code
    assert "nothing is taken back" in after.stderr
    assert "entered-in-error" not in {each.get("status") for each in clinic.kept.values()}
