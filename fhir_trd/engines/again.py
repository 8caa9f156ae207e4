"""What was kept by its place alone, found again in the file where it stands."""

import os
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from fhir_trd.engines.pieces import File, stamp_of
from fhir_trd.errors import UsageError
from fhir_trd.fhir.read.sieve import Kept


class Again:
    """Files of the input, read once more, one at a time: ``with Again() as again: body = again.bodies_in(path)(kept)``."""

    def __init__(self) -> None:
        self._path, self._descriptor = "", -1

    def __enter__(self) -> Self:
        """Begin, with no file open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file that is open."""
        if self._path:
            os.close(self._descriptor)

    def bodies_in(self, path: str) -> Callable[[Kept], bytes]:
        """What tells the bodies of resources that were kept of this file, until another is asked for."""
        if path != self._path:
            self.__exit__(None, None, None)
            self._path = ""
            try:
                self._descriptor = os.open(path, os.O_RDONLY)
            except OSError as error:
                raise changed(path) from error
            self._path = path
        return self._body

    def _body(self, kept: Kept) -> bytes:
        body = kept.body or os.pread(self._descriptor, kept.size, kept.at)
        if kept.size and len(body) != kept.size:
            raise changed(self._path)
        return body


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
