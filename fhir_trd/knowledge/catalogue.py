"""What the tool knows and where from: every cited value of every table as one row."""

from datetime import date
from pathlib import Path

from fhir_trd.knowledge.book import Book, Row
from fhir_trd.knowledge.load import read_knowledge
from fhir_trd.knowledge.shelf import open_shelf
from fhir_trd.model.criteria import Mark


def list_entries(table: str = "", overlay: Path | None = None) -> tuple[Row, ...]:
    """Every cited value, or those of one table: "drugs", "drugs.toml", "criteria" (all sets), "criteria/fda"."""
    return tuple(row for row in _rows(overlay) if _is_of(row, table))


def show_entry(entry: str, overlay: Path | None = None) -> tuple[Row, ...]:
    """Every value of one entry and of the parts below it, or of a table: "sertraline", "phq-9", "fda", "icd-10-cm F33"."""
    wanted = entry.lower()
    return tuple(row for row in _rows(overlay) if _names(row, wanted))


def due(*, mark: Mark | None = None, before: date | None = None, overlay: Path | None = None) -> tuple[Row, ...]:
    """The values that wait for a person: those with a mark, those last checked before a day, or both."""
    marked = (row for row in _rows(overlay) if mark is None or row.mark is mark)
    return tuple(row for row in marked if before is None or row.checked < before)


def _rows(overlay: Path | None) -> tuple[Row, ...]:
    shelf = open_shelf(overlay)
    book = Book(listing=True, own=shelf.own)
    read_knowledge(shelf, book)
    book.close()
    return tuple(sorted(dict.fromkeys(book.rows), key=lambda row: (row.table, row.entry, row.name)))


def _is_of(row: Row, table: str) -> bool:
    plain = table.removesuffix(".toml").removesuffix(".csv").removesuffix("/")
    named = row.table.removesuffix(".toml").removesuffix(".csv")
    return not plain or named == plain or named.startswith(f"{plain}/")


def _names(row: Row, wanted: str) -> bool:
    entry = row.entry.lower()
    file = row.table.rpartition("/")[2].removesuffix(".toml")
    return entry == wanted or entry.startswith(f"{wanted}.") or file == wanted
