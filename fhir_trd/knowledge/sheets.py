"""Wide tables in CSV: a header of comment lines that cites all rows, the names of the columns, then the rows."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from fhir_trd.knowledge.book import MARKS, Book, Cite, Row, mark_of
from fhir_trd.model.criteria import Mark

COMMENT = "# "
NEEDED = ("title", "source", "place", "checked", "unit")
MARK = "mark"


class Line(NamedTuple):
    """One row, and the place it stands at."""

    where: str
    cells: list[str]


class Sheet(NamedTuple):
    """A table in CSV with its header."""

    name: str
    header: dict[str, str]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def rows(self) -> Iterator[list[str]]:
        """The cells of every row."""
        return (line.cells for line in self.lines)


def open_sheet(name: str, content: bytes, columns: tuple[str, ...], book: Book) -> Sheet:
    """A CSV table with exactly these columns; rows that do not fit are faults and left out."""
    header, body, skipped = _split(name, content, book)
    reader = csv.reader(body)
    found = tuple(next(reader, ()))
    if found != columns:
        book.fault(name, f"the columns {', '.join(columns)}", ", ".join(found) or "none")
        return Sheet(name, header, columns, ())
    lines = tuple(Line(f"{name}:{skipped + reader.line_num}", cells) for cells in reader)
    fitting = tuple(line for line in lines if _fits(line, columns, book))
    sheet = Sheet(name, header, columns, fitting)
    _check(sheet, book)
    return sheet


def _split(name: str, content: bytes, book: Book) -> tuple[dict[str, str], list[str], int]:
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        book.fault(name, "text in UTF-8", f"a byte that is none at {error.start}")
        lines = []
    count = next((at for at, line in enumerate(lines) if not line.startswith(COMMENT)), len(lines))
    pairs = (line.removeprefix(COMMENT).partition(": ") for line in lines[:count])
    return {key: value for key, _, value in pairs}, lines[count:], count


def _fits(line: Line, columns: tuple[str, ...], book: Book) -> bool:
    if len(line.cells) == len(columns):
        return True
    book.fault(line.where, f"{len(columns)} cells", f"{len(line.cells)}")
    return False


def _check(sheet: Sheet, book: Book) -> None:
    """The header cites every row; the mark stands in the header or in a column."""
    for key in NEEDED:
        if key not in sheet.header:
            book.fault(f"{sheet.name}.{key}", f"a line '# {key}: …' in the header", "nothing")
    cite = _cite(sheet)
    book.check(cite, sheet.name)
    if MARK in sheet.columns:
        at = sheet.columns.index(MARK)
        for where in [line.where for line in sheet.lines if line.cells[at] not in MARKS]:
            book.fault(f"{where}.mark", f"one of {', '.join(MARKS)}", "another word")
    else:
        mark_of(sheet.header.get(MARK), f"{sheet.name}.mark", book)
    if book.listing and sheet.lines:
        book.rows.extend(_listed(sheet, cite))


def _cite(sheet: Sheet) -> Cite:
    header = sheet.header
    return Cite(header.get("source"), header.get("place"), _day(header.get("checked", "")), header.get("reading"))


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _listed(sheet: Sheet, cite: Cite) -> Iterator[Row]:
    named = sheet.columns[:2] if sheet.columns[0] == "system" else sheet.columns[:1]
    rest = [at for at, name in enumerate(sheet.columns) if name not in (*named, MARK)]
    for cells in sheet.rows():
        marked = cells[sheet.columns.index(MARK)] if MARK in sheet.columns else sheet.header.get(MARK, "")
        yield Row(
            table=sheet.name,
            entry=" ".join(cells[: len(named)]),
            name=sheet.columns[rest[0]],
            value=", ".join(cells[at] for at in rest if cells[at]),
            unit=sheet.header.get("unit", ""),
            mark=MARKS.get(marked, Mark.NEEDS_REVIEW),
            source=cite.source,
            place=cite.place,
            checked=cite.checked,
            reading=cite.reading or "",
        )
