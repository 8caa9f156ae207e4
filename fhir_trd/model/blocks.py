"""Sets of days as blocks of day numbers, and the arithmetic a trial history needs on them.

A day number is ``date.toordinal()``. A tuple of blocks is sorted, its blocks neither overlap nor touch.
"""

from collections.abc import Iterable
from operator import attrgetter

from msgspec import Struct


class Block(Struct, frozen=True):
    """Consecutive days, both ends inclusive."""

    first: int
    last: int

    @property
    def days(self) -> int:
        """How many days the block holds."""
        return self.last - self.first + 1


Blocks = tuple[Block, ...]
_FIRST = attrgetter("first")


def united(blocks: Iterable[Block]) -> Blocks:
    """The same days as blocks that neither overlap nor touch. Empty blocks vanish."""
    done: list[Block] = []
    for block in sorted(blocks, key=_FIRST):
        if block.first > block.last:
            continue
        if not done or block.first > done[-1].last + 1:
            done.append(block)
        elif block.last > done[-1].last:
            done[-1] = Block(done[-1].first, block.last)
    return tuple(done)


def shared(left: Blocks, right: Blocks) -> Blocks:
    """The days that lie in both."""
    if not left or not right or left[-1].last < right[0].first or right[-1].last < left[0].first:
        return ()
    return united(Block(max(a.first, b.first), min(a.last, b.last)) for a in left for b in right)


def without(blocks: Blocks, removed: Blocks) -> Blocks:
    """The days of the first that do not lie in the second."""
    for gone in removed:
        blocks = tuple(part for block in blocks for part in _cut(block, gone))
    return blocks


def since(blocks: Blocks, day: int) -> Blocks:
    """The days on or after that day."""
    return united(Block(max(block.first, day), block.last) for block in blocks)


def before(blocks: Blocks, day: int) -> Blocks:
    """The days before that day."""
    return united(Block(block.first, min(block.last, day - 1)) for block in blocks)


def total(blocks: Iterable[Block]) -> int:
    """How many days they hold together."""
    return sum(block.days for block in blocks)


def runs(blocks: Blocks, longest_break: int) -> tuple[Blocks, ...]:
    """The blocks in groups that no more than ``longest_break`` missing days keep apart."""
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and block.first - groups[-1][-1].last - 1 <= longest_break:
            groups[-1].append(block)
        else:
            groups.append([block])
    return tuple(tuple(group) for group in groups)


def longest_run(blocks: Blocks, longest_break: int) -> int:
    """The most days that one run holds; the days of its breaks are not counted."""
    return max((total(run) for run in runs(blocks, longest_break)), default=0)


def _cut(block: Block, gone: Block) -> Iterable[Block]:
    if gone.last < block.first or gone.first > block.last:
        return (block,)
    parts = (Block(block.first, gone.first - 1), Block(gone.last + 1, block.last))
    return tuple(part for part in parts if part.days > 0)
