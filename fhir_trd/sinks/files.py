"""Files that are either whole or not there: a run that is cut off never leaves half a file behind."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from fhir_trd.errors import UsageError

AT_ONCE = 8
"""How many files a disk is asked at once to keep: it takes hardly longer over them than over one."""


def write_file(path: Path, body: bytes, *, lasting: bool = True) -> None:
    """Write a file beside its place, and only then put it there.

    Unless ``lasting``, a power cut may still take it away: for one of many, for all of which ``make_last`` waits only once.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path.resolve(), body, lasting=lasting)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"{path}: cannot be written ({why}), wanted a file in a folder you may write to") from error


@contextmanager
def put_in_place(path: Path, *, lasting: bool = False) -> Iterator[BinaryIO]:
    """A stream to what is put at this path once it is whole.

    Until then it stands in the same folder, because a file can only be moved in one step within a file system, under a name that
    no other ever has, also where several machines write the same file at the same time.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with unfinished.open("wb") as stream:
            yield stream
            if lasting:
                stream.flush()
                os.fsync(stream.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def make_last(paths: Iterable[Path]) -> None:
    """Wait until files are where no power cut takes them away."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_make_last, paths))


def _make_last(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _write(path: Path, body: bytes, *, lasting: bool) -> None:
    # /dev/null and pipes are written to: putting a file in their place would break them for everyone.
    if path.exists() and not path.is_file():
        path.write_bytes(body)
        return
    with put_in_place(path, lasting=lasting) as stream:
        stream.write(body)
