"""Findings reach a server once each, or it is said why not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from click.testing import CliRunner, Result
from requests import PreparedRequest

from fhir_trd.api import assess, read, write
from fhir_trd.cli.main import cli

BASE = "https://ehr.example.org/fhir"
SAMPLE = Path(__file__).parents[3] / "sample_bundles" / "two-classes-two-failures--met.json"
STATEMENT = {"resourceType": "CapabilityStatement", "rest": [{"mode": "server", "interaction": [{"code": "transaction"}]}]}
Reply = tuple[int, dict[str, str], str]


class Ehr:
    """A server in memory: it counts versions, minds If-Match, and answers transactions as it is told to."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.refusals: list[int] = []
        self.lost: list[int] = []
        self.deleted: set[str] = set()
        self.statement: dict[str, Any] = STATEMENT
        self.hidden, self.wait = False, ""
        self.transactions = 0

    def answer(self, request: PreparedRequest) -> Reply:
        """The answer to any request."""
        parts = urlsplit(request.url or "")
        path = parts.path.removeprefix("/fhir").strip("/")
        if request.method == "POST":
            return self._transaction(json.loads(request.body or b""))
        if path == "metadata":
            return _reply(200, self.statement)
        if parts.query:
            return self._search(path, parse_qs(parts.query)["identifier"][0].rpartition("|")[2])
        if path in self.deleted:
            return _reply(410, {})
        return _reply(200, self.kept[path]) if path in self.kept else _reply(404, {})

    def _transaction(self, bundle: dict[str, Any]) -> Reply:
        finding = any(entry["resource"]["resourceType"] == "Observation" for entry in bundle["entry"])
        self.transactions += 1
        if finding and self.refusals:
            issue = {"severity": "error", "code": "processing", "diagnostics": "Resource Patient/Smith-1 not found"}
            status, headers, body = _reply(self.refusals.pop(0), {"resourceType": "OperationOutcome", "issue": [issue]})
            return status, headers | {"Retry-After": self.wait}, body
        for entry in bundle["entry"]:
            self._keep(entry["request"]["url"], entry["resource"], entry["request"].get("ifMatch"))
        if finding and self.lost:
            return _reply(self.lost.pop(0), {})
        return _reply(200, {"resourceType": "Bundle", "entry": [{"response": {"status": "200 OK"}} for _ in bundle["entry"]]})

    def _keep(self, address: str, resource: dict[str, Any], expected: str | None) -> None:
        version = int(self.kept[address]["meta"]["versionId"]) if address in self.kept else 0
        assert expected == (f'W/"{version}"' if version else None)
        self.kept[address] = resource | {"meta": resource.get("meta", {}) | {"versionId": str(version + 1)}}

    def _search(self, kind: str, value: str) -> Reply:
        found = [each for each in self.kept.values() if each["resourceType"] == kind and each["id"] == value and not self.hidden]
        return _reply(200, {"resourceType": "Bundle", "entry": [{"resource": each} for each in found]})


def _reply(status: int, body: object) -> Reply:
    return status, {"Content-Type": "application/fhir+json"}, json.dumps(body)


@pytest.fixture
def ehr() -> Iterator[Ehr]:
    """The server at the address that the tests write to."""
    there = Ehr()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as played:
        for method in ("GET", "POST"):
            played.add_callback(method, re.compile(re.escape(BASE)), callback=there.answer)
        yield there


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What convert writes for a sample."""
    file = tmp_path / "bundle.json"
    file.write_bytes(write(assess(record) for record in read(SAMPLE.read_bytes())))
    return file


def run(bundle: Path, *options: str) -> Result:
    """The command, against the server of the tests."""
    return CliRunner().invoke(cli, ["write-back", str(bundle), "--server", BASE, *options])


def change(bundle: Path, **elements: str) -> None:
    """Another finding about the same patient."""
    body = json.loads(bundle.read_bytes())
    for entry in body["entry"]:
        if entry["resource"]["resourceType"] == "Observation":
            entry["resource"].update(elements)
    bundle.write_text(json.dumps(body))


def test_a_second_run_sends_nothing(ehr: Ehr, bundle: Path) -> None:
    """What stands as we would write it is left alone."""
    first, sent = run(bundle), ehr.transactions
    second = run(bundle)

    assert (0, "of 1: 1 created\n") == (first.exit_code, first.stderr)
    assert (0, "of 1: 1 unchanged\n") == (second.exit_code, second.stderr)
    assert sent == ehr.transactions == 2
    assert ["1"] * 4 == [each["meta"]["versionId"] for each in ehr.kept.values()]


def test_a_journal_saves_even_the_reading(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """What the journal knows is not asked for again; another finding about the same patient is."""
    journal = ("--journal", str(tmp_path / "journal.db"))
    run(bundle, *journal)
    ehr.kept.clear()
    again = run(bundle, *journal)
    change(bundle, effectiveDateTime="2031-01-01")

    assert "of 1: 1 already written\n" == again.stderr
    assert "of 1: 1 created\n" == run(bundle, *journal).stderr


def test_a_rehearsal_names_the_elements_and_sends_nothing(ehr: Ehr, bundle: Path) -> None:
    """A dry run shows what would be created, later what would change, and writes neither."""
    creating = run(bundle, "--dry-run")
    assert {} == ehr.kept
    run(bundle)
    change(bundle, effectiveDateTime="2031-01-01")
    changing = run(bundle, "--dry-run")

    assert ["Device", "Observation", "CarePlan", "Provenance"] == re.findall(r"\+ (\w+)/", creating.stdout)
    assert "would be, of 1: 1 created\n" == creating.stderr
    assert ["~ Observation/", "Observation.effectiveDateTime"] == re.findall(r"~ \w+/|\w+\.\S+", changing.stdout)
    assert 2 == ehr.transactions


def test_a_changed_finding_is_written_over_the_version_that_was_read(ehr: Ehr, bundle: Path) -> None:
    """Only what differs is sent, with the version it replaces."""
    run(bundle)
    change(bundle, effectiveDateTime="2031-01-01")

    assert "of 1: 1 updated\n" == run(bundle).stderr
    assert {"Observation"} == {each["resourceType"] for each in ehr.kept.values() if each["meta"]["versionId"] == "2"}


@pytest.mark.parametrize("status", [409, 412])
def test_a_race_is_decided_anew(ehr: Ehr, bundle: Path, status: int) -> None:
    """Somebody who writes at the same moment makes us read again, and then write."""
    ehr.refusals = [status, status]

    assert (0, "of 1: 1 created\n") == ((done := run(bundle)).exit_code, done.stderr)


def test_a_race_without_end_is_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """After three lost races the finding is a conflict."""
    ehr.refusals = [409] * 3

    done = run(bundle)

    assert 7 == done.exit_code
    assert "conflict: somebody else wrote to it 3 times" in done.stderr


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_is_listed_without_a_name(ehr: Ehr, bundle: Path, status: int) -> None:
    """The server's reasons are shown, what may be about a person is not."""
    ehr.refusals = [status]

    done = run(bundle)

    assert 3 == done.exit_code
    assert f"refused: the server answered {status} (error processing: Resource" in done.stderr
    assert "Smith" not in done.output


