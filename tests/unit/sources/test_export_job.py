"""An export is asked for, followed with patience, and taken away when its files are here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from fhir_trd.errors import NotAuthorised, ServerError, UsageError
from fhir_trd.sources.server.export import Watch
from fhir_trd.sources.server.export_kickoff import ExportScope, instant_of
from tests.unit.sources.exporting import (
    ACCEPTED,
    BASE,
    JOB,
    asked,
    ids_in,
    listed,
    manifest,
    play_file,
    play_job,
    play_kickoff,
    resource,
    run,
)
from tests.unit.transport.playing import Clock, Reply, bad, message_of, outcome, play, sent

A = resource("Condition", "a")
DONE = manifest(listed("1"))
FAILED = outcome({"severity": "fatal", "code": "exception", "diagnostics": "out of space"})


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server, and there is one file."""
    with responses.mock:
        play_file("1", A)
        yield


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (ExportScope(level="system"), "$export"),
        (ExportScope(), "Patient/$export"),
        (ExportScope(level="group", group="g.1"), "Group/g.1/$export"),
        (ExportScope(level="group", group="a/../b"), "Group/a%2F..%2Fb/$export"),
    ],
)
def test_each_level_has_its_address(scope: ExportScope, path: str) -> None:
    """Everything, all patients and a group are asked for at their own address."""
    assert f"{path}?_outputFormat=application/fhir%2Bndjson" == scope.address


def test_types_and_since_are_parameters() -> None:
    """The types come in one parameter; a plus in a time is not sent as a blank."""
    scope = ExportScope(types=("Condition", "Patient"), since="2024-01-01T00:00:00+02:00")

    assert scope.address.endswith("&_type=Condition,Patient&_since=2024-01-01T00:00:00%2B02:00")


def test_a_day_begins_where_it_begins_first() -> None:
    """A day as since becomes the moment at which it began first on earth, so that none of its changes is missed."""
    assert ["2024-01-01T00:00:00+14:00", "2024-01-01T08:00:00Z", ""] == [
        instant_of(since) for since in ("2024-01-01", "2024-01-01T08:00:00Z", "")
    ]


def test_an_export_is_asked_for_asynchronously(tmp_path: Path) -> None:
    """The wish to be answered later, and in version 3 to be told the job's status apart, goes with the request."""
    play_kickoff()
    play_job(DONE)

    run(tmp_path)

    assert "respond-async, separate-export-status" == sent(0).headers["Prefer"]


def test_a_server_that_knows_only_the_old_wish_gets_that(tmp_path: Path) -> None:
    """A server that refuses the second wish is asked once more without it."""
    play_kickoff(bad(400, outcome({"severity": "error", "code": "invalid"})), (202, {"Content-Location": JOB}, b""))
    play_job(DONE)

    run(tmp_path)

    assert ["respond-async, separate-export-status", "respond-async"] == [sent(0).headers["Prefer"], sent(1).headers["Prefer"]]
    assert ["Condition/a"] == ids_in(tmp_path)


@pytest.mark.parametrize("where", [f"{BASE}/job/1", "/fhir/job/1", "../job/1"])
def test_the_address_of_the_job_may_be_relative(where: str, tmp_path: Path) -> None:
    """An absolute address, one from the root, and one beside what was asked all lead to the job."""
    play_kickoff((202, {"Content-Location": where}, b""))
    play_job(DONE)

    run(tmp_path)

    assert ["Condition/a"] == ids_in(tmp_path)


