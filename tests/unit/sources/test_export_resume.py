"""An export that is cut off anywhere goes on where it was, and ends with the same folder."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import responses
from requests import PreparedRequest

from fhir_trd.errors import ServerError
from fhir_trd.sources.folder import JOURNAL, Folder
from fhir_trd.sources.server.export import Exported, Watch, export, exported_so_far
from fhir_trd.sources.server.export_kickoff import ExportScope
from fhir_trd.transport.world import World
from tests.unit.sources.exporting import (
    BASE,
    FILES,
    JOB,
    WHAT,
    asked,
    ids_in,
    listed,
    manifest,
    outcome_line,
    play_file,
    play_job,
    play_kickoff,
    resource,
    run,
)
from tests.unit.transport.playing import NOW, Reply, bad, message_of, server

A, B, P = resource("Condition", "a"), resource("Condition", "b"), resource("Patient", "p")
DONE = manifest(
    listed("1", count=1),
    listed("2", count=2),
    listed("3", "Patient"),
    error=[{"url": f"{FILES}/errors"}],
)
ANSWERS: dict[tuple[str, str], Reply] = {
    ("GET", f"{BASE}/Patient/$export"): (202, {"Content-Location": JOB}, b""),
    ("GET", JOB): DONE,
    ("GET", f"{FILES}/1"): (200, {}, A),
    ("GET", f"{FILES}/2"): (200, {}, B),
    ("GET", f"{FILES}/3"): (200, {}, P),
    ("GET", f"{FILES}/errors"): (200, {}, outcome_line("error", "processing")),
    ("DELETE", JOB): (202, {}, b""),
}
FAULTS = (
    "Condition.000002.ndjson: found 1 lines, wanted 2 as the server counts; export anew",
    "the server could not export everything: 1 errors (error processing)",
)
ASKED = len(ANSWERS)
"""How many requests an export without a cut makes: each of these once."""


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server."""
    with responses.mock:
        yield


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("cut", range(1, ASKED + 1))
def test_an_export_that_was_cut_off_at_any_request_goes_on(cut: int, workers: int, tmp_path: Path) -> None:
    """Cut off at each request in turn, a second run brings and tells the same, and begins no second job needlessly."""
    counted = _play(cut)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, workers=workers)
    before = dict(counted)

    exported = run(tmp_path, workers=workers)

    assert (["Condition/a", "Condition/b", "Patient/p"], FAULTS) == (ids_in(tmp_path), exported.faults)
    assert ({"Condition": 2, "Patient": 1}, 3) == (exported.resources, exported.files)
    assert counted["GET", f"{BASE}/Patient/$export"] == (2 if cut == 1 else 1)
    assert not before.get(("DELETE", JOB)) or cut == ASKED
    assert [] == [path.name for path in tmp_path.iterdir() if path.suffix not in (".ndjson", ".log", "") or ".part" in path.name]


@pytest.mark.parametrize("cut", range(1, 11))
def test_an_export_that_was_cut_off_before_any_note_goes_on(cut: int, tmp_path: Path) -> None:
    """Cut off before each note of the journal in turn, a second run brings and tells the same."""
    _play()
    times = count(1)

    def now() -> datetime:
        if next(times) == cut:
            raise KeyboardInterrupt
        return NOW

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, world=World(now=now))

    exported = run(tmp_path)

    assert (["Condition/a", "Condition/b", "Patient/p"], FAULTS) == (ids_in(tmp_path), exported.faults)


def test_files_that_are_here_are_not_fetched_again(tmp_path: Path) -> None:
    """What a cut-off run had noted as here is left as it is by the next one."""
    counted = _play(cut=5)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)

    run(tmp_path)

    assert [1, 1] == [counted["GET", f"{FILES}/{name}"] for name in ("1", "2")]


def test_an_export_that_is_here_asks_nothing_more(tmp_path: Path) -> None:
    """While the round goes on with other work, an export that was ended is neither asked for nor taken away again."""
    counted = _play()
    first = run(tmp_path)

    again = run(tmp_path)

    assert (first, ASKED) == (again, sum(counted.values()))


def test_a_lost_answer_to_the_end_of_a_job_costs_nothing(tmp_path: Path) -> None:
    """When the server took the job away and nobody heard its answer, the next run does not begin a new one."""
    counted = _play(cut=ASKED)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    responses.replace("GET", JOB, status=404)

    run(tmp_path)

    assert 1 == counted["GET", f"{BASE}/Patient/$export"]


def test_a_job_that_the_server_forgot_is_begun_anew(tmp_path: Path) -> None:
    """When the job is gone, its files leave the folder, a new job is begun, and only the new job's files are there."""
    second = f"{BASE}/job/2"
    play_kickoff((202, {"Content-Location": JOB}, b""), (202, {"Content-Location": second}, b""))
    play_job(manifest(listed("1"), listed("2"), listed("3")), bad(404))
    play_file("1", A)
    play_file("2", B)
    play_file("3", bad(503))
    message_of(ServerError, lambda: run(tmp_path))
    play_job(manifest(listed("4")), job=second)
    play_file("4", resource("Condition", "new"))
    said: list[str] = []

    run(tmp_path, watch=Watch(say=said.append))

    assert ["Condition/new"] == ids_in(tmp_path)
    assert "export: the server no longer knows the job that was begun before; it is begun anew" == said[-1]
    assert ["/fhir/job/2"] == asked("DELETE")


