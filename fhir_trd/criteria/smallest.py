"""The smallest groups of things for which something holds: each alone, else pairs, else all of them less what is idle."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def singles_or_pairs(items: Sequence[T], holds: Callable[[tuple[T, ...]], bool]) -> list[tuple[T, ...]]:
    """Every single thing for which it holds; where there is none, every pair."""
    singles: list[tuple[T, ...]] = [(item,) for item in items if holds((item,))]
    return singles or [pair for pair in _pairs(items) if holds(pair)]


def without_idle(items: tuple[T, ...], holds: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """All things but those without which it holds all the same, tried from the last."""
    kept = items
    for item in reversed(items):
        rest = tuple(one for one in kept if one is not item)
        kept = rest if holds(rest) else kept
    return kept


def _pairs(items: Sequence[T]) -> Iterator[tuple[T, ...]]:
    return ((first, second) for at, first in enumerate(items) for second in items[at + 1 :])
