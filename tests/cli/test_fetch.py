"""The command that fetches: its exit codes, what it says, and that it tells nothing about a person."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.knowledge.searching import codes_of
from fhir_trd.model.records import DEPRESSION
from fhir_trd.report.metrics import samples_in
from fhir_trd.transport.asking import Answer
from tests.unit.sources.ehr import BASE, Ehr, bad

PERSONAL = "p0"
FETCHED = "fhir_trd_resources_total"


@pytest.fixture
def ehr() -> Iterator[Ehr]:
    """A server that answers over the wire."""
    server = Ehr(2)

    def answered(request: Any) -> tuple[int, dict[str, str], bytes]:
        address = request.url.removeprefix(f"{BASE}/")
        server.asked[address] += 1
        fault = next((fault for start, fault in server.faults.items() if address.startswith(start)), server.answer)
        answer = fault(address)
        return answer.status, dict(answer.headers), answer.body

    with responses.RequestsMock(assert_all_requests_are_fired=False) as played:
        played.add_callback("GET", re.compile(f"{re.escape(BASE)}/.*"), answered)
        yield server


def fetched(path: Path, *options: str) -> Result:
    """What the command does."""
    return CliRunner().invoke(cli, ["fetch", "--server", BASE, "-o", str(path / "out"), *options])


def test_a_fetch_says_what_it_brought(ehr: Ehr, tmp_path: Path) -> None:
    """The sum stands on stderr, nothing on stdout, and the run ends with 0."""
    run = fetched(tmp_path, "--group", "ward")

    assert 0 == run.exit_code, run.output
    assert "" == run.stdout
    assert "fetching by search" in run.stderr
    assert (
        "fetched 21 resources of 2 patients: 6 Condition, 1 Medication, 6 MedicationRequest, 6 Observation, 2 Patient"
        in run.stderr
    )
    assert "the server does not have: AdverseEvent" in run.stderr


def test_what_is_left_out_is_told_and_counted(ehr: Ehr, tmp_path: Path) -> None:
    """A refused type ends the run with 3; the report names the reason, and nothing names a person."""
    ehr.faults["Observation"] = lambda _: bad(422, code="processing", diagnostics="cannot search for Patient/p0 Doe")

    run = fetched(tmp_path, "--group", "ward", "--report", str(tmp_path / "report.json"))

    report = (tmp_path / "report.json").read_text()
    assert 3 == run.exit_code
    assert "left out: 2 × Observation: it answered 422" in run.stderr
    assert [2] == [int(each["what"]) for each in json.loads(report)["left_out"]]
    assert PERSONAL not in run.stderr + report
    assert "Doe" not in run.stderr + report


def down(address: str) -> Answer:
    """A server that is down, and asks to come back at once."""
    return Answer(status=503, headers={"Retry-After": "0"}, body=b"", url=address)


def test_an_outage_can_be_gone_on_from(ehr: Ehr, tmp_path: Path) -> None:
    """A server that goes down ends the run with 6 and says how far it came; the same command then asks only for the rest."""
    ehr.faults["Observation"] = down
    ehr.faults["metadata"] = lambda address: ehr.answer(address) if ehr.asked[address] == 1 else down(address)
    cut = fetched(tmp_path, "--group", "ward")
    ehr.faults.clear()
    ehr.asked.clear()

    whole = fetched(tmp_path, "--group", "ward")

    assert (6, 0) == (cut.exit_code, whole.exit_code), whole.output
    assert "fetched so far 14 resources of 2 patients: 6 Condition, 6 MedicationRequest, 2 Patient" in cut.stderr
    assert "a new run goes on from there" in cut.stderr
    assert "going on with a fetch that was cut off" in whole.stderr
    assert "fetched 21 resources of 2 patients" in whole.stderr
    assert not [address for address in ehr.asked if address.startswith(("Condition", "MedicationRequest", "Patient", "Group"))]


def test_what_a_cut_off_run_brought_is_counted_once(ehr: Ehr, tmp_path: Path) -> None:
    """The report and the metrics of the run that goes on tell of the rest; the counters of both runs add up to what came."""
    words = ("--group", "ward", "--report", str(tmp_path / "report.json"), "--metrics", str(tmp_path / "metrics.prom"))
    ehr.faults["Observation"] = down
    ehr.faults["metadata"] = lambda address: ehr.answer(address) if ehr.asked[address] == 1 else down(address)
    fetched(tmp_path, *words)
    ehr.faults.clear()

    whole = fetched(tmp_path, *words)

    assert 0 == whole.exit_code, whole.output
    assert {"Observation": 6, "Medication": 1} == json.loads((tmp_path / "report.json").read_text())["resources"]
    samples = samples_in((tmp_path / "metrics.prom").read_text())
    counted = {dict(each.labels)["type"]: each.value for each in samples if each.name == FETCHED}
    assert {"Condition": 6, "Medication": 1, "MedicationRequest": 6, "Observation": 6, "Patient": 2} == counted


@pytest.mark.parametrize("status", [401, 403])
def test_not_being_let_in_ends_with_5(ehr: Ehr, tmp_path: Path, status: int) -> None:
    """Credentials or rights that do not suffice end the run, and nobody's id is told."""
    ehr.faults["Patient/"] = lambda _: bad(status)

    run = fetched(tmp_path, "--patient", "p0", "--by", "search")

    assert 5 == run.exit_code
    assert PERSONAL not in run.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "wanted one of them"),
        (("--all", "--group", "ward"), "wanted one of them"),
        (("--all", "--type", "Account"), "--type: found Account"),
        (("--all", "--since", "yesterday"), "--since: found no such time"),
        (("--all", "--since", "2024-06-30T12:00:00"), "--since: found no such time"),
        (("--patient", "Jane Doe"), "--patient: found 8 signs that are no id"),
        (("--patient", "p0", "--by", "export"), "--by export: found patients named one by one"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(ehr: Ehr, tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    """Arguments that contradict themselves or say nothing are refused with the remedy."""
    run = fetched(tmp_path, *options)

    assert 2 == run.exit_code
    assert told in run.stderr
    assert "Jane" not in run.stderr


def test_those_with_depression_are_asked_for_by_our_tables(ehr: Ehr, tmp_path: Path) -> None:
    """The search names the codes of the tables, in several requests."""
    run = fetched(tmp_path, "--with-depression")

    asked = [address for address in ehr.asked if address.startswith("Condition?code=")]
    assert 0 == run.exit_code, run.output
    assert "fetched 21 resources of 2 patients" in run.stderr
    assert len(asked) > 1


def test_the_log_holds_no_value_of_a_person(ehr: Ehr, tmp_path: Path) -> None:
    """What was asked and got stands in the log of the folder, with ids and without anything else about people."""
    fetched(tmp_path, "--group", "ward")

    notes = [json.loads(line) for line in (tmp_path / "out" / "fetch.log").read_text().splitlines()]
    assert ["round", "mark", "asked", "done"] == list(dict.fromkeys(note["event"] for note in notes))[:4]
    assert {"time", "event", "request", "status", "bytes"} == set(next(note for note in notes if note["event"] == "asked"))
    assert "finished" == notes[-1]["event"]


def test_codes_below_a_heading_are_searched_by_name() -> None:
    """The codes that the tables cover by a heading are listed, with and without their dot; others of the chapter are not."""
    codes = codes_of(load_knowledge(None).terms, DEPRESSION)

    assert {"F32", "F32.9", "F329", "F33.9", "F33.41", "F32.A", "296.20", "311"} <= set(codes)
    assert not {"F31.3", "F34.1", "F41.1", "296.5"} & set(codes)
    assert list(codes) == sorted(set(codes))


def test_a_group_of_nobody_is_said(ehr: Ehr, tmp_path: Path) -> None:
    """Where nothing was found at all, the run ends with 0 and says what to check."""
    ehr.patients = 0

    run = fetched(tmp_path, "--group", "ward")

    assert 0 == run.exit_code
    assert "nobody's records were found: check whose were asked for" in run.stderr
