"""The painter for files and pipes: plain text, always 100 wide, so that the same input gives the same bytes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import TextIO

from fhir_trd.report.page import Block, Grid, Line

WIDTH = 100
NARROWEST = 8
"""How wide a column that may be broken stays at least."""
INDENT = "  "
GAP = "   "
RULE = "─"


def paint(blocks: Iterable[Block], stream: TextIO) -> None:
    """Write blocks to a stream as plain text."""
    stream.writelines(f"{line.rstrip()}\n" for block in blocks for line in _lines(block))


def _lines(block: Block) -> Iterable[str]:
    match block:
        case Line():
            return _broken(block.text, WIDTH, INDENT * block.indent, INDENT * (block.indent + 1))
        case Grid():
            return _grid_lines(block)


def _broken(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """A text as lines no longer than the width; an empty text is one empty line."""
    return wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [""]


def _grid_lines(grid: Grid) -> Iterator[str]:
    widths = _widths(grid)
    yield ""
    if grid.title:
        yield grid.title
        yield ""
    yield from _row_lines(grid.heads, widths)
    yield RULE * (sum(widths) + len(GAP) * (len(widths) - 1))
    for row in grid.rows:
        yield from _row_lines(row, widths)
    yield ""


def _row_lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    cells = [_cell_lines(cell, width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        yield GAP.join(part.ljust(width) for part, width in zip(parts, widths, strict=True))


def _cell_lines(cell: str, width: int) -> list[str]:
    return [line for part in cell.splitlines() or [""] for line in _broken(part, width)]


def _widths(grid: Grid) -> list[int]:
    """The width of each column: as wide as its cells, then the widest that may be broken made narrower until all fit."""
    columns = list(zip(grid.heads, *grid.rows, strict=True))
    widths = [max(len(line) for cell in column for line in cell.splitlines() or [""]) for column in columns]
    soft = [number for number, head in enumerate(grid.heads) if head not in grid.solid]
    over = sum(widths) + len(GAP) * (len(widths) - 1) - WIDTH
    while over > 0 and any(widths[number] > NARROWEST for number in soft):
        widths[max(soft, key=widths.__getitem__)] -= 1
        over -= 1
    return widths
