"""fhir-trd mappings: what the tool knows, and where it knows it from."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import click

from fhir_trd.cli import options
from fhir_trd.cli.options import DAY, as_day
from fhir_trd.cli.painting import show_page
from fhir_trd.cli.talk import say
from fhir_trd.errors import UsageError
from fhir_trd.knowledge.book import Row
from fhir_trd.knowledge.catalogue import due, list_entries, show_entry
from fhir_trd.model.criteria import Mark
from fhir_trd.report.page import Block, Grid, Line

MARKS = tuple(mark.value for mark in Mark)
mark = click.option("--mark", type=click.Choice(MARKS), help="Only values with this mark: how the value is known.")


class Age(click.ParamType[timedelta]):
    """A number of days, written as 365d."""

    name = "DAYS"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length that was written."""
        found = re.fullmatch(r"([0-9]{1,6})d", value)
        if found is None:
            self.fail(f"found {value!r}, wanted a number of days such as 365d", param, ctx)
        return timedelta(days=int(found[1]))


@click.group("mappings")
def command() -> None:
    """Show what the tool knows, and where it knows it from.

    Every value has a unit, a source, a place in that source, a mark that says how it is known, and the day on which a person
    last compared it with the source.
    """


@command.command("list")
@click.argument("table", default="")
@mark
@options.mappings
def listed(table: str, mark: str | None, mappings: Path | None) -> int:
    """List the tables, or the values of one TABLE: drugs, criteria (all sets), criteria/fda."""
    rows = list_entries(table, mappings)
    if not rows:
        raise UsageError(f"found no table {table!r}, wanted one that `fhir-trd mappings list` shows")
    marked = [row for row in rows if mark in (None, row.mark.value)]
    show_page([_values(marked) if table or mark else _tables(marked)])
    return 0


@command.command("show")
@click.argument("entry")
@options.mappings
def shown(entry: str, mappings: Path | None) -> int:
    """Show every value of one ENTRY (a drug, a scale, a criteria set …) with its source, place and check date."""
    rows = show_entry(entry, mappings)
    if not rows:
        raise UsageError(f"found no entry {entry!r}, wanted one that `fhir-trd mappings list TABLE` shows")
    show_page([_sources(rows)])
    return 0


@command.command("check")
@mark
@click.option("--older-than", type=Age(), metavar="DAYS", help="List values not compared with their source for this long: 365d.")
@click.option("--as-of", type=DAY, callback=as_day, metavar="YYYY-MM-DD", help="Count back from this day. Default: today.")
@options.mappings
def checked(mark: str | None, older_than: timedelta | None, as_of: date | None, mappings: Path | None) -> int:
    """Check every table, and list the values that need another look.

    A fault in any table ends with exit code 4 and a list of all faults. --mark lists the values known in that way
    (--mark needs-review is the list for a clinician to sign), --older-than those whose last check is too long ago.
    """
    rows = list_entries(overlay=mappings)
    say(f"{len(rows)} values in {len({row.table for row in rows})} tables are valid")
    if mark or older_than is not None:
        before = None if older_than is None else (as_of or date.today()) - older_than
        found = due(mark=Mark(mark) if mark else None, before=before, overlay=mappings)
        say(f"{len(found)} of them need another look")
        show_page(_to_look_at(found, with_mark=mark is None))
    return 0


def _tables(rows: Iterable[Row]) -> Block:
    counts = Counter((row.table, row.mark.value) for row in rows)
    tables = sorted({table for table, _ in counts})
    lines = tuple((table, *(str(counts[table, mark] or "") for mark in MARKS)) for table in tables)
    return Grid("Tables, and how many of their values are known in which way", ("Table", *MARKS), lines)


def _values(rows: Iterable[Row]) -> Block:
    heads = ("Table", "Entry", "Name", "Value", "Unit", "Mark")
    return Grid("", heads, tuple((row.table, row.entry, row.name, row.value, row.unit, row.mark.value) for row in rows))


def _to_look_at(rows: Iterable[Row], with_mark: bool) -> Iterator[Block]:
    """The values that need another look, file by file; each file can be printed, compared with its sources and signed."""
    for table, found in groupby(rows, key=lambda row: row.table):
        held = list(found)
        marked = ("Mark",) if with_mark else ()
        heads = ("What", "Value", "Unit", *marked, "Source", "Place", "Checked")
        lines = tuple(_line(row, with_mark) for row in held)
        yield Grid(
            f"{table}: {len(held)} {'value' if len(held) == 1 else 'values'}", heads, lines, frozenset({"Mark", "Checked"})
        )
        yield Line("Compared with the sources by ____________________  on ____________")


def _line(row: Row, with_mark: bool) -> tuple[str, ...]:
    marked = (row.mark.value,) if with_mark else ()
    place = ", ".join(part for part in (row.place, row.reading) if part)
    what = row.entry if row.name == "value" else f"{row.entry} {row.name}"
    return (what, row.value, row.unit, *marked, row.source, place, row.checked.isoformat())


def _sources(rows: Iterable[Row]) -> Block:
    heads = ("What", "Value", "Mark", "Source", "Checked")
    lines = tuple(
        (f"{row.entry} {row.name}", _measured(row), row.mark.value, _cited(row), row.checked.isoformat()) for row in rows
    )
    return Grid("", heads, lines, frozenset({"Mark", "Checked"}))


def _measured(row: Row) -> str:
    """A number with its unit; a word stands for itself."""
    return f"{row.value} {row.unit}" if row.value[:1].isdigit() and row.unit != "code" else row.value


def _cited(row: Row) -> str:
    return ", ".join(part for part in (row.source, row.place, row.reading) if part)
