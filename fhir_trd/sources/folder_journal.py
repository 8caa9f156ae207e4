"""The journal of a fetch: what was asked, got and finished, a JSON object a line. A run that was cut off goes on from it."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import msgspec

from fhir_trd.errors import UsageError
from fhir_trd.sources.folder_files import written_whole

Facts = dict[str, Any]
BEGAN, DONE, MARK, FINISHED = "round", "done", "mark", "finished"
"""The notes that say how far a fetch has come; all others tell what was asked and got."""


class Past:
    """What earlier runs left: how many rounds are finished, and how far one came that is not."""

    def __init__(self) -> None:
        self.ended: Facts = {}
        """How the last finished round ended; empty where none did."""
        self.identity: Facts = {}
        """What was fetched from where, as the newest round said it; empty where there was none."""
        self.began: Facts = {}
        """How the round began that was cut off; empty where none was."""
        self.mark = ""
        self.done: set[str] = set()
        self.totals: dict[str, Counter[str]] = {}
        """What the finished units of the round tell, added up."""
        self.last: dict[str, Facts] = {}

    def take(self, note: Facts) -> None:
        """Go through one note, in their order."""
        event = note.get("event")
        if event == BEGAN:
            self.identity = note
            self._turn_to(note)
        elif event == FINISHED:
            self.ended = note
            self._turn_to({})
        elif event == DONE:
            self.done.add(note["unit"])
            self.count(note)
        elif event == MARK:
            self.mark = note["at"]
        else:
            self.last[str(event)] = note

    def count(self, facts: Mapping[str, object]) -> None:
        """Add what a finished unit tells in numbers."""
        for name, numbers in facts.items():
            if isinstance(numbers, Mapping):
                self.totals.setdefault(name, Counter()).update(numbers)

    def _turn_to(self, began: Facts) -> None:
        self.began, self.mark = began, ""
        self.done.clear()
        self.last.clear()
        self.totals.clear()


class Journal:
    """A file that only grows. Several threads may write to it."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.path = path
        self._now, self._lock = now, Lock()
        self._stream: BinaryIO | None = None

    def lines(self) -> Iterator[Facts]:
        """What it holds. A last line that was cut off tells of nothing that was finished, and is taken away."""
        if not self.path.exists():
            return
        whole = 0
        with self.path.open("r+b") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    whole += len(line)
                    yield self._decoded(line)
            stream.truncate(whole)

    def _decoded(self, line: bytes) -> Facts:
        try:
            return msgspec.json.decode(line, type=Facts)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{self.path}: found a line that is no JSON object, wanted the journal of a fetch; fetch into another folder"
            ) from error

    def renew(self, past: Past, before: Path) -> None:
        """Begin a new file with what must be known of earlier rounds: it must not grow for ever. The old one is kept."""
        with written_whole(before) as kept, self.path.open("rb") as old:
            shutil.copyfileobj(old, kept)
        with written_whole(self.path) as stream:
            stream.writelines(msgspec.json.encode(note) + b"\n" for note in (past.identity, past.ended))

    def open(self) -> None:
        """Begin to write at its end."""
        self._stream = self.path.open("ab")

    def close(self) -> None:
        """End writing."""
        if self._stream is not None:
            self._stream.close()

    def write(self, event: str, facts: Mapping[str, object], *, durable: bool = False) -> None:
        """Add a line; a durable one is on the disk before this returns."""
        assert self._stream is not None, "the folder is entered before anything is written"
        time = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        line = msgspec.json.encode({"time": time, "event": event, **facts})
        with self._lock:
            self._stream.write(line + b"\n")
            self._stream.flush()
            if durable:
                os.fsync(self._stream.fileno())
