"""One run at a time in one folder, however often cron starts it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fhir_trd.errors import UsageError
from fhir_trd.sources.locking import locked


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Whether this run is the only one in a folder, which is made if need be; it stays so until the end."""
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            alone = held.enter_context(locked(folder))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise UsageError(f"{folder}: cannot be used ({why}), wanted a folder that can be written to") from error
        yield alone
