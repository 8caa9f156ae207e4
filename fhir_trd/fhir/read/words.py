"""Words in free text: found whole, never inside other words."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
Tokens = tuple[str, ...]
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[/+&%()]")


@lru_cache(maxsize=8192)
def tokens(text: str) -> Tokens:
    """The words, numbers and joining signs of a text, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return tuple(_TOKEN.findall("".join(sign for sign in plain if not unicodedata.combining(sign)).lower()))


class Phrases(Generic[T]):
    """Phrases and what they mean, found word by word; where several start at one word, the longest is taken."""

    def __init__(self, table: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[Tokens, T]]] = {}
        for phrase, meaning in table:
            words = tokens(phrase)
            if words:
                self._by_first.setdefault(words[0], []).append((words, meaning))
        for known in self._by_first.values():
            known.sort(key=lambda pair: -len(pair[0]))

    def found_in(self, words: Tokens) -> list[tuple[int, int, T]]:
        """All phrases in the text, as (first word, word after the last, meaning), in their order; none overlaps another."""
        found: list[tuple[int, int, T]] = []
        at = 0
        while at < len(words):
            hit = self._starting_at(words, at)
            if hit is None:
                at += 1
            else:
                found.append((at, at + hit[0], hit[1]))
                at += hit[0]
        return found

    def first_in(self, text: str) -> T | None:
        """The meaning of the first phrase in the text."""
        found = self.found_in(tokens(text))
        return found[0][2] if found else None

    def _starting_at(self, words: Tokens, at: int) -> tuple[int, T] | None:
        for phrase, meaning in self._by_first.get(words[at], ()):
            if words[at : at + len(phrase)] == phrase:
                return len(phrase), meaning
        return None
