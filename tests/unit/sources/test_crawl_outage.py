"""An outage is told from a refusal: what passes by itself ends with 6, and only what was asked wrongly with 2."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fhir_trd.errors import ServerError, TrdError, UsageError
from fhir_trd.sources.server.fetch import Fetched, fetch, folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.patience import WaitTooLongError
from tests.unit.sources.ehr import BASE, Ehr, bad, good, product

WARD = Selection(group="ward")
ONE = Selection(patients=("p0",))


def carried_out(server: Ehr, path: Path, selection: Selection, by: Way = Way.SEARCH, since: str = "") -> Fetched:
    """A fetch from beginning to end."""
    plan = plan_for(server, Wanted(selection=selection, by=by, since=since, workers=1))
    with folder_for(plan, server, path) as folder:
        return fetch(plan, server, folder)


def failing(_: str) -> Answer:
    """A request that fails although the server is up."""
    raise ServerError("GET …: the server answered 503 (6 attempts). Try again later")


def busy(_: str) -> Answer:
    """A server that asks to be left alone for a day."""
    raise WaitTooLongError("GET …: the server answered 429 and asks to wait 86400 seconds")


@pytest.mark.parametrize(
    ("selection", "asked"),
    [(WARD, "Group"), (Selection(everyone=True), "Patient"), (Selection(codes=("a",)), "Condition")],
)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lambda _: bad(404), UsageError),
        (lambda _: bad(400), UsageError),
        (lambda _: bad(501), ServerError),
        (lambda _: good(product("x")), ServerError),
        (failing, ServerError),
        (busy, ServerError),
    ],
)
def test_only_a_refused_list_is_asked_wrongly(
    tmp_path: Path, selection: Selection, asked: str, fault: Callable[[str], Answer], kind: type[TrdError]
) -> None:
    """Whoever is refused a list of patients must ask otherwise; a list that cannot be had just now is an outage."""
    server = Ehr()
    server.faults[asked] = fault

    with pytest.raises(TrdError) as told:
        carried_out(server, tmp_path, selection)

    assert kind.exit_code == told.value.exit_code
    assert not ("Try again later" in str(told.value) and "--patient" in str(told.value))


def test_members_of_another_server_are_not_asked_for(tmp_path: Path) -> None:
    """A member by its absolute address is one of this server only if that is; the same id elsewhere is somebody else."""
    server = Ehr(3, 0)
    members = [f"{BASE}/Patient/p1", "https://other.example.org/fhir/Patient/p2", "Patient/p0"]
    listed = [{"entity": {"reference": each}} for each in members]
    server.faults["Group"] = lambda _: good({"resourceType": "Group", "member": listed})

    fetched = carried_out(server, tmp_path, WARD)

    assert "p1\np0\n" == (tmp_path / "patients.list").read_text()
    assert {"member who is no patient on this server": 1} == fetched.aside
    assert 0 == server.asked["Patient/p2"]


def test_records_of_a_patient_of_another_server_list_nobody(tmp_path: Path) -> None:
    """A diagnosis about a patient of another server lists nobody of this one."""
    server = Ehr(1, 0)
    found = [
        {"resourceType": "Condition", "id": each, "subject": {"reference": f"{each}Patient/p0"}}
        for each in ("", "https://other.example.org/fhir/")
    ]
    server.faults["Condition?code"] = lambda _: good({"resourceType": "Bundle", "entry": [{"resource": each} for each in found]})

    assert 1 == carried_out(server, tmp_path, Selection(codes=("a",))).aside["resource that names no patient of this server"]


@pytest.mark.parametrize("by", [Way.SEARCH, Way.EVERYTHING])
def test_where_nothing_comes_at_all_that_is_an_outage(tmp_path: Path, by: Way) -> None:
    """Failures without any answer end the run, and the next run asks for all of it again and has it."""
    server = Ehr(1)
    for address in ("Patient/", "Condition", "MedicationRequest", "Observation"):
        server.faults[address] = failing

    with pytest.raises(ServerError, match="none of the requests for records brought anything; the last one: GET"):
        carried_out(server, tmp_path, ONE, by)

    fetched = carried_out(Ehr(1), tmp_path, ONE, by)
    assert fetched.is_whole
    assert 3 == fetched.resources["Condition"]
    events = [json.loads(line)["event"] for line in (tmp_path / "fetch.log").read_text().splitlines()]
    assert ["round", "round", "finished"] == [event for event in events if event in ("round", "finished")]


def test_a_wait_that_is_too_long_ends_the_run(tmp_path: Path) -> None:
    """A server that asks to be left alone for a day is asked for nothing else; what is done stays done."""
    server = Ehr(1)
    server.faults["MedicationRequest"] = busy

    with pytest.raises(ServerError, match="asks to wait 86400 seconds"):
        carried_out(server, tmp_path, ONE)

    assert (tmp_path / "Condition.000001.ndjson").exists()
    assert 1 == server.asked["metadata"]
