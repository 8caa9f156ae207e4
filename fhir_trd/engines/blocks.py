"""A piece of a file as blocks of whole lines, in bounded memory however long a line is."""

import zlib
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from isal import isal_zlib
from isal.igzip_lib import IsalError

from fhir_trd.sources.forms import GZIP

BLOCK = 256 << 10
"""How many bytes are handed on at once: they stay in the processor's cache while they are looked through."""

PACKED = 256 << 10
"""How many bytes of an archive are unpacked at once."""

TOO_LONG = b""
"""Stands for a line or document that is longer than is allowed."""

GZIP_WINDOW = 16 + zlib.MAX_WBITS
"""What tells zlib that a stream has the header and the checksum of gzip."""

Part = tuple[bytes | bytearray, int, int, int]
"""A room, what stretch of it holds content until the next part is asked for, and where in all content that stretch ends."""


def blocks_of(path: str, start: int, stop: int | None, longest: int) -> Iterator[tuple[bytes, int]]:
    """The lines that begin in this stretch of a plain file, many at once; of a gzipped one (stop None) all lines.

    Each block comes with the place where it begins in all that the file holds.
    """
    begun: list[bytes] = []
    size = reached = 0
    for room, first, end, reached in _unpacked(path) if stop is None else _stretch(path, start, stop):
        last = room.rfind(b"\n", first, end) + 1
        if last and size + room.find(b"\n", first, last) - first > longest:
            yield TOO_LONG, reached
            first, begun = room.find(b"\n", first, last) + 1, []
        # Copied once, together with what was left over: copies cost more than reading.
        if first < last:
            block = b"".join([*begun, memoryview(room)[first:last]])
            yield block, reached - (end - last) - len(block)
        rest = bytes(room[max(first, last) : end])
        size = len(rest) + (0 if last else size)
        begun = [*([] if last else begun), rest] if size <= longest else []
    if size:
        yield b"".join(begun) if size <= longest else TOO_LONG, reached - size


def is_packed(path: str) -> bool:
    """Whether a file is gzipped."""
    with Path(path).open("rb") as stream:
        return stream.read(len(GZIP)) == GZIP


def content_of(path: str, *, packed: bool) -> Iterator[bytes]:
    """The content of a whole file, part by part."""
    parts = _unpacked(path) if packed else _stretch(path, 0, Path(path).stat().st_size)
    return (bytes(room[first:end]) for room, first, end, _ in parts)


def document_in(path: str, *, packed: bool, longest: int) -> bytes:
    """The whole of a file, unless it is too long."""
    parts: list[bytes] = []
    for chunk in content_of(path, packed=packed):
        parts.append(chunk)
        if sum(map(len, parts)) > longest:
            return TOO_LONG
    return b"".join(parts)


def _stretch(path: str, start: int, stop: int) -> Iterator[Part]:
    """The bytes from the first line that begins at ``start`` or later to the end of the last that begins before ``stop``."""
    with Path(path).open("rb", buffering=0) as raw:
        at = max(start - 1, 0)
        raw.seek(at)
        is_inside = start == 0
        # One room for all parts: the system has to clear every new one.
        room = bytearray(BLOCK)
        while size := raw.readinto(room):
            end = room.find(b"\n", max(stop - 1 - at, 0), size) + 1 if at + size >= stop else 0
            first, last = 0 if is_inside else room.find(b"\n", 0, size) + 1, end or size
            is_inside = is_inside or first > 0
            if is_inside and first < last:
                yield room, first, last, at + last
            if end:
                return
            at += size


def _unpacked(path: str) -> Iterator[Part]:
    """The content of a gzipped file, up to where it breaks off; that raises what zlib raises, or EOFError."""
    with Path(path).open("rb", buffering=0) as raw:
        member, held, at = isal_zlib.decompressobj(GZIP_WINDOW), raw.read(PACKED), 0
        while True:
            text = _unpacked_by(member, held)
            at += len(text)
            if text:
                yield text, 0, len(text), at
            if member.eof:
                held = _next_member(member.unused_data, raw)
                if not held:
                    return
                member = isal_zlib.decompressobj(GZIP_WINDOW)
                continue
            held = member.unconsumed_tail or raw.read(PACKED)
            if not held and not text:
                raise EOFError


def _unpacked_by(member: isal_zlib.Decompress, held: bytes) -> bytes:
    try:
        return member.decompress(held, BLOCK)
    except IsalError as error:  # type: ignore[misc]  # its stub gives an instance for the class
        # The rest of the program knows but one way for an archive to be damaged.
        raise zlib.error(str(error)) from error


def _next_member(unused: bytes, raw: FileIO) -> bytes:
    """The beginning of the next member of an archive, past the zeros that may pad one."""
    held = unused.lstrip(b"\0")
    while not held and (held := raw.read(PACKED)):
        held = held.lstrip(b"\0")
    return held
