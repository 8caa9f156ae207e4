"""What can be saved of a document that is no valid JSON as a whole: the whole elements of one of its arrays."""

import re
from collections.abc import Iterator

_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_IN_DOCUMENT, _IN_ARRAY, _IN_ELEMENT = 1, 2, 3


def elements_of(body: bytes, name: bytes) -> Iterator[bytes]:
    """The objects of the top-level array of that (quoted) name, told apart by their brackets alone."""
    depth, start, last_word, inside = 0, 0, b"", False
    for token in _STRING_OR_BRACKET.finditer(body):
        mark = token[0]
        if mark in (b"{", b"["):
            depth += 1
            if depth == _IN_ARRAY:
                inside = mark == b"[" and last_word == name
            elif depth == _IN_ELEMENT:
                start = token.start()
        elif mark in (b"}", b"]"):
            if depth == _IN_ELEMENT and inside:
                yield body[start : token.end()]
            depth -= 1
        elif depth == _IN_DOCUMENT:
            last_word = mark
