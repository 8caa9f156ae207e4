"""Every fault that a bulk export is known to meet, each survived or told."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from fhir_trd.errors import ServerError, UsageError
from fhir_trd.sources.server.export import Watch
from fhir_trd.transport.passes import bearer
from tests.unit.sources.exporting import (
    BASE,
    FILES,
    JOB,
    asked,
    deletion_line,
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
from tests.unit.transport.playing import Clock, Reply, bad, message_of, outcome, play

A, B = resource("Condition", "a"), resource("Condition", "b")
TRANSIENT = outcome({"severity": "error", "code": "transient"})


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server, and an export can be asked for."""
    with responses.mock:
        play_kickoff()
        yield


def test_an_export_comes_into_the_folder(tmp_path: Path) -> None:
    """What the server exports lies in the folder, counted by type, and the server hears that it is here."""
    play_job((202, {"Retry-After": "1"}, b""), manifest(listed("1", count=2), listed("2", "Patient")))
    play_file("1", A + B)
    play_file("2", resource("Patient", "p"))

    exported = run(tmp_path)

    assert ["Condition/a", "Condition/b", "Patient/p"] == ids_in(tmp_path)
    assert ({"Condition": 2, "Patient": 1}, 2, ()) == (exported.resources, exported.files, exported.faults)
    assert ["/fhir/job/1"] == asked("DELETE")


@pytest.mark.parametrize("status", [400, 409, 500, 503])
def test_a_transient_poll_error_is_asked_again(status: int, tmp_path: Path) -> None:
    """An error whose outcome says transient is one of the asking: the job goes on and its files come."""
    clock = Clock()
    play_job(bad(status, TRANSIENT), bad(status, TRANSIENT), manifest(listed("1")))
    play_file("1", A)

    run(tmp_path, clock=clock)

    assert ["Condition/a"] == ids_in(tmp_path)
    assert [1.0, 2.0] == clock.waits


def test_a_partial_success_is_told(tmp_path: Path) -> None:
    """What came is kept; the errors that the server tells of beside it are faults, its remarks are counted."""
    play_job(manifest(listed("1"), error=[listed("errors", "OperationOutcome")]))
    play_file("1", A)
    play_file("errors", outcome_line("error", "processing") + outcome_line("warning", "incomplete"))

    exported = run(tmp_path)

    assert ("the server could not export everything: 1 errors (error processing)",) == exported.faults
    assert (["Condition/a"], 1) == (ids_in(tmp_path), exported.warnings)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_file_that_expired_is_had_by_a_fresh_link(status: int, tmp_path: Path) -> None:
    """When a link has ended, the manifest is asked for anew and the file comes by the link it names now."""
    play_job(manifest(listed("old", count=1)), manifest(listed("new", count=1)))
    play_file("old", bad(status))
    play_file("new", A)

    exported = run(tmp_path)

    assert (["Condition/a"], ()) == (ids_in(tmp_path), exported.faults)


def test_links_that_ended_together_are_asked_for_once(tmp_path: Path) -> None:
    """When many links have ended, one fresh manifest serves all their files."""
    names = ["1", "2", "3"]
    play_job(manifest(*(listed(f"old{name}") for name in names)), manifest(*(listed(f"new{name}") for name in names)))
    for name in names:
        play_file(f"old{name}", bad(403))
        play_file(f"new{name}", resource("Condition", name))

    run(tmp_path)

    assert ["Condition/1", "Condition/2", "Condition/3"] == ids_in(tmp_path)
    assert 2 == asked().count("/fhir/job/1")


def test_a_file_that_is_missing_is_told_and_the_others_come(tmp_path: Path) -> None:
    """A file that is not there by a fresh link either is one fault; nothing else is lost with it."""
    play_job(manifest(listed("1"), listed("2")))
    play_file("1", bad(404))
    play_file("2", B)

    exported = run(tmp_path)

    assert (["Condition/b"], 1) == (ids_in(tmp_path), exported.missing)
    assert ("Condition.000001.ndjson: the server answered 404, by a fresh link too; wanted the file",) == exported.faults


@pytest.mark.parametrize("fresh", [manifest(listed("2")), bad(403), bad(404)])
def test_a_file_that_is_missing_and_no_longer_listed_is_told(fresh: Reply, tmp_path: Path) -> None:
    """A file that the fresh manifest does not list any more, or to which the server lets nobody in, is one fault."""
    play_job(manifest(listed("1"), listed("2")), fresh)
    play_file("1", bad(410))
    play_file("2", B)

    exported = run(tmp_path)

    told = "Condition.000001.ndjson: the server answered 410, and the server lists it no more; wanted the file"
    assert (told,) == exported.faults
    assert ["Condition/b"] == ids_in(tmp_path)