def test_a_file_that_fails_for_now_holds_up_no_other(tmp_path: Path) -> None:
    """When one file cannot be had for now, the others come, the job stays, and the next run brings that file alone."""
    play_kickoff()
    play_job(DONE)
    play_file("1", *[bad(503)] * 6, A)
    for name, body in (("2", B), ("3", P), ("errors", outcome_line("information", "informational"))):
        play_file(name, body)
    said = message_of(ServerError, lambda: run(tmp_path))
    cut = (ids_in(tmp_path), asked("DELETE"))

    exported = run(tmp_path)

    assert "the server answered 503 (6 attempts). Try again later" in said
    assert (["Condition/b", "Patient/p"], []) == cut
    assert (["Condition/a", "Condition/b", "Patient/p"], 1) == (ids_in(tmp_path), exported.warnings)
    assert 1 == asked().count("/2")


def test_what_came_before_an_outage_is_in_the_books(tmp_path: Path) -> None:
    """When the server goes down in the middle, what came and what was wrong with it is told all the same."""
    play_kickoff()
    play_job(DONE)
    play_file("1", bad(503))
    for name, body in (("2", B), ("3", P), ("errors", outcome_line("error", "processing"))):
        play_file(name, body)
    played_server = server()
    with Folder(tmp_path, server=played_server.address, what=WHAT) as folder:
        before = exported_so_far(folder)
        message_of(ServerError, lambda: export(played_server, folder, ExportScope(), workers=1))

        so_far = exported_so_far(folder)

    assert (Exported(), {"Condition": 1, "Patient": 1}, FAULTS) == (before, so_far.resources, so_far.faults)


def test_an_outage_is_not_waited_out_file_by_file(tmp_path: Path) -> None:
    """After six files that fail no other is asked for: the server is down."""
    play_kickoff()
    play_job(manifest(*(listed(str(number)) for number in range(20))))
    for number in range(20):
        play_file(str(number), bad(503))

    message_of(ServerError, lambda: run(tmp_path))

    assert len({path for path in asked() if path.removeprefix("/").isdigit()}) <= 7


@pytest.mark.parametrize("again", ["signed", "shuffled", "other"])
def test_links_may_be_others_when_the_run_goes_on(again: str, tmp_path: Path) -> None:
    """Links that are signed anew, in another order, or of other files lead to a folder in which each file is once."""
    manifests = {
        "signed": manifest(listed("1?sig=new"), listed("2?sig=new")),
        "shuffled": manifest(listed("2?sig=old"), listed("1?sig=old")),
        "other": manifest(listed("3", count=1), listed("1?sig=new", count=1), listed("2?sig=new")),
    }
    play_kickoff()
    play_job(manifest(listed("1?sig=old"), listed("2?sig=old")), manifests[again])
    play_file("1", A)
    play_file("2", *[bad(503)] * 6, B)
    play_file("3", resource("Condition", "c"))
    message_of(ServerError, lambda: run(tmp_path))

    exported = run(tmp_path)

    wanted = ["Condition/a", "Condition/b", *(["Condition/c"] if again == "other" else [])]
    assert (wanted, ()) == (sorted(ids_in(tmp_path)), exported.faults)


def test_the_journal_holds_no_link_of_a_file(tmp_path: Path) -> None:
    """A link may be signed and thus a secret: the journal keeps what tells links apart, not the links."""
    play_kickoff()
    play_job(manifest(listed("1?sig=canary")))
    play_file("1", A)

    run(tmp_path)

    assert "canary" not in (tmp_path / JOURNAL).read_text()


def test_a_second_round_leaves_the_present_state(tmp_path: Path) -> None:
    """After a round of what changed since the last one, each resource is there once, in its newest form."""
    play_kickoff()
    play_job(manifest(listed("1")), manifest(listed("2")))
    play_file("1", A + B)
    play_file("2", resource("Condition", "b", recordedDate="2024"))
    run(tmp_path, finish=True)

    run(tmp_path, since="auto", finish=True)

    assert ["Condition/a", "Condition/b"] == ids_in(tmp_path)
    asked_for = [call.request.path_url for call in responses.calls if "$export" in call.request.path_url]
    assert asked_for[-1].endswith("_since=2024-06-30T11:00:00Z")


@pytest.mark.parametrize("first", [[listed("1"), listed("gone")], [listed("1", count=2)]])
def test_what_did_not_come_whole_is_asked_for_again_in_the_next_round(first: list[dict[str, object]], tmp_path: Path) -> None:
    """After a file that was missing or too short, the next round asks for all that this one asked for."""
    play_kickoff()
    play_job(manifest(*first), bad(404))
    play_file("1", A)
    play_file("gone", bad(404))
    run(tmp_path, since="auto", finish=True)
    responses.replace("GET", JOB, body=manifest(listed("2"))[2])
    play_file("2", A + B)

    run(tmp_path, since="auto", finish=True)

    assert ["Condition/a", "Condition/b"] == ids_in(tmp_path)
    assert not [call for call in responses.calls if "_since" in (call.request.url or "")]


def _play(cut: int = 0) -> dict[tuple[str, str], int]:
    """The whole export, in which the process ends at the request of that number, and how often each thing was asked."""
    counted: dict[tuple[str, str], int] = {}

    def answering(key: tuple[str, str]) -> Callable[[PreparedRequest], Reply]:
        def answer(request: PreparedRequest) -> Reply:
            counted[key] = counted.get(key, 0) + 1
            if sum(counted.values()) == cut:
                raise KeyboardInterrupt
            return ANSWERS[key]

        return answer

    for key in ANSWERS:
        responses.add_callback(*key, callback=answering(key), content_type=None)
    return counted
