"""Files that are either whole or not there: a run that is cut off never leaves half a file behind."""

import os
from pathlib import Path

from fhir_trd.errors import UsageError


def write_file(path: Path, body: bytes) -> None:
    """Write a file beside its place, and only then put it there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path.resolve(), body)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"{path}: cannot be written ({why}), wanted a file in a folder you may write to") from error


def _write(path: Path, body: bytes) -> None:
    # /dev/null and pipes are written to: putting a file in their place would break them for everyone.
    if path.exists() and not path.is_file():
        path.write_bytes(body)
        return
    # In the same folder, because a file can only be moved in one step within a file system.
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
