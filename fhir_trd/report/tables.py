"""The painter for terminals: the same blocks as in plain text, in colour and as wide as the window."""

from collections.abc import Iterable
from typing import TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fhir_trd.report.page import Block, Grid, Line, Tone

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
    """Write blocks to a terminal. NO_COLOR and what the terminal can show are respected."""
    console = Console(file=stream, highlight=False)
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