@pytest.mark.parametrize("count", [1, 3])
def test_a_count_that_is_wrong_is_told(count: int, tmp_path: Path) -> None:
    """A file with more or fewer lines than the manifest counts is kept and told."""
    play_job(manifest(listed("1", count=count)))
    play_file("1", A + B)

    exported = run(tmp_path)

    assert (f"Condition.000001.ndjson: found 2 lines, wanted {count} as the server counts; export anew",) == exported.faults
    assert ["Condition/a", "Condition/b"] == ids_in(tmp_path)


def test_what_was_deleted_leaves_the_folder(tmp_path: Path) -> None:
    """What an earlier round brought and the server deleted since is no longer there after the next round."""
    play_job(manifest(listed("1")), manifest(listed("2"), deleted=[listed("gone", "Bundle")]))
    play_file("1", A + B)
    play_file("2", resource("Condition", "c"))
    play_file("gone", deletion_line("Condition/a", "Condition/never-seen"))
    run(tmp_path, finish=True)

    exported = run(tmp_path, since="auto", finish=True)

    assert ["Condition/b", "Condition/c"] == ids_in(tmp_path)
    assert (1, ()) == (exported.removed, exported.faults)


def test_a_list_of_what_was_deleted_that_names_nothing_is_told(tmp_path: Path) -> None:
    """Lines that should name what was deleted and do not are a fault: something may stay that is gone."""
    play_job(manifest(deleted=[listed("gone", "Bundle", count=2)]))
    play_file("gone", deletion_line("Condition/a") + A)

    assert ("deleted.000001.ndjson: found 1 lines that name nothing deleted, wanted Bundles that do",) == run(tmp_path).faults


def test_a_file_that_is_listed_twice_comes_once(tmp_path: Path) -> None:
    """The same link, listed twice, is downloaded once."""
    play_job(manifest(listed("1"), listed("1")))
    play_file("1", A)

    run(tmp_path)

    assert ["Condition/a"] == ids_in(tmp_path)
    assert 1 == asked().count("/1")


def test_no_file_at_all_is_a_result(tmp_path: Path) -> None:
    """An export of nothing ends well, with a folder without files."""
    play_job(manifest())

    exported = run(tmp_path, finish=True)

    assert ([], 0, ()) == (ids_in(tmp_path), exported.files, exported.faults)
    assert ["/fhir/job/1"] == asked("DELETE")


@pytest.mark.parametrize(("wants", "sent"), [(False, None), (True, "Bearer t0ken")])
def test_files_that_need_no_token_get_none(wants: bool, sent: str | None, tmp_path: Path) -> None:
    """Where requiresAccessToken is false, not even the server itself is sent the token with a file."""
    play_job(manifest({"type": "Condition", "url": "files/1"}, requiresAccessToken=wants))
    play("job/files/1", (200, {}, A))

    run(tmp_path, who=bearer("t0ken"))

    asked_for = next(call.request for call in responses.calls if call.request.url.endswith("files/1"))
    assert sent == asked_for.headers.get("Authorization")


def test_a_token_never_goes_to_another_host(tmp_path: Path) -> None:
    """A file elsewhere is asked for without the token, whatever the manifest says."""
    play_job(manifest(listed("1"), requiresAccessToken=True))
    play_file("1", A)

    run(tmp_path, who=bearer("t0ken"))

    assert "Authorization" not in next(call.request for call in responses.calls if call.request.url == f"{FILES}/1").headers


def test_a_manifest_with_pages_is_read_to_its_end(tmp_path: Path) -> None:
    """The files of all pages of a manifest come."""
    play_job(manifest(listed("1"), link=[{"relation": "next", "url": "1?page=2"}]))
    play(f"{JOB}?page=2", manifest(listed("2"), link=[{"relation": "next", "url": f"{BASE}/pages/3"}]))
    play("pages/3", manifest(listed("3", "Patient")))
    responses.remove("GET", JOB)
    responses.add("GET", JOB, status=200, body=manifest(listed("1"), link=[{"relation": "next", "url": "1?page=2"}])[2],
                  match=[responses.matchers.query_param_matcher({})])  # fmt: skip
    for name, line in (("1", A), ("2", B), ("3", resource("Patient", "p"))):
        play_file(name, line)

    run(tmp_path)

    assert ["Condition/a", "Condition/b", "Patient/p"] == ids_in(tmp_path)


def test_pages_that_lead_in_a_circle_end_the_run(tmp_path: Path) -> None:
    """A page that names itself as the next is not read for ever."""
    play_job(manifest(listed("1"), link=[{"relation": "next", "url": "/fhir/job/1"}]))

    said = message_of(ServerError, lambda: run(tmp_path))

    assert "found a page of the manifest for the second time, wanted the next" in said