def test_a_refused_parameter_is_told_with_what_helps(tmp_path: Path) -> None:
    """A refusal is an error of the command: what the server says, and what to leave out."""
    play_kickoff(bad(400, outcome({"severity": "error", "code": "not-supported", "diagnostics": "_since is not supported"})))

    said = message_of(UsageError, lambda: run(tmp_path, ExportScope(since="2024-01-01")))

    assert (
        "GET Patient/$export?_outputFormat,_since: the server answered 400 (error not-supported: … is not supported), wanted an "
        "export. If it names a parameter, leave that out (_since is --since); if it does not export at this level, fetch "
        "another one or with --by search"
    ) == said


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (ACCEPTED, "the server answered 202 without the address of a job, wanted 202 and Content-Location"),
        ((200, {}, b'{"resourceType": "Bundle"}'), "the server answered 200 at once, wanted 202 and Content-Location"),
    ],
)
def test_an_answer_without_a_job_is_no_export(reply: Reply, told: str, tmp_path: Path) -> None:
    """A server that takes the request for something else is told apart from one that is down."""
    play_kickoff(reply)

    assert told in message_of(ServerError, lambda: run(tmp_path))


@pytest.mark.parametrize("status", [401, 403])
def test_nobody_who_is_not_let_in_exports(status: int, tmp_path: Path) -> None:
    """A refusal to let us in is exit code 5, before anything is begun."""
    play_kickoff(bad(status))

    message_of(NotAuthorised, lambda: run(tmp_path))

    assert 1 == len(responses.calls)


def test_questions_come_at_longer_and_longer_intervals(tmp_path: Path) -> None:
    """A server that does not say when to ask is asked after 1, 2, 4 and so on up to 60 seconds."""
    clock = Clock()
    play_kickoff()
    play_job(*[ACCEPTED] * 8, DONE)

    run(tmp_path, clock=clock)

    assert [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] == clock.waits


