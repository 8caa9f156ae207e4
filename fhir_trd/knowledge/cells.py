"""Typed cells: a value and its place in a table. A cell of the wrong kind is noted as a fault and read as nothing."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

import tomli

from fhir_trd.knowledge.book import Book, Cite, Row, mark_of
from fhir_trd.model.criteria import Mark, Parameter, Value

T = TypeVar("T")
CITE_KEYS = ("source", "place", "checked", "reading")
CITED_KEYS = ("value", "unit", "mark", *CITE_KEYS)
HEADER = "about"
MISSING = object()
REFUSED = object()
"""Stands in for a value whose fault is noted already, so that it is noted once."""
NO_CITE = Cite()
NO_HEADERS: Mapping[str, Cite] = {}
KIND_NAMES: Mapping[type, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false", date: "a date"}
NOTHING: Mapping[type, Any] = {str: "", int: 0, float: 0.0, bool: False, date: date.min}


class Cell:
    """A value, where it stands, and the citation it inherits from the entry and the file around it."""

    __slots__ = ("book", "cite", "headers", "value", "where")

    def __init__(
        self, value: Any, where: str, book: Book, cite: Cite = NO_CITE, headers: Mapping[str, Cite] = NO_HEADERS
    ) -> None:
        self.value = value
        self.where = where
        self.book = book
        self.cite = cite
        self.headers = headers

    @property
    def table(self) -> Mapping[str, Any]:
        """The value as a table, empty if it is none."""
        return self.value if isinstance(self.value, dict) else {}

    def has(self, key: str) -> bool:
        """Whether the table holds that key."""
        return key in self.table

    def at(self, key: str) -> "Cell":
        """The cell under a key; reading a missing one is a fault."""
        found = self.table.get(key, MISSING)
        return Cell(found, f"{self.where}.{key}", self.book, cite_of(found, self.cite), self.headers)

    def only(self, *keys: str) -> None:
        """Refuse every key but these: a misspelt key would otherwise be knowledge lost in silence."""
        if not isinstance(self.value, dict):
            self.refuse("a table")
        for key in self.table:
            if key not in keys:
                self.book.fault(f"{self.where}.{key}", f"one of {', '.join(keys)}", "a key nobody reads")

    def entries(self) -> Iterator[tuple[str, "Cell"]]:
        """All entries of the table but its header, each with its own citation where it has one."""
        for key in self.table:
            if key != HEADER:
                yield key, self.at(key)

    def refuse(self, expected: str) -> None:
        """Note that the value is not what was expected."""
        self.book.fault(self.where, expected, kind_of(self.value))

    def read(self, kind: type[T]) -> T:
        """The value, if it is of that kind; else a fault and an empty value of that kind."""
        found = self.value
        if kind is float and type(found) is int:
            found = float(found)
        if type(found) is kind:
            return found
        if found is not REFUSED:
            self.refuse(KIND_NAMES[kind])
        nothing: T = NOTHING[kind]
        return nothing

    def many(self, kind: type[T]) -> tuple[T, ...]:
        """The value as a list of things of that kind."""
        if not isinstance(self.value, list):
            if self.value is not REFUSED:
                self.refuse("a list")
            return ()
        return tuple(Cell(item, f"{self.where}[{at}]", self.book).read(kind) for at, item in enumerate(self.value))

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key."""
        return default if default is not None and not self.has(key) else self.at(key).read(str)

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under a key, empty if there is none."""
        return self.at(key).many(str) if self.has(key) else ()

    def flag(self, key: str, default: bool) -> bool:
        """The yes or no under a key."""
        return self.at(key).read(bool) if self.has(key) else default

    def cited(self, key: str, kind: type[T], unit: str) -> T:
        """The value of a cited cell: unit and mark beside it, source, place and check date of its own or inherited."""
        cell = self.at(key)
        return cell.cited_value(key, unit).read(kind)

    def cited_or(self, key: str, kind: type[T], unit: str, default: T) -> T:
        """The cited value under a key, or the default if the key is absent."""
        return self.cited(key, kind, unit) if self.has(key) else default

    def cited_many(self, key: str, kind: type[T], unit: str) -> tuple[T, ...]:
        """The cited list under a key, empty if the key is absent."""
        return self.at(key).cited_value(key, unit).many(kind) if self.has(key) else ()

    def cited_value(self, name: str, unit: str, *also: str) -> "Cell":
        """The cell of the bare value, once unit, mark and citation are checked and noted."""
        if not isinstance(self.value, dict):
            self.refuse("a table with value, unit and mark")
            return Cell(REFUSED, self.where, self.book)
        self.only(*CITED_KEYS, *also)
        if self.table.get("unit") != unit:
            self.book.fault(f"{self.where}.unit", repr(unit), kind_of(self.table.get("unit", MISSING)))
        self.check_citation(name)
        return self.at("value")

    def parameter(self, name: str, value: Value, unit: str) -> Parameter:
        """A value that was read from this cell, with all that vouches for it."""
        cite = self.citation(name)
        return Parameter(
            name=name,
            value=value,
            unit=unit,
            mark=self.mark(),
            source=str(cite.source),
            place=str(cite.place),
            checked=cite.checked or date.min,
            reading=cite.reading or "",
        )

    def citation(self, name: str) -> Cite:
        """Where this value comes from: said beside it, by its entry, or by the header of its file."""
        return self.cite.or_else(self.headers.get(name, Cite())).or_else(self.headers.get("", Cite()))

    def mark(self) -> Mark:
        """How this value is known."""
        if not isinstance(self.value, dict):
            return Mark.NEEDS_REVIEW
        return mark_of(self.table.get("mark"), f"{self.where}.mark", self.book)

    def check_citation(self, name: str) -> None:
        """Refuse a value without mark, source, place or check date; note it for the catalogue."""
        cite, mark = self.citation(name), self.mark()
        self.book.check(cite, self.where)
        if self.book.listing:
            self.book.rows.append(self._row(cite, mark))

    def _row(self, cite: Cite, mark: Mark) -> Row:
        table, _, rest = self.where.partition(".toml.")
        entry, _, name = rest.rpartition(".")
        value = self.table.get("value", self.table.get("title"))
        return Row(
            table=f"{table}.toml",
            entry=entry.removesuffix(".parameters") or name,
            name=name if entry else "value",
            value=", ".join(map(_shown, value)) if isinstance(value, list) else _shown(value),
            unit=str(self.table.get("unit")),
            mark=mark,
            source=cite.source,
            place=cite.place,
            checked=cite.checked,
            reading=cite.reading or "",
        )


def open_table(name: str, content: bytes, book: Book) -> Cell:
    """A TOML table as a cell, with the citations its header gives to all, or to the values of one name."""
    try:
        value = tomli.loads(content.decode())
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        book.fault(name, "TOML", str(error))
        value = {}
    header = value.get(HEADER, {})
    headers = {key: cite_of(inner, Cite()) for key, inner in header.items() if isinstance(inner, dict)}
    return Cell(value, name, book, Cite(), {**headers, "": cite_of(header, Cite())})


def cite_of(value: Any, outer: Cite) -> Cite:
    """The citation a table carries, filled up from the one around it."""
    if not isinstance(value, dict):
        return outer
    return Cite(*(value.get(key) for key in CITE_KEYS)).or_else(outer) if any(key in value for key in CITE_KEYS) else outer


def kind_of(value: Any) -> str:
    """What was found, in words."""
    if value is MISSING:
        return "nothing"
    if isinstance(value, (dict, list)):
        return f"a {'table' if isinstance(value, dict) else 'list'}"
    return f"{type(value).__name__} {value!r}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
