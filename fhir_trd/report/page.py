"""The blocks of which a page for people is made; a painter decides how they look."""

from enum import StrEnum

from msgspec import Struct


class Tone(StrEnum):
    """How much a line asks to be seen."""

    PLAIN = "plain"
    STRONG = "strong"
    GOOD = "good"
    ALERT = "alert"
    WATCH = "watch"
    QUIET = "quiet"


class Line(Struct, frozen=True):
    """A line of text; ``indent`` steps to the right."""

    text: str
    tone: Tone = Tone.PLAIN
    indent: int = 0


class Grid(Struct, frozen=True):
    """A table: a title, the heads of its columns, and its rows; the cells below the heads in ``solid`` are never broken."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    solid: frozenset[str] = frozenset()


Block = Line | Grid

SPACE = Line("")
"""An empty line between two parts."""
