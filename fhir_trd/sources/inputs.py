"""Every resource of the inputs, one after the other; what can't be read is a fault, and the next file is read all the same."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedReader, RawIOBase
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from fhir_trd.fhir.decode import Fault, Raw, resources_in_document, resources_in_lines
from fhir_trd.sources.forms import GZIP, Form, foreign, form_of
from fhir_trd.sources.paths import STDIN, paths_in

WANTED = "FHIR JSON (a Bundle, Parameters or one resource) or NDJSON, also as .gz"
"""What every input should be."""

FETCH_AGAIN = "fetch it again; what came before the break is kept"
"""What helps against a broken gzip file."""

BROKEN = (OSError, EOFError, zlib.error)
"""How reading a file can fail: not there, not allowed, cut short, damaged."""

START = 512
"""How many bytes are looked at to tell what a file is."""


def resources_in(inputs: Sequence[str], stdin: BinaryIO) -> Iterator[Raw | Fault]:
    """The resources of all inputs; an input is a file, a folder, or - for what is piped in."""
    for path in paths_in(inputs):
        if path == STDIN:
            yield from _resources_of_stream(stdin, "stdin")
        else:
            yield from _resources_of_file(path)


def _resources_of_file(path: str) -> Iterator[Raw | Fault]:
    try:
        with Path(path).open("rb") as stream:
            yield from _resources_of_stream(stream, path)
    except OSError as error:
        yield unreadable(path, error)


def _resources_of_stream(raw: BinaryIO, where: str) -> Iterator[Raw | Fault]:
    stream: BufferedReader = BufferedReader(cast(RawIOBase, raw))
    try:
        yield from _resources_of(stream, where)
    finally:
        stream.detach()  # The stream belongs to whoever opened it, and is not closed here.


def _resources_of(stream: BufferedReader, where: str) -> Iterator[Raw | Fault]:
    broken: list[Fault] = []
    lines = _lines(stream, where, broken)
    head = _head(lines)
    strange = stranger(b"".join(head), where)
    if strange is not None:
        yield strange
    elif head:
        yield from _resources_in_text(head, lines, where, broken)
    elif not broken:
        yield empty(where)
    yield from broken


def _resources_in_text(head: list[bytes], lines: Iterable[bytes], where: str, broken: list[Fault]) -> Iterator[Raw | Fault]:
    told_by = [line for line in head if line.strip()]
    form = form_of(told_by[0], told_by[-1] if told_by[1:] else b"")
    if form is Form.LINES:
        yield from resources_in_lines(chain(head, lines), where)
        return
    body = b"".join(chain(head, lines))
    # What stands before a break is kept; that the JSON ends there too needs no fault of its own.
    yield from (piece for piece in resources_in_document(body, where) if isinstance(piece, Raw) or not broken)


def _head(lines: Iterator[bytes]) -> list[bytes]:
    """The first lines, up to the second one that holds anything; empty if none does."""
    head: list[bytes] = []
    for line in lines:
        head.append(line)
        if sum(1 for seen in head if seen.strip()) > 1:
            return head
    return head if any(line.strip() for line in head) else []


def _lines(stream: BufferedReader, where: str, broken: list[Fault]) -> Iterator[bytes]:
    """The lines of a plain or gzipped stream. Where it breaks off they end, and the fault is added to ``broken``."""
    try:
        opened = gzip.GzipFile(fileobj=stream) if stream.peek(len(GZIP)).startswith(GZIP) else stream
        # Not "yield from opened": that would close the stream when the reader of these lines stops early.
        yield from iter(opened.readline, b"")
    except BROKEN as error:
        broken.append(unreadable(where, error))


def empty(where: str) -> Fault:
    """A file that holds nothing."""
    return Fault(where, found="an empty file", wanted=WANTED, remedy="check that the export was complete")


def stranger(text: bytes, where: str) -> Fault | None:
    """A file that begins so and is no text; None if it may be one."""
    found = foreign(text[:START])
    return Fault(where, found=found[0], wanted=WANTED, remedy=found[1]) if found else None


def unreadable(where: str, error: Exception) -> Fault:
    """A file that the system or its own compression does not let us read."""
    match error:
        case EOFError():
            return Fault(where, "a gzip file that is cut short", "a whole one", FETCH_AGAIN)
        case gzip.BadGzipFile() | zlib.error():
            return Fault(where, "a damaged gzip file", "a whole one", FETCH_AGAIN)
        case _:
            why = getattr(error, "strerror", None) or type(error).__name__
            return Fault(where, f"a file that cannot be read ({why})", WANTED, "check that you may read it")
