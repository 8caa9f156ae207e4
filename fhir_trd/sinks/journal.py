"""What was written to which server and found there: a run that is cut off goes on where it was. It names no person."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from fhir_trd.errors import UsageError

TABLE = "create table if not exists verified (server text, finding text, digest text, primary key (server, finding))"
KNOWN = "select 1 from verified where server = ? and finding = ? and digest = ?"
NOTE = "insert or replace into verified values (?, ?, ?)"
PATIENCE = 30.0
"""Seconds that one run waits for another that is writing to the same journal."""


class Journal:
    """The journal in a file, or one that ends with the run. One thread uses it."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        try:
            self._base = sqlite3.connect(path or ":memory:", timeout=PATIENCE, isolation_level=None)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            self._base.execute(TABLE)
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
        return self._base.execute(KNOWN, (server, finding, digest)).fetchone() is not None

    def note(self, server: str, finding: str, digest: str) -> None:
        """Remember that this was written and found there. It is on the disk when this returns."""
        try:
            self._base.execute(NOTE, (server, finding, digest))
        except sqlite3.Error as error:
            raise self._unusable() from error

    def _unusable(self) -> UsageError:
        return UsageError(f"{self._path}: found no journal that can be written, wanted one of an earlier run or a new file")
