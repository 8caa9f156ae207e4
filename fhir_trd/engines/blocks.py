"""A piece of a file as blocks of whole lines, in bounded memory however long a line is."""

from collections.abc import Iterator
from gzip import GzipFile
from io import BufferedReader

from fhir_trd.engines.pieces import opened

BLOCK = 4 << 20
"""How many bytes are read at once."""

Content = BufferedReader | GzipFile


TOO_LONG = b""
"""Stands for a line that is longer than is allowed."""


def blocks_of(path: str, start: int, stop: int | None, longest: int) -> Iterator[bytes]:
    """The lines that begin in this stretch of a file (to its end if stop is None), many at once."""
    with opened(path) as content:
        at = _first_line(content, start) if start else 0
        while stop is None or at < stop:
            # Not read: what a broken archive still gives would be lost with the error that follows it.
            chunk = content.read1(BLOCK if stop is None else min(BLOCK, stop - at))
            if not chunk:
                return
            at += len(chunk)
            whole, cut, begun = chunk.rpartition(b"\n")
            if cut:
                yield whole + cut
            if begun:
                line, size = _line_to_its_end(content, begun, longest)
                at += size - len(begun)
                yield line


def document_in(path: str, longest: int) -> bytes:
    """The whole of a file, unless it is too long."""
    with opened(path) as content:
        body = content.read(longest + 1)
    return body if len(body) <= longest else TOO_LONG


def _first_line(content: Content, start: int) -> int:
    """Where the first line begins that begins at ``start`` or later."""
    content.seek(start - 1)
    at = start - 1
    while part := content.readline(BLOCK):
        at += len(part)
        if part.endswith(b"\n"):
            break
    return at


def _line_to_its_end(content: Content, begun: bytes, longest: int) -> tuple[bytes, int]:
    """A line that was read in part, and how long it is; what is too long is passed over."""
    parts, size = [begun], len(begun)
    while part := content.readline(BLOCK):
        size += len(part)
        parts = [*parts, part] if size <= longest else []
        if part.endswith(b"\n"):
            break
    return b"".join(parts), size
