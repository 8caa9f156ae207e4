"""What was kept by its place alone, found again in the file where it stands."""

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from fhir_trd.engines.pieces import File, stamp_of
from fhir_trd.errors import UsageError
from fhir_trd.fhir.read.sieve import Kept


class Again:
    """A file of the input, opened once more: ``with Again(path) as again: whole = again.whole(kept)``."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Open the file."""
        try:
            self._stream = Path(self._path).open("rb", buffering=0)
        except OSError as error:
            raise changed(self._path) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self._stream.close()

    def whole(self, kept: Kept) -> Kept:
        """The same with its body, if it has none yet."""
        if not kept.size or kept.body:
            return kept
        body = os.pread(self._stream.fileno(), kept.size, kept.at)
        if len(body) != kept.size:
            raise changed(self._path)
        return replace(kept, body=body)


def expect_unchanged(files: Iterable[File]) -> None:
    """Refuse the outcome of a run during which a file was written to or taken away."""
    for file in files:
        try:
            found = stamp_of(file.path)
        except OSError as error:
            raise changed(file.path) from error
        if found != (file.size, file.changed):
            raise changed(file.path)


def changed(path: str) -> UsageError:
    """What is wrong with a file that is not any more what it was when it was scanned."""
    return UsageError(
        f"{path}: found a file that changed during the run, wanted an input that stays as it is; run again in an empty folder"
    )
