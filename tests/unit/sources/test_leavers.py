"""Members who left a group are left out whichever way is taken, also where the server exports them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from fhir_trd.errors import ServerError
from fhir_trd.sources.server.fetch import Fetched, fetch, folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from tests.unit.sources.ehr import KINDS, statement
from tests.unit.sources.exporting import JOB, asked, ids_in, listed, manifest, play_file, play_job, resource
from tests.unit.transport.playing import Reply, bad, good, play, server

STAYED = [{"entity": {"reference": "Patient/a"}}]
LEFT = [{"entity": {"reference": "Patient/b"}, "inactive": True}]
SET_ASIDE = {"member who left the group": 1, "resource of a member who left the group": 2}


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """A server that exports everybody whom a group names."""
    with responses.mock:
        play("metadata", good(json.dumps(statement(KINDS, operations=["export"])).encode()))
        play("Group/ward/$export", (202, {"Content-Location": JOB}, b""))
        yield


def play_everybody() -> None:
    """The files of an export of two patients."""
    play_job(manifest(listed("1", "Patient", count=2), listed("2", count=2)))
    play_file("1", resource("Patient", "a") + resource("Patient", "b"))
    about = [resource("Condition", f"of-{who}", subject={"reference": f"Patient/{who}"}) for who in ("a", "b")]
    play_file("2", b"".join(about))


def group(*members: object) -> Reply:
    """The answer to a question about the group."""
    return good(json.dumps({"resourceType": "Group", "member": [*members]}).encode())


def fetched(path: Path, since: str = "") -> Fetched:
    """What a fetch of the group by export brings."""
    played = server()
    plan = plan_for(played, Wanted(selection=Selection(group="ward"), by=Way.EXPORT, since=since, workers=1))
    with folder_for(plan, played, path) as folder:
        return fetch(plan, played, folder)


def test_what_is_exported_of_those_who_left_is_set_aside(tmp_path: Path) -> None:
    """Of an inactive member nothing reaches the folder, and that is counted; the counts of the server still hold."""
    play("Group/ward", group(*STAYED, *LEFT))
    play_everybody()

    brought = fetched(tmp_path)

    assert ["Condition/of-a", "Patient/a"] == ids_in(tmp_path)
    assert ({"Condition": 1, "Patient": 1}, SET_ASIDE) == (brought.resources, brought.aside)
    assert brought.is_whole


def test_a_run_that_goes_on_leaves_out_whom_the_first_one_left_out(tmp_path: Path) -> None:
    """Half of a record would give a wrong verdict: who left is asked once in a round, whenever it is cut off."""
    play("Group/ward", group(*STAYED, *LEFT), group(*LEFT))
    play_job(bad(503), *[bad(503)] * 20)
    with pytest.raises(ServerError):
        fetched(tmp_path)
    responses.remove("GET", JOB)
    play_everybody()

    brought = fetched(tmp_path)

    assert ["Condition/of-a", "Patient/a"] == ids_in(tmp_path)
    assert SET_ASIDE == brought.aside
    assert 1 == asked().count("/fhir/Group/ward")


@pytest.mark.parametrize("refusal", [bad(403), bad(404)])
def test_a_group_that_is_not_shown_is_exported_as_it_is(refusal: Reply, tmp_path: Path) -> None:
    """Some servers export a group and do not show it: everybody is kept, and a remark says so."""
    play("Group/ward", refusal)
    play_everybody()

    brought = fetched(tmp_path)

    assert {"Condition": 2, "Patient": 2} == brought.resources
    assert {"the group could not be read, so members who left it may be among those exported": 1} == brought.remarks
    assert brought.is_whole


def test_a_group_that_fails_in_passing_ends_the_run(tmp_path: Path) -> None:
    """An outage is no reason to judge somebody who left: the run ends, and the next one asks again."""
    play("Group/ward", *[bad(503)] * 6)

    with pytest.raises(ServerError, match="asked who left it"):
        fetched(tmp_path)

    assert [] == ids_in(tmp_path)


def test_who_left_since_leaves_the_folder(tmp_path: Path) -> None:
    """A fetch of the changes takes those out of the folder who left since the round before."""
    play("Group/ward", group(*STAYED, {"entity": {"reference": "Patient/b"}}), group(*STAYED, *LEFT))
    play_everybody()
    fetched(tmp_path, since="auto")
    responses.remove("GET", JOB)
    play_job(manifest())

    fetched(tmp_path, since="auto")

    assert ["Condition/of-a", "Patient/a"] == ids_in(tmp_path)
