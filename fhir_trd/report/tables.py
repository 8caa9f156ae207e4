"""The painter for terminals and plain files: the same blocks, in colour where somebody looks, plain and 100 wide elsewhere."""

from collections.abc import Iterable
from typing import TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fhir_trd.report.page import Block, Grid, Line, Tone

WIDTH = 100
"""How wide a page is where nobody looks: always the same, so that the same input gives the same bytes."""

INDENT = 2

STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.GOOD: "green",
    Tone.ALERT: "bold red",
    Tone.WATCH: "yellow",
    Tone.QUIET: "dim",
}


def paint(blocks: Iterable[Block], stream: TextIO) -> None:
    """Write blocks to a stream. NO_COLOR and the kind of terminal are respected."""
    if stream.isatty():
        _print(blocks, Console(file=stream, highlight=False))
        return
    console = Console(file=stream, width=WIDTH, color_system=None, force_terminal=False, highlight=False, legacy_windows=False)
    with console.capture() as painted:
        _print(blocks, console)
    stream.writelines(f"{line.rstrip()}\n" for line in painted.get().splitlines())


def _print(blocks: Iterable[Block], console: Console) -> None:
    for block in blocks:
        match block:
            case Line():
                text = Text(block.text or " ", style=STYLES[block.tone])
                console.print(Padding(text, (0, 0, 0, INDENT * block.indent), expand=False))
            case Grid():
                console.print(_table(block))


def _table(grid: Grid) -> Table:
    title = f"\n{grid.title}" if grid.title else None
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in grid.heads:
        table.add_column(head, overflow="fold", no_wrap=head in grid.solid)
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