@pytest.mark.parametrize(
    ("asks", "waits"),
    [
        ("120", 120.0),
        ("Sun, 30 Jun 2024 12:01:30 GMT", 90.0),
        ("0", 1.0),
        ("Sun, 30 Jun 2024 11:00:00 GMT", 1.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("999999999", 300.0),
    ],
)
def test_a_server_is_asked_again_when_it_wants(asks: str, waits: float, tmp_path: Path) -> None:
    """Retry-After is obeyed in seconds and as a date; nonsense is passed over, and more than five minutes is not waited."""
    clock = Clock()
    play_kickoff()
    play_job((202, {"Retry-After": asks}, b""), DONE)

    run(tmp_path, clock=clock)

    assert [waits] == clock.waits


def test_an_absurd_wait_is_said(tmp_path: Path) -> None:
    """That a server asks for a wait which is not kept is told."""
    said: list[str] = []
    play_kickoff()
    play_job((202, {"Retry-After": "999999"}, b""), DONE)

    run(tmp_path, watch=Watch(say=said.append))

    assert ["export: the server asks to wait 999999 seconds; it is asked again after 300"] == said


def test_progress_is_told_as_a_percentage_alone(tmp_path: Path) -> None:
    """Of X-Progress only a percentage is told, once; other words might be about a person."""
    said: list[str] = []
    play_kickoff()
    words = ("Jane Canary", "12% of Jane Canary", "12%", "40 %", "1234567")
    play_job(*((202, {"X-Progress": each}, b"") for each in words), DONE)

    run(tmp_path, watch=Watch(say=said.append))

    assert ["export: 12%", "export: 40 %"] == said


@pytest.mark.parametrize(
    "reply", [bad(429, Retry_After="7"), bad(503, Retry_After="7"), (200, {"Retry-After": "7"}, b"<html>"), bad(502, b"<html>")]
)
def test_an_answer_that_says_nothing_of_the_job_is_asked_for_again(reply: Reply, tmp_path: Path) -> None:
    """Too many requests, a gateway that is down, or a page for people: the job goes on, whatever the answer was."""
    play_kickoff()
    play_job(reply, DONE)

    run(tmp_path)

    assert ["Condition/a"] == ids_in(tmp_path)


def test_a_server_that_never_speaks_of_the_job_is_down(tmp_path: Path) -> None:
    """After ten answers in a row that say nothing the run ends; the job is gone on with by the next."""
    play_kickoff()
    play_job(bad(502))

    said = message_of(ServerError, lambda: run(tmp_path))

    assert "the export: the server answered 502 (10 times in a row). Try again later" in said
    assert [] == asked("DELETE")


def test_a_job_that_failed_ends_the_run_with_its_issues(tmp_path: Path) -> None:
    """An error with an outcome is the end of the job: all issues are told, it is not asked for again, and it is taken away."""
    play_kickoff()
    play_job(bad(500, FAILED))

    said = message_of(ServerError, lambda: run(tmp_path))

    assert "the export failed: the server answered 500 (fatal exception: out of space). Wanted its files" in said
    assert (1, 1) == (asked().count("/fhir/job/1"), len(asked("DELETE")))


def test_after_a_job_that_failed_the_next_run_begins_anew(tmp_path: Path) -> None:
    """A job that came to nothing is not asked for by the next run."""
    play_kickoff((202, {"Content-Location": JOB}, b""), (202, {"Content-Location": f"{BASE}/job/2"}, b""))
    play_job(bad(500, FAILED))
    play_job(DONE, job=f"{BASE}/job/2")
    message_of(ServerError, lambda: run(tmp_path))

    run(tmp_path)

    assert ["Condition/a"] == ids_in(tmp_path)


def test_the_status_of_the_job_may_come_apart(tmp_path: Path) -> None:
    """In version 3 a header tells of the job; an error of the answer itself is then never one of the job."""
    play_kickoff()
    apart = {"X-Export-Status": "202 Accepted"}
    play_job((200, apart, b""), bad(500, FAILED), (200, {"X-Export-Status": "200 OK"}, DONE[2]))

    run(tmp_path)

    assert ["Condition/a"] == ids_in(tmp_path)


def test_a_job_that_failed_may_be_told_apart(tmp_path: Path) -> None:
    """In version 3 a good answer may tell that the job failed."""
    play_kickoff()
    play_job((200, {"X-Export-Status": "500"}, FAILED))

    said = message_of(ServerError, lambda: run(tmp_path))

    assert "the server answered 200 (fatal exception: out of space), with 500 for the job" in said


def test_a_job_is_not_waited_for_longer_than_wanted(tmp_path: Path) -> None:
    """When patience ends the job stays, and the message says how to go on waiting for it."""
    play_kickoff()
    play_job((202, {"Retry-After": "300"}, b""))

    said = message_of(ServerError, lambda: run(tmp_path, patience=7_200))

    assert "the export is still at work after 2 hours, wanted it done; run the same command again to go on waiting" in said
    assert (25, []) == (asked().count("/fhir/job/1"), asked("DELETE"))


def test_a_job_that_its_own_server_does_not_know_ends_the_run(tmp_path: Path) -> None:
    """A job that is unknown as soon as it was begun is told, and not begun over and over."""
    play_kickoff()
    play_job(bad(404))

    assert "answered 404 to a question about the job it had begun" in message_of(ServerError, lambda: run(tmp_path))


@pytest.mark.parametrize("status", [401, 404, 405, 500])
def test_a_server_may_refuse_to_take_a_job_away(status: int, tmp_path: Path) -> None:
    """What is here is here, whether or not the server lets its job be deleted; it is asked once."""
    play_kickoff()
    play(JOB, DONE)
    play(JOB, bad(status), method="DELETE")

    exported = run(tmp_path)

    assert (["Condition/a"], ()) == (ids_in(tmp_path), exported.faults)
    assert 1 == len(asked("DELETE"))


def test_a_sign_of_life_comes_with_every_question_and_every_file(tmp_path: Path) -> None:
    """Whoever watches hears of every wait and of how many resources came."""
    steps: list[int] = []
    play_kickoff()
    play_job(ACCEPTED, ACCEPTED, DONE)

    run(tmp_path, watch=Watch(advance=steps.append))

    assert [0, 0, 1] == steps


def test_an_export_of_nothing_is_said(tmp_path: Path) -> None:
    """That there is nothing in an export is told: an empty folder alone might be a fault."""
    said: list[str] = []
    play_kickoff()
    play_job(manifest())

    run(tmp_path, watch=Watch(say=said.append))

    assert ["export: done, and there is nothing in it"] == said
