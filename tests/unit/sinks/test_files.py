"""A file is either written whole or not at all."""

from pathlib import Path

import pytest

from fhir_trd.errors import UsageError
from fhir_trd.sinks.files import make_last, write_file


def test_a_file_is_written_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    """The file holds the bytes, the folder holds the file, and an old file is replaced."""
    path = tmp_path / "new" / "out.json"

    write_file(path, b"old")
    write_file(path, b"new")

    assert b"new" == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_many_files_are_made_to_last_at_once(tmp_path: Path) -> None:
    """Files that were written without waiting for the disk hold their bytes, and are waited for together."""
    paths = [tmp_path / f"{number}.json" for number in range(20)]
    for path in paths:
        write_file(path, b"x", lasting=False)
    make_last(paths)

    assert paths == sorted(tmp_path.iterdir(), key=lambda path: int(path.stem))
    assert [b"x"] * len(paths) == [path.read_bytes() for path in paths]


def test_a_file_that_is_gone_cannot_be_made_to_last(tmp_path: Path) -> None:
    """Whoever waits for files hears of one that is not there."""
    with pytest.raises(FileNotFoundError):
        make_last([tmp_path / "gone.json"])


def test_a_link_keeps_being_a_link(tmp_path: Path) -> None:
    """Writing to a link writes the file it points to."""
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(real)

    write_file(link, b"x")

    assert link.is_symlink()
    assert b"x" == real.read_bytes()


def test_a_device_is_written_to_and_not_replaced() -> None:
    """/dev/null is still a device afterwards."""
    write_file(Path("/dev/null"), b"x")

    assert Path("/dev/null").is_char_device()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder in the file's place is a mistake of the caller."""
    with pytest.raises(UsageError) as caught:
        write_file(tmp_path, b"x")

    assert f"{tmp_path}: cannot be written (Is a directory), wanted a file in a folder you may write to" == str(caught.value)
