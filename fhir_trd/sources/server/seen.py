"""A set of ids that may be larger than memory: of all patients, or of all products that their records name."""

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

TABLE = "create table seen (id text primary key) without rowid"
ADD = "insert or ignore into seen values (?)"
HAS = "select 1 from seen where id = ?"


class Seen:
    """Ids in a file of this process alone, which nobody else sees and which is gone with it."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        # Without a name, SQLite keeps a small base in memory and a large one in a temporary file.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("pragma synchronous = off")
        self._base.execute("pragma journal_mode = off")
        self._base.execute(TABLE)
        self.add(ids)

    def __enter__(self) -> Self:
        """The set, open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Forget them all."""
        self.close()

    def close(self) -> None:
        """Forget them all."""
        self._base.close()

    def add(self, ids: Iterable[str]) -> None:
        """These were seen."""
        self._base.executemany(ADD, ((each,) for each in ids))

    def __contains__(self, identity: object) -> bool:
        return self._base.execute(HAS, (identity,)).fetchone() is not None

    def new_among(self, ids: Iterable[str]) -> Iterator[str]:
        """Those that were not seen before, in their order; now they are."""
        for each in ids:
            if self._base.execute(ADD, (each,)).rowcount > 0:
                yield each
