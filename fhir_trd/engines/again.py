"""What was kept by its place alone, found again in the file where it stands."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from fhir_trd.engines.pieces import File, stamp_of
from fhir_trd.errors import UsageError
from fhir_trd.fhir.read.sieve import Kept


@contextmanager
def bodies_in(path: str) -> Iterator[Callable[[Kept], bytes]]:
    """What tells the bodies of resources that were kept of a file, which is open for so long."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise changed(path) from error

    def body_of(kept: Kept) -> bytes:
        body = kept.body or os.pread(descriptor, kept.size, kept.at)
        if kept.size and len(body) != kept.size:
            raise changed(path)
        return body

    try:
        yield body_of
    finally:
        os.close(descriptor)


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
