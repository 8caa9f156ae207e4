"""A patient who was deleted on the server is told, and holds up nobody; an outage deletes nobody."""

from pathlib import Path

import pytest

from fhir_trd.sources.server.fetch import Fetched, fetch, folder_for
from fhir_trd.sources.server.gone import NAMED
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.asking import Answer
from tests.unit.sources.ehr import Ehr, bad, good
from tests.unit.sources.exporting import ids_in

WARD = Selection(group="ward")
WAYS = pytest.mark.parametrize("by", [Way.SEARCH, Way.EVERYTHING])


def fetched(server: Ehr, path: Path, by: Way, selection: Selection = WARD, since: str = "") -> Fetched:
    """What a fetch brings."""
    plan = plan_for(server, Wanted(selection=selection, by=by, since=since, workers=2))
    with folder_for(plan, server, path) as folder:
        return fetch(plan, server, folder)


def without(patient: str, status: int = 410) -> Ehr:
    """A server on which a patient was deleted, though the group still names them and conditions are left."""
    server = Ehr()
    delete(server, patient, status)
    return server


def delete(server: Ehr, patient: str, status: int = 410) -> None:
    """Delete a patient and nothing else."""
    server.faults[f"Patient/{patient}"] = lambda _: bad(status, code="deleted")
    server.faults[f"Patient?_id={patient}"] = lambda _: good({"resourceType": "Bundle", "total": 0})


def about(patient: str, path: Path) -> list[str]:
    """What lies in the folder about a patient."""
    return [each for each in ids_in(path) if each.endswith(f"/{patient}") or f"-{patient}-" in each]


@WAYS
@pytest.mark.parametrize("status", [404, 410])
def test_who_was_deleted_is_told_and_nothing_is_kept_of_them(by: Way, status: int, tmp_path: Path) -> None:
    """The others are fetched, the fetch is whole, and what the server may have left of the deleted is not asked for."""
    server = without("p1", status)

    brought = fetched(server, tmp_path, by)

    assert (2, 1, True, True) == (brought.patients, brought.gone, brought.is_whole, brought.knows_who_is_there)
    assert [] == about("p1", tmp_path)
    assert about("p0", tmp_path)
    assert not [address for address in server.asked if "patient=Patient/p1" in address]


@WAYS
def test_who_was_asked_for_by_name_is_missed(by: Way, tmp_path: Path) -> None:
    """A patient whom the user named is left out, which the exit code tells; yet it is known that nobody is there."""
    brought = fetched(without("p1"), tmp_path, by, Selection(patients=("p0", "p1")))

    assert {NAMED: 1} == brought.left_out
    assert (False, True) == (brought.is_whole, brought.knows_who_is_there)


@WAYS
@pytest.mark.parametrize(
    "search", [lambda _: bad(400), lambda _: bad(404), lambda _: good({"resourceType": "Bundle", "total": 1})]
)
def test_a_read_alone_deletes_nobody(by: Way, search: object, tmp_path: Path) -> None:
    """Where a search does not agree that there is nobody, the way to the patient may only be closed: that is a loss."""
    server = without("p1", 404)
    server.faults["Patient?_id=p1"] = search  # type: ignore[assignment]

    brought = fetched(server, tmp_path, by)

    assert (0, False) == (brought.gone, brought.knows_who_is_there)
    assert 1 == sum(brought.left_out.values())


@WAYS
def test_who_is_deleted_later_leaves_the_folder_and_comes_back_whole(by: Way, tmp_path: Path) -> None:
    """A fetch of the changes takes the records of the deleted out; restored, the patient is fetched whole, not since then."""
    server = Ehr()
    fetched(server, tmp_path, by, since="auto")
    before = ids_in(tmp_path)

    delete(server, "p1")
    fetched(server, tmp_path, by, since="auto")
    between = about("p1", tmp_path)
    server.faults.clear()
    server.asked.clear()
    fetched(server, tmp_path, by, since="auto")

    assert [] == between
    assert sorted(before) == sorted(ids_in(tmp_path))
    assert not [address for address in server.asked if "p1" in address and ("_lastUpdated" in address or "_since" in address)]


def test_everything_of_somebody_who_is_there_may_be_refused(tmp_path: Path) -> None:
    """404 to $everything alone says that there is no such operation, not that the patient was deleted."""
    server = Ehr()
    server.faults["Patient/p1/$everything"] = _not_found

    brought = fetched(server, tmp_path, Way.EVERYTHING)

    assert (0, 1) == (brought.gone, sum(brought.left_out.values()))


def _not_found(_: str) -> Answer:
    return bad(404)
