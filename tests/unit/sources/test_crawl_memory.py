"""A crawl holds a page and a part, never all patients."""

import gc
import tracemalloc
from pathlib import Path

from tests.unit.sources.ehr import Ehr
from tests.unit.sources.test_crawl import EVERYONE, carried_out

FEW, MANY = 50, 200
ROOM = 2
"""Threads meet differently each time; four times the patients would take four times the memory if they were held."""


class Forgetful(Ehr):
    """A server that does not even remember what it was asked."""

    def note(self, address: str) -> None:
        """Forget it."""


def peak(patients: int, path: Path) -> int:
    """The most memory that a crawl holds at a time."""
    server = Forgetful(patients, 4)
    server.page_size = 50
    gc.collect()
    tracemalloc.start()
    try:
        assert patients == carried_out(server, path, EVERYONE).patients
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_is_flat_in_the_number_of_patients(tmp_path: Path) -> None:
    """Four times the patients take no more memory."""
    peak(FEW, tmp_path / "warm")  # What is loaded and kept for good at the first call is no part of it.

    assert peak(MANY, tmp_path / "many") < ROOM * peak(FEW, tmp_path / "few")
