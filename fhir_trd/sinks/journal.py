"""What was written to which server and found there: a run that is cut off goes on where it was. It names no person."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from fhir_trd.errors import UsageError

TABLES = (
    "create table if not exists verified (server text, finding text, digest text, primary key (server, finding))",
    """create table if not exists parts
    (server text, finding text, part text, place text, status text, primary key (server, finding, part))""",
    "create table if not exists retracted (server text, finding text, primary key (server, finding))",
)
KNOWN = "select 1 from verified where server = ? and finding = ? and digest = ?"
NOTE = "insert or replace into verified values (?, ?, ?)"
NOTE_PART = "insert or replace into parts values (?, ?, ?, ?, ?)"
HOLDS = "delete from retracted where server = ? and finding = ?"
DOUBT = "update verified set digest = '' where server = ? and finding = ?"
FORGET = "delete from verified where server = ? and finding = ?"
NOTE_RETRACTED = "insert or replace into retracted values (?, ?)"
RETRACTED = "select finding from retracted where server = ?"
PLACES = "select part, place from parts where server = ? and place <> part"
STANDING = "select finding from verified where server = ? order by finding"
PARTS = "select part, place, status from parts where server = ? and finding = ? order by part"
PATIENCE = 30.0
"""Seconds that one run waits for another that is writing to the same journal."""


class Part(Struct, frozen=True):
    """One resource of a finding: the address that we gave it, where it stands on the server, and the status that we wrote."""

    address: str
    place: str
    status: str = ""

    @property
    def kind(self) -> str:
        """The type of the resource."""
        return self.address.partition("/")[0]


class Entry(Struct, frozen=True):
    """A finding as it was written: its key, the digest of what was written, and its parts."""

    key: str
    digest: str
    parts: tuple[Part, ...] = ()


class Journal:
    """The journal in a file, or one that ends with the run. One thread uses it."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        try:
            self._base = sqlite3.connect(path or ":memory:", timeout=PATIENCE, isolation_level=None)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            for table in TABLES:
                self._base.execute(table)
        except sqlite3.Error as error:
            raise self._unusable() from error

    def __enter__(self) -> Self:
        """The journal, open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self._base.close()

    def knows(self, server: str, finding: str, digest: str) -> bool:
        """Whether exactly this was written and found there."""
        return bool(self._rows(KNOWN, server, finding, digest))

    def doubt(self, server: str, findings: Iterable[str]) -> None:
        """Remember that these are about to be changed: until it is noted how that ended, nobody knows which of two stands."""
        with self._whole():
            self._base.executemany(DOUBT, ((server, finding) for finding in findings))

    def note(self, server: str, entries: Iterable[Entry]) -> None:
        """Remember that these were written and found there. They are on the disk when this returns."""
        with self._whole():
            for entry in entries:
                self._base.execute(NOTE, (server, entry.key, entry.digest))
                self._base.execute(HOLDS, (server, entry.key))
                parts = ((server, entry.key, part.address, part.place, part.status) for part in entry.parts)
                self._base.executemany(NOTE_PART, parts)

    def note_withdrawn(self, server: str, finding: str, *, by_us: bool) -> None:
        """Remember that a finding no longer stands there, and whether it was we who took it back."""
        with self._whole():
            self._base.execute(FORGET, (server, finding))
            if by_us:
                self._base.execute(NOTE_RETRACTED, (server, finding))

    def retracted(self, server: str) -> frozenset[str]:
        """The findings that we took back, and did not write again since."""
        return frozenset(key for (key,) in self._rows(RETRACTED, server))

    def places(self, server: str) -> dict[str, str]:
        """Where each part stood that the server gave an id of its own, by the address that we gave it."""
        return {row[0]: row[1] for row in self._rows(PLACES, server)}

    def others(self, server: str, holding: Collection[str]) -> tuple[Entry, ...]:
        """The findings that were written there, not taken back, and are not among these, in the order of their keys."""
        keys = [key for (key,) in self._rows(STANDING, server) if key not in holding]
        return tuple(Entry(key, "", self._parts(server, key)) for key in keys)

    def _parts(self, server: str, key: str) -> tuple[Part, ...]:
        return tuple(Part(*found) for found in self._rows(PARTS, server, key))

    def _rows(self, question: str, *given: str) -> list[tuple[str, ...]]:
        try:
            return self._base.execute(question, given).fetchall()
        except sqlite3.Error as error:
            raise self._unusable() from error

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        try:
            self._base.execute("begin immediate")
            yield
            self._base.execute("commit")
        except sqlite3.Error as error:
            raise self._unusable() from error

    def _unusable(self) -> UsageError:
        return UsageError(f"{self._path}: found no journal that can be written, wanted one of an earlier run or a new file")
