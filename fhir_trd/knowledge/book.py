"""What is noted while the tables are read: every fault, and every cited value."""

from datetime import date
from typing import Any

from msgspec import Struct, field

from fhir_trd.errors import TableError
from fhir_trd.model.criteria import Mark

SHOWN = 20
"""How many faults are told before those of our own tables are only counted: one broken table makes hundreds in others."""

MARKS = {mark.value: mark for mark in Mark}


class Cite(Struct, frozen=True):
    """Where a value comes from and when a person last compared it with its source."""

    source: Any = None
    place: Any = None
    checked: Any = None
    reading: Any = None

    def or_else(self, outer: "Cite") -> "Cite":
        """This citation, its gaps filled from another."""
        return Cite(
            self.source or outer.source, self.place or outer.place, self.checked or outer.checked, self.reading or outer.reading
        )


class Row(Struct, frozen=True, kw_only=True):
    """One cited value as the catalogue shows it."""

    table: str
    entry: str
    name: str
    value: str
    unit: str
    mark: Mark
    source: str
    place: str
    checked: date
    reading: str = ""


class Book(Struct, kw_only=True):
    """The notes of one reading of the tables. ``listing`` says whether cited values are noted too; a plain load needs none.

    ``own`` are the tables that the user brought; their faults are told first, and all of them.
    """

    sources: frozenset[str] = frozenset()
    listing: bool = False
    own: frozenset[str] = frozenset()
    faults: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def fault(self, where: str, expected: str, found: str) -> None:
        """Note what is wrong, and go on: one error shall tell of every fault."""
        self.faults.append(f"{where}: expected {expected}, found {found}")

    def check(self, cite: Cite, where: str) -> None:
        """Refuse a citation with a gap, or one that names a source nobody has described."""
        if cite.source not in self.sources:
            self.fault(f"{where}.source", "a key of sources.toml", repr(cite.source) if cite.source else "nothing")
        if not isinstance(cite.place, str):
            self.fault(f"{where}.place", "where in the source it stands", repr(cite.place) if cite.place else "nothing")
        if type(cite.checked) is not date:
            self.fault(f"{where}.checked", "a date", repr(cite.checked) if cite.checked else "nothing")

    def close(self) -> None:
        """Refuse the tables if anything in them is wrong: what the user can mend comes first, and of the rest a few."""
        if self.faults:
            faults = sorted(set(self.faults))
            own = [fault for fault in faults if self._is_own(fault)]
            others = [fault for fault in faults if not self._is_own(fault)]
            told = others[: max(0, SHOWN - len(own))]
            rest = [f"and {len(others) - len(told)} more"] if len(told) < len(others) else []
            raise TableError("\n".join([*own, *told, *rest]))

    def _is_own(self, fault: str) -> bool:
        return any(fault.startswith((f"{name}:", f"{name}.", f"{name} ")) for name in self.own)


def mark_of(word: Any, where: str, book: Book) -> Mark:
    """The mark a word stands for; any other word is a fault."""
    found = MARKS.get(word) if isinstance(word, str) else None
    if found is None:
        book.fault(where, f"one of {', '.join(MARKS)}", "nothing" if word is None else repr(word))
        return Mark.NEEDS_REVIEW
    return found
