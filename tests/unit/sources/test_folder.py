"""The folder of a fetch keeps what is whole, goes on where it was, and is used by one run at a time."""

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fhir_trd.errors import UsageError
from fhir_trd.sources.folder import AUTO, BEFORE, JOURNAL, Folder
from fhir_trd.sources.paths import paths_in

SERVER = "https://ehr.example.org/fhir/"
WHAT = {"group": "g"}


def folder(path: Path, since: str = "", server: str = SERVER, **what: str) -> Folder:
    """The folder as a run opens it."""
    return Folder(path, server=server, what=what or WHAT, since=since)


def put(open_folder: Folder, name: str, *resources: dict[str, object]) -> None:
    """Resources in a file of the round."""
    with open_folder.file(name) as stream:
        stream.writelines(json.dumps(resource).encode() + b"\n" for resource in resources)


def condition(identity: str, **more: object) -> dict[str, object]:
    """A resource with an id."""
    return {"resourceType": "Condition", "id": identity, **more}


def ids_in(path: Path) -> list[str]:
    """The ids of all resources of a folder, in the order of the files."""
    return [json.loads(line)["id"] for file in sorted(path.glob("*.ndjson")) for line in file.read_text().splitlines()]


class CutError(Exception):
    """The end of a run in the middle of a file."""


def cut_off(open_folder: Folder) -> None:
    """A file that is never finished."""
    with open_folder.file("Condition.000001.ndjson") as stream:
        stream.write(b"{}\n")
        raise CutError


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """A run that ends in the middle of a file leaves nothing of it, nor does an empty one."""
    with folder(tmp_path) as open_folder:
        with pytest.raises(CutError):
            cut_off(open_folder)
        with open_folder.file("Condition.000002.ndjson"):
            pass

    assert [".lock", JOURNAL] == sorted(path.name for path in tmp_path.iterdir())


def test_what_is_read_as_fhir_is_only_fhir(tmp_path: Path) -> None:
    """The journal, the lock and the list of patients are no input of a later run."""
    with folder(tmp_path) as open_folder:
        put(open_folder, "Condition.000001.ndjson", condition("a"))
        put(open_folder, "patients.list", {"id": "p"})

    assert [str(tmp_path / "Condition.000001.ndjson")] == list(paths_in([str(tmp_path)]))


def test_a_cut_off_round_is_gone_on_with(tmp_path: Path) -> None:
    """What an earlier run finished is done, its notes and marks are there, and a line that was cut off counts for nothing."""
    with folder(tmp_path) as open_folder:
        open_folder.mark("2024-01-01T00:00:00Z")
        open_folder.log("job", url="status")
        open_folder.done("Condition.000001", written={"Condition": 1})
    with (tmp_path / JOURNAL).open("ab") as stream:
        stream.write(b'{"event": "done", "unit": "Condition.0')

    with folder(tmp_path) as again:
        again.mark("2024-02-02T00:00:00Z")
        again.done("Condition.000002", written={"Condition": 2})
        assert again.is_resumed
        assert again.is_done("Condition.000001")
        assert "status" == (again.last("job") or {})["url"]
        assert "2024-01-01T00:00:00Z" == again.started
    with folder(tmp_path) as third:
        assert third.is_done("Condition.000002")
        assert {"Condition": 3} == third.totals("written")


def test_a_full_round_replaces_the_one_before(tmp_path: Path) -> None:
    """After a second full round, only what it brought is there."""
    with folder(tmp_path) as first:
        put(first, "Condition.000001.ndjson", condition("a"), condition("b"))
        first.finish()
    with folder(tmp_path) as second:
        put(second, "Condition.000001.ndjson", condition("b"))
        assert ["a", "b", "b"] == ids_in(tmp_path)
        second.finish()

    assert ["b"] == ids_in(tmp_path)


def test_an_incremental_round_replaces_what_it_brings(tmp_path: Path) -> None:
    """After a round since the last one, the rest is still there, and no resource is there twice."""
    with folder(tmp_path, AUTO) as first:
        assert "" == first.since
        first.mark("2024-01-01T00:00:00Z")
        put(first, "Condition.000001.ndjson", condition("a"), condition("b"))
        first.finish()
    with folder(tmp_path, AUTO) as second:
        assert "2024-01-01T00:00:00Z" == second.since
        put(second, "Condition.000001.ndjson", condition("b", code={}), condition("c"))
        second.finish()

    assert ["a", "b", "c"] == ids_in(tmp_path)


def test_resources_can_leave_a_folder(tmp_path: Path) -> None:
    """What a server says is deleted leaves the files that hold it; a file that holds nothing more is gone."""
    with folder(tmp_path) as open_folder:
        put(open_folder, "Condition.000001.ndjson", condition("a"), condition("b"))
        put(open_folder, "Condition.000002.ndjson", condition("c"))
        assert 2 == open_folder.drop(lambda line: line.name.told in ("Condition/a", "Condition/c"))

    assert ["b"] == ids_in(tmp_path)
    assert not (tmp_path / "Condition.000002.ndjson").exists()