def test_a_file_in_gzip_comes_unpacked(tmp_path: Path) -> None:
    """A file that is gzip by its content, whatever its name and headers say, lies in the folder as lines."""
    play_job(manifest(listed("1", count=2)))
    play_file("1", gzip.compress(A) + gzip.compress(B))

    exported = run(tmp_path)

    assert (["Condition/a", "Condition/b"], ()) == (ids_in(tmp_path), exported.faults)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (gzip.compress(A + B)[:-9], "it is a damaged gzip file"),
        (b"<html>Please log in</html>", "none of its lines holds a resource"),
        (json.dumps({"resourceType": "Patient"}, indent=1).encode(), "none of its lines holds a resource"),
        (outcome_line("error", "expired"), "it holds an OperationOutcome"),
    ],
)
def test_what_is_not_the_file_is_asked_for_again_and_told(body: bytes, told: str, tmp_path: Path) -> None:
    """A page for people, an outcome or half an archive in place of a file is not kept: one more try, then it is told."""
    play_job(manifest(listed("1")))
    play_file("1", body)

    exported = run(tmp_path)

    assert (f"Condition.000001.ndjson: {told}, by a fresh link too; wanted the file",) == exported.faults
    assert [] == ids_in(tmp_path)


def test_another_type_than_listed_is_told_and_kept(tmp_path: Path) -> None:
    """A resource of another type than the manifest says stays where it is, and is told."""
    play_job(manifest(listed("1")))
    play_file("1", A + resource("Observation", "o"))

    exported = run(tmp_path)

    assert ("Condition.000001.ndjson: found 1 Observation, wanted Condition; they are kept as they are",) == exported.faults
    assert ({"Condition": 1, "Observation": 1}, 2) == (exported.resources, len(ids_in(tmp_path)))


def test_a_line_that_is_no_resource_is_told_and_kept(tmp_path: Path) -> None:
    """A broken line stays for whoever reads the folder to quarantine, and its content is not told."""
    play_job(manifest(listed("1")))
    play_file("1", A + b'{"resourceType": "Condition", "id": "canary\n')

    exported = run(tmp_path)

    assert 2 == len((tmp_path / "Condition.000001.ndjson").read_bytes().splitlines())
    assert ("Condition.000001.ndjson: found 1 lines that hold no resource, wanted Condition; they are kept as they are",) == (
        exported.faults
    )


def test_blank_lines_and_a_mark_before_the_text_are_no_resources(tmp_path: Path) -> None:
    """A byte-order mark, blank lines, CRLF and a missing end of line leave one resource a line."""
    play_job(manifest(listed("1", count=2)))
    play_file("1", b"\xef\xbb\xbf" + A.replace(b"\n", b"\r\n") + b"\n\r\n" + B.rstrip(b"\n"))

    exported = run(tmp_path)

    assert A + B == (tmp_path / "Condition.000001.ndjson").read_bytes()
    assert () == exported.faults


@pytest.mark.parametrize("link", ["file:///etc/hostname", "ftp://files.example.org/1"])
def test_a_link_that_is_none_of_the_web_costs_only_its_file(link: str, tmp_path: Path) -> None:
    """Such a file is missing and that is told; the others are here, and nothing of this machine is read."""
    play_job(manifest(listed("1"), {"type": "Condition", "url": link}))
    play_file("1", A)

    exported = run(tmp_path)

    why = "its link does not begin with http:// or https://"
    assert (f"Condition.000002.ndjson: {why}, by a fresh link too; wanted the file",) == exported.faults
    assert (["Condition/a"], 1) == (ids_in(tmp_path), exported.missing)


def test_a_type_that_cannot_be_one_is_told_and_names_no_file(tmp_path: Path) -> None:
    """What is listed as of the type ../../evil is kept under a name of our own, and that is said."""
    said = list[str]()
    play_job(manifest(listed("1", "../../evil")))
    play_file("1", A)

    run(tmp_path, watch=Watch(say=said.append))

    assert ["Resource.000001.ndjson"] == [path.name for path in tmp_path.glob("*.ndjson")]
    assert ["export: 1 files are listed with a type that cannot be one; they are kept as files of any type"] == said


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """A disk that takes nothing more stops the run with a message, and the job stays for the next one."""
    play_job((202, {"X-Progress": "1%"}, b""), manifest(deleted=[listed("gone", "Bundle")]))
    path = tmp_path / "folder"

    said = message_of(UsageError, lambda: run(path, watch=Watch(say=lambda _: shutil.rmtree(path)), finish=True))

    assert f"{path}: cannot be written to (No such file or directory), wanted a folder with room in it" == said
    assert [] == asked("DELETE")
