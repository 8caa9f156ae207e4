"""Three-valued answers: what a record does not say is neither yes nor no."""

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """Yes, no, or: the record does not settle it."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


def truth_of(surely: bool, possibly: bool) -> Truth:
    """Yes if it surely holds, maybe if it possibly holds, else no."""
    if surely:
        return Truth.YES
    return Truth.MAYBE if possibly else Truth.NO


def all_of(parts: Iterable[Truth]) -> Truth:
    """Yes if every part is yes, no if any part is no, else maybe."""
    held = set(parts)
    if Truth.NO in held:
        return Truth.NO
    return Truth.MAYBE if Truth.MAYBE in held else Truth.YES


def any_of(parts: Iterable[Truth]) -> Truth:
    """Yes if any part is yes, no if every part is no, else maybe."""
    held = set(parts)
    if Truth.YES in held:
        return Truth.YES
    return Truth.MAYBE if Truth.MAYBE in held else Truth.NO


def at_least(needed: int, least: int, most: int) -> Truth:
    """Whether a count known to lie between ``least`` and ``most`` reaches ``needed``."""
    return truth_of(surely=least >= needed, possibly=most >= needed)
