"""One run at a time in one folder, however often cron starts it. The lock ends with the process, even one that is killed."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fhir_trd.errors import UsageError

LOCK = ".lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Whether this run is the only one in a folder, which is made if need be; it stays so until the end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("ab")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"{folder}: cannot be used ({why}), wanted a folder that can be written to") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        yield alone
