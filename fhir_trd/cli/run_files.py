"""Where a run may write about itself: a new file, or one of an earlier run; never over its input, or anything else."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.errors import UsageError

ITSELF = ("report", "metrics")
"""The options that name files about the run."""

READ_WHOLE = ("bundles", "output")
"""The options that name folders of which every file is read, now or by the next command."""


OURS = b"fhir_trd_"
"""How the name of each of our numbers begins."""


class _Report(Struct, frozen=True):
    """What every report has had."""

    command: str
    arguments: dict[str, Any]
    exit_code: int


def expect_free(given: Mapping[str, Any]) -> None:
    """Refuse, before anything is done, files for report and metrics that would cost the user something else."""
    for name in ITSELF:
        path = given.get(name)
        if path is not None:
            _expect_no_input(name, path, given)
            _expect_ours(name, path)


def _expect_no_input(name: str, path: Path, given: Mapping[str, Any]) -> None:
    place = path.resolve()
    for other, used in _places(given):
        if other != name and place == used.resolve():
            raise UsageError(f"--{name} {path}: found the same file named as {_option(other)}, wanted one of its own")
        if other in READ_WHOLE and used.is_dir() and place.is_relative_to(used.resolve()):
            found = f"found it in the folder of {_option(other)}, which is read as FHIR"
            raise UsageError(f"--{name} {path}: {found}; wanted it elsewhere")


def _places(given: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for name, value in given.items():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Path):
                yield name, each


def _option(name: str) -> str:
    return "the input" if name == "bundles" else f"--{name.replace('_', '-')}"


def _expect_ours(name: str, path: Path) -> None:
    """A pipe, a device and an empty file hold nothing that could be lost."""
    try:
        body = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
        raise UsageError(f"--{name} {path}: {why}, wanted a file of an earlier run or a new one") from error
    if body and not (_is_report(body) if name == "report" else _is_metrics(body)):
        raise UsageError(f"--{name} {path}: found a file that no earlier run wrote, wanted a new one; nothing was done")


def _is_report(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _is_metrics(body: bytes) -> bool:
    """Whether every line is ours: one of another program would be lost."""
    return all(line.startswith((b"# ", OURS)) for line in body.splitlines())
