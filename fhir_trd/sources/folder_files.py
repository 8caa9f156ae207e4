"""The files of a fetch: written whole or not at all, known by their names, and rewritten without some of their lines."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fhir_trd.fhir.exchange.lines import Line, line_of

FHIR, LISTS = "*.ndjson", "*.list"
PART = ".part"
"""How the name of a file ends while it is written."""

_ROUND = re.compile(r"\.r(\d+)\.[a-z]+$")


def named(name: str, number: int) -> str:
    """The name of a file of a round: those of the first round are plain."""
    stem, _, ending = name.rpartition(".")
    return name if number == 1 else f"{stem}.r{number}.{ending}"


def round_of(path: Path) -> int:
    """The round that a file was written in."""
    found = _ROUND.search(path.name)
    return int(found[1]) if found else 1


def stem_of(path: Path) -> str:
    """The name of a file without its ending and its round."""
    return _ROUND.sub("", path.name) if round_of(path) > 1 else path.stem


def files_in(folder: Path, names: str = FHIR) -> list[Path]:
    """The files of a folder, in the order of their names."""
    return sorted(folder.glob(names))


def lines_in(path: Path) -> Iterator[tuple[bytes, Line | None]]:
    """The lines of a file, each with what it tells."""
    with path.open("rb") as stream:
        for body in stream:
            if body.strip():
                yield body, line_of(body)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is put in its place when all of it is on the disk. If nothing was written, there is none afterwards."""
    beside = path.with_name(f"{path.name}{PART}")
    try:
        with beside.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            written = stream.tell()
        if written:
            beside.replace(path)
        else:
            path.unlink(missing_ok=True)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def without(path: Path, unwanted: Callable[[Line], bool]) -> int:
    """Take lines out of a file, and say how many; a file that holds none of them is not touched."""
    found = sum(1 for _, line in lines_in(path) if line and unwanted(line))
    if found:
        with written_whole(path) as stream:
            stream.writelines(body for body, line in lines_in(path) if not (line and unwanted(line)))
    return found


def remove(paths: list[Path]) -> None:
    """Take files away."""
    for path in paths:
        path.unlink()
    if paths:
        sync_folder(paths[0].parent)


def sync_folder(folder: Path) -> None:
    """Have the disk keep which files there are: without this, a file could be gone after a loss of power."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
