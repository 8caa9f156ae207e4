"""What a run keeps of patients is for its own user alone."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

OURS_ALONE = 0o077
"""The rights that others do not get: new folders are 0700, new files 0600."""


@contextmanager
def kept_private() -> Iterator[None]:
    """Folders and files made inside are for this user alone; those that are there keep the rights that they were given."""
    before = os.umask(OURS_ALONE)
    try:
        yield
    finally:
        os.umask(before)


def keeps_private(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose folders and files are so. What tells of the run is written after it, for monitoring to read."""

    @wraps(command)
    def alone(**given: Any) -> Any:
        with kept_private():
            return command(**given)

    return alone
