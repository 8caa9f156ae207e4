"""What a file is, told from how it begins: never from its name, which in exports is often wrong."""

import re
from enum import StrEnum
from itertools import islice

import msgspec

GZIP = b"\x1f\x8b"
"""How gzip begins."""

MARK = b"\xef\xbb\xbf"
"""The byte-order mark that some editors put before UTF-8."""

BINARY = (
    (b"%PDF", "a PDF document", "ask for the record as FHIR JSON"),
    (b"PAR1", "a Parquet file", "export it as NDJSON"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first: xz -d"),
    (b"BZh", "a bzip2 archive", "unpack it first: bzip2 -d"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it first: zstd -d"),
)
"""Files that come with exports but hold no text: how they begin, what they are, and what helps."""


SOME_LINE = re.compile(rb"[^\n]*\S[^\n]*")
"""A line that holds anything."""


class Form(StrEnum):
    """How resources are laid out in a file."""

    DOCUMENT = "document"
    LINES = "lines"


def foreign(start: bytes) -> tuple[str, str] | None:
    """What a file is that holds no text, and what helps; None if it may be text."""
    for sign, kind, remedy in BINARY:
        if start.startswith(sign):
            return kind, remedy
    text = start.removeprefix(MARK).lstrip()
    # A zero byte in a string is a fault of one line; one before any brace means that the file is no text at all.
    if b"\0" in text.partition(b"{")[0]:
        return "a binary file", "name a file of FHIR JSON or NDJSON"
    return None


def form_in(text: bytes) -> Form:
    """How resources are laid out in a text, or in as much of its beginning as holds two lines."""
    first, second, *_ = [*telling_lines(text), b"", b""]
    return form_of(first, second)


def telling_lines(text: bytes) -> list[bytes]:
    """The first two lines that hold anything: they tell how a file is laid out."""
    return [found[0] for found in islice(SOME_LINE.finditer(text), 2)]


def form_of(first: bytes, second: bytes) -> Form:
    """One document, or one resource a line: told from the first two lines that hold anything."""
    first, second = first.removeprefix(MARK).strip(), second.strip()
    opens_anew = second.startswith(b"{") and not first.endswith((b"[", b":", b","))
    return Form.LINES if second and (opens_anew or _is_whole(first)) else Form.DOCUMENT


def _is_whole(line: bytes) -> bool:
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
