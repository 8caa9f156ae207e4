"""What is kept of patients is for the user of the run alone, whatever the machine usually allows."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_trd.cli.privacy import kept_private
from tests.cli.test_sync import Clinic, clinic, sync
from tests.unit.sinks.conftest import bundle, ehr
from tests.unit.sinks.ehr import Ehr, run

__all__ = ["bundle", "clinic", "ehr"]


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """A machine where everyone may read what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    """Who may do what with a file or folder."""
    return path.stat().st_mode & 0o777


def test_the_folder_of_a_turn_is_private(clinic: Clinic, tmp_path: Path) -> None:
    """Folders are 0700 and every file 0600: records, log and journal; report and metrics are for monitoring to read."""
    assert 0 == sync(tmp_path / "f", "--report", str(tmp_path / "r.json"), "--metrics", str(tmp_path / "m.prom")).exit_code

    made = [tmp_path / "f", *(tmp_path / "f").rglob("*")]
    assert {0o700} == {rights(path) for path in made if path.is_dir()}
    assert {0o600} == {rights(path) for path in made if path.is_file()}
    assert [0o644, 0o644] == [rights(tmp_path / "r.json"), rights(tmp_path / "m.prom")]


def test_a_folder_that_is_there_keeps_its_rights(clinic: Clinic, tmp_path: Path) -> None:
    """Whoever made the folder has decided who may look into it; the files in it are private all the same."""
    (tmp_path / "f").mkdir(mode=0o750)
    sync(tmp_path / "f")

    assert 0o750 == rights(tmp_path / "f")
    assert 0o600 == rights(tmp_path / "f" / "journal.db")


def test_a_journal_is_private(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """The journal of write-back is made for its user alone."""
    run(bundle, "--journal", str(tmp_path / "journal.db"))

    assert 0o600 == rights(tmp_path / "journal.db")


def test_privacy_ends_with_the_command(tmp_path: Path) -> None:
    """Afterwards, after a fault too, the machine's own rule holds again."""
    with pytest.raises(ZeroDivisionError), kept_private():
        raise ZeroDivisionError
    (tmp_path / "x").touch()

    assert 0o644 == rights(tmp_path / "x")