def test_what_is_dropped_at_the_same_time_is_gone(tmp_path: Path) -> None:
    """Of what several workers take out of one file at once nothing comes back, and nothing else is lost."""
    with folder(tmp_path) as open_folder:
        put(open_folder, "Condition.000001.ndjson", *(condition(str(number)) for number in range(400)))
        with ThreadPoolExecutor(4) as pool:
            taken = list(pool.map(lambda last: open_folder.drop(lambda line: line.name.id.endswith(last)), "1357"))

    assert [40] * 4 == taken
    assert [str(number) for number in range(400) if str(number)[-1] not in "1357"] == ids_in(tmp_path)


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    """Two runs never work in one folder at a time."""
    with folder(tmp_path), pytest.raises(UsageError, match="another run at work"), folder(tmp_path):
        pass


@pytest.mark.parametrize(
    ("other", "told"),
    [({"server": "https://other.example.org/"}, "server"), ({"group": "h"}, "what"), ({"since": "2024"}, "since")],
)
def test_another_fetch_is_refused(tmp_path: Path, other: dict[str, str], told: str) -> None:
    """A folder belongs to one server and one question."""
    with folder(tmp_path):
        pass

    with pytest.raises(UsageError, match=rf"other arguments \({told}\)"), folder(tmp_path, **other):
        pass


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Files that no fetch brought are not mixed with those that one does."""
    (tmp_path / "Condition.ndjson").write_text("{}")

    with pytest.raises(UsageError, match="found 1 files and no fetch"), folder(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in the place of the folder stops the run with a message."""
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="cannot be used"), folder(tmp_path / "file"):
        pass


def test_a_round_that_lacks_something_moves_no_mark(tmp_path: Path) -> None:
    """After a round in which something is missing the next one begins where that began: else it would be missing for ever."""
    for mark, is_whole in (("2024-01-01", True), ("2024-02-01", False)):
        with folder(tmp_path, since=AUTO) as round_of_now:
            round_of_now.mark(mark)
            round_of_now.finish(is_whole=is_whole)

    with folder(tmp_path, since=AUTO) as third:
        assert "2024-01-01" == third.since


def test_a_full_round_that_lacks_something_takes_nothing_away(tmp_path: Path) -> None:
    """What an earlier round brought stays where a later full round lacks something: it may be just that."""
    with folder(tmp_path) as first:
        put(first, "Condition.000001.ndjson", condition("a"), condition("b"))
        first.finish()

    with folder(tmp_path) as second:
        put(second, "Condition.000001.ndjson", condition("b", recordedDate="2024"))
        second.finish(is_whole=False)

    assert ["a", "b"] == ids_in(tmp_path)


def test_the_journal_does_not_grow_for_ever(tmp_path: Path) -> None:
    """A new round begins a new journal that knows of the rounds before it; that of the last one is kept beside it."""
    for _ in range(3):
        with folder(tmp_path) as round_of_now:
            round_of_now.log("asked", request="Condition")
            round_of_now.finish()

    events = [json.loads(line)["event"] for line in (tmp_path / JOURNAL).read_text().splitlines()]
    assert ["round", "finished", "round", "asked", "finished"] == events
    assert 3 == json.loads((tmp_path / JOURNAL).read_text().splitlines()[-1])["round"]
    assert (tmp_path / BEFORE).exists()


def rounds(path: Path) -> None:
    """Whatever is left to do of a full round and an incremental one after it."""
    if not list(path.glob("*.r2.ndjson")) and not is_in_second_round(path):
        with folder(path, AUTO) as first:
            first.mark("2024-01-01T00:00:00Z")
            put(first, "Condition.000001.ndjson", condition("a"), condition("b"))
            put(first, "Condition.000002.ndjson", condition("c"))
            first.done("all")
            first.finish()
    with folder(path, AUTO) as second:
        put(second, "Condition.000001.ndjson", condition("b", code={}), condition("c", code={}))
        second.drop(lambda line: line.name.id == "a")
        second.finish()


def is_in_second_round(path: Path) -> bool:
    """Whether the first round is over."""
    journal = path / JOURNAL
    return journal.exists() and '"event":"finished"' in journal.read_text()


def test_a_round_that_breaks_at_any_write_can_be_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails at the n-th write ends the run with a message; another run then makes the folder what it should be."""
    real = os.fsync
    for last in range(1, 60):
        left = [last]

        def failing(stream: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(stream)

        path = tmp_path / str(last)
        monkeypatch.setattr(os, "fsync", failing)
        if not is_told_to_stop(path):
            assert last > 20
            return
        monkeypatch.setattr(os, "fsync", real)
        rounds(path)
        assert [("b", {}), ("c", {})] == [(each["id"], each.get("code")) for each in everything(path)]
    pytest.fail("the disk never lasted")


def is_told_to_stop(path: Path) -> bool:
    """Whether the run ends with the message of a disk that is full."""
    try:
        rounds(path)
    except UsageError as error:
        return "cannot be used (No space left on device)" in str(error)
    return False


def everything(path: Path) -> list[dict[str, object]]:
    """All resources of a folder."""
    return [json.loads(line) for file in sorted(path.glob("*.ndjson")) for line in file.read_text().splitlines()]
