"""Which files an input stands for: a file is itself, a folder is every FHIR file below it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fhir_trd.errors import UsageError

STDIN = "-"
"""The input that stands for what is piped in."""

NAMES = (".json", ".ndjson", ".jsonl")
"""How the names of FHIR files in a folder end; each may be followed by .gz. Their form is never told from the name."""


def paths_in(inputs: Iterable[str]) -> Iterator[str]:
    """The files of these inputs, a folder's in the order of their names; every input is checked before the first is read."""
    found = [list(_paths_of(given)) for given in inputs]
    return (path for paths in found for path in paths)


def _paths_of(given: str) -> Iterator[str]:
    path = Path(given)
    if given == STDIN or path.is_file():
        yield given
    elif path.is_dir():
        yield from _paths_below(path)
    elif path.exists():
        yield given  # A named pipe or a device is read like a file.
    else:
        raise UsageError(f"{given}: found nothing there, wanted a file, a folder or - for what is piped in")


def _paths_below(folder: Path) -> list[str]:
    found = sorted(str(path) for path in folder.rglob("*") if path.is_file() and _is_fhir_name(path.name))
    if not found:
        raise UsageError(f"{folder}: found no FHIR file in this folder, wanted names in {', '.join(NAMES)} (or .gz of these)")
    return found


def _is_fhir_name(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(NAMES)