def test_what_is_not_found_afterwards_is_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """A server that took a finding, but does not have it under its identifier, gets no clean bill."""
    ehr.hidden = True

    done = run(bundle)

    assert 7 == done.exit_code
    assert "found 0 under its identifier, wanted this one alone" in done.stderr


def test_what_somebody_took_on_is_left_alone(ehr: Ehr, bundle: Path) -> None:
    """A plan that a person made active is neither written over nor drafted again."""
    run(bundle)
    (plan,) = (each for each in ehr.kept.values() if each["resourceType"] == "CarePlan")
    plan["status"] = "active"

    assert 7 == run(bundle).exit_code
    assert "active" == plan["status"]
    assert 2 == ehr.transactions


def test_a_file_that_convert_did_not_write_is_refused(ehr: Ehr, bundle: Path) -> None:
    """Something else than a Bundle of ours, and the same finding twice, stop the run before anything is sent."""
    twice = run(bundle, str(bundle))
    bundle.write_text('{"resourceType": "Patient"}')
    other = run(bundle)

    assert (2, 2) == (twice.exit_code, other.exit_code)
    assert "wanted each once" in twice.stderr
    assert "found something else" in other.stderr
    assert 0 == ehr.transactions


def test_a_journal_that_is_none_is_refused(ehr: Ehr, bundle: Path) -> None:
    """Another file named as the journal is left as it is, and the run stops."""
    before = bundle.read_bytes()
    done = run(bundle, "--journal", str(bundle))

    assert 2 == done.exit_code
    assert "found no journal" in done.stderr
    assert before == bundle.read_bytes()
    assert 0 == ehr.transactions


def test_an_outage_ends_the_run_and_says_how_far_it_came(ehr: Ehr, bundle: Path) -> None:
    """A server that is down is told apart from one that refuses, and what was not reached is counted."""
    ehr.refusals, ehr.wait = [503], "86400"

    done = run(bundle)

    assert 6 == done.exit_code
    assert "of 1: 1 not reached" in done.stderr
    assert "Smith" not in done.output


def test_an_answer_lost_after_the_server_wrote_is_no_second_writing(ehr: Ehr, bundle: Path) -> None:
    """The same transaction sent again meets what the first one wrote; the finding is read again and found to stand."""
    run(bundle)
    change(bundle, effectiveDateTime="2031-01-01")
    ehr.lost = [412]

    done = run(bundle)

    assert (0, "of 1: 1 updated\n") == (done.exit_code, done.stderr)
    assert {"1", "2"} == {each["meta"]["versionId"] for each in ehr.kept.values()}


def test_something_a_server_deleted_is_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """What somebody deleted is not silently written again."""
    run(bundle)
    (address,) = (place for place in ehr.kept if place.startswith("CarePlan/"))
    ehr.deleted.add(address)

    done = run(bundle)

    assert 7 == done.exit_code
    assert f"{address} was deleted on the server" in done.stderr


def test_a_server_without_transactions_is_refused_at_the_door(ehr: Ehr, bundle: Path) -> None:
    """Half a finding must not be written, so nothing is sent to a server that cannot take it whole."""
    ehr.statement = {"resourceType": "CapabilityStatement"}

    done = run(bundle)

    assert 2 == done.exit_code
    assert "does not offer transactions" in done.stderr
    assert 0 == ehr.transactions


def test_what_is_no_fhir_server_is_said_to_be_none(ehr: Ehr, bundle: Path) -> None:
    """An address where no CapabilityStatement is found is a fault of the server, told with the request."""
    ehr.statement = {"resourceType": "Patient"}

    done = run(bundle)

    assert 6 == done.exit_code
    assert "GET metadata" in done.stderr


def test_one_refusal_does_not_stop_the_others(ehr: Ehr, bundle: Path) -> None:
    """In a folder of Bundles, the one that is refused is told of and the others are written."""
    second = SAMPLE.with_name("bipolar--excluded.json")
    bundle.with_name("second.json").write_bytes(write(assess(record) for record in read(second.read_bytes())))
    ehr.refusals = [422]

    done = run(bundle.parent)

    assert 3 == done.exit_code
    assert "of 2: 1 created, 1 refused" in done.stderr
