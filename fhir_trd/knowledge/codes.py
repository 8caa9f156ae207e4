"""What codes mean: tables of code and meaning as indexes. One code with two meanings is a fault."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.sheets import Sheet, open_sheet
from fhir_trd.model.knowledge import DiagnosisMeaning, FrequencyCode, ScoreCode

CODES = ("system", "code", "means", "label", "mark")
DIAGNOSES = ("system", "code", "category", "severity", "psychotic", "remission", "history", "label", "mark")
SCORES = ("system", "code", "scale", "item", "label", "mark")
ANSWERS = ("system", "code", "points", "label", "mark")
TIMING = ("system", "word", "per_day", "mark")
ADHERENCE = ("system", "word", "means", "label", "mark")
SYSTEMS = ("address", "key")
YES = "yes"
Key = tuple[str, str]


class Coded(NamedTuple):
    """A code, what it means, and where that stands."""

    key: Key
    meaning: str
    where: str


def unique(coded: Iterable[Coded], book: Book) -> dict[Key, str]:
    """The meanings by code; a code with two different meanings is a fault."""
    meanings: dict[Key, str] = {}
    for key, meaning, where in coded:
        if meanings.setdefault(key, meaning) != meaning:
            book.fault(where, f"one meaning for {key[0]} {key[1]}", f"{meaning!r} beside {meanings[key]!r}")
    return meanings


def read_codes(name: str, content: bytes, book: Book, wanted: frozenset[str], columns: tuple[str, ...] = CODES) -> dict[Key, str]:
    """A plain table of codes, whose meanings must be among the wanted ones."""
    sheet = open_sheet(name, content, columns, book)
    _known(sheet, columns.index("means"), wanted, book)
    return unique((Coded((cells[0], cells[1]), cells[2], where) for where, cells in sheet.lines), book)


def read_meanings(name: str, content: bytes, book: Book) -> dict[Key, str]:
    """A plain table of codes that itself says which meanings there are."""
    sheet = open_sheet(name, content, CODES, book)
    return unique((Coded((cells[0], cells[1]), cells[2], where) for where, cells in sheet.lines), book)


def read_systems(content: bytes, book: Book) -> dict[str, str]:
    """Our short key for every address of a code system."""
    sheet = open_sheet("code_systems.csv", content, SYSTEMS, book)
    return {key[1]: meaning for key, meaning in unique((Coded(("address", c[0]), c[1], w) for w, c in sheet.lines), book).items()}


def read_diagnoses(sheets: Mapping[str, bytes], book: Book) -> tuple[dict[Key, str], dict[str, DiagnosisMeaning]]:
    """What each diagnosis code tells, and the meanings by their keys."""
    opened = [open_sheet(name, content, DIAGNOSES, book) for name, content in sorted(sheets.items())]
    meanings = unique((_diagnosis(cells, where) for sheet in opened for where, cells in sheet.lines), book)
    return meanings, {key: meaning_of(key) for key in sorted(set(meanings.values()))}


def meaning_key(category: str, severity: str = "", psychotic: str = "", remission: str = "", history: str = "") -> str:
    """The key under which the meaning of a diagnosis code is found."""
    return "|".join((category, severity, psychotic, remission, history))


def meaning_of(key: str) -> DiagnosisMeaning:
    """The meaning that a key spells out."""
    category, severity, psychotic, remission, history = key.split("|")
    return DiagnosisMeaning(category, severity, psychotic == YES, remission, history == YES)


def with_undotted(meanings: dict[Key, str], systems: Iterable[str]) -> dict[Key, str]:
    """The same meanings also for codes written without their dot, as billing systems write them."""
    dotted = [(key, meaning) for key, meaning in meanings.items() if key[0] in systems and "." in key[1]]
    return {**{(system, code.replace(".", "")): meaning for (system, code), meaning in dotted}, **meanings}


def read_scores(content: bytes, book: Book, scales: Iterable[str]) -> dict[Key, ScoreCode]:
    """The scale of every score code, and the item where it is one."""
    sheet = open_sheet("scores.csv", content, SCORES, book)
    _known(sheet, 2, frozenset(scales), book)
    return {(cells[0], cells[1]): ScoreCode(cells[2], cells[3]) for cells in sheet.rows()}


def read_answers(content: bytes, book: Book) -> dict[Key, int]:
    """The points of every coded answer."""
    sheet = open_sheet("answers.csv", content, ANSWERS, book)
    return {(line.cells[0], line.cells[1]): int(_number(line.where, line.cells[2], book)) for line in sheet.lines}


def read_frequencies(content: bytes, book: Book) -> dict[Key, FrequencyCode]:
    """The doses a day of every timing code."""
    sheet = open_sheet("timing.csv", content, TIMING, book)
    return {(line.cells[0], line.cells[1]): FrequencyCode(_number(line.where, line.cells[2], book)) for line in sheet.lines}


def _diagnosis(cells: list[str], where: str) -> Coded:
    return Coded((cells[0], cells[1]), meaning_key(*cells[2:7]), where)


def _known(sheet: Sheet, at: int, wanted: frozenset[str], book: Book) -> None:
    for line in sheet.lines:
        if line.cells[at] not in wanted:
            book.fault(f"{line.where}.{sheet.columns[at]}", f"one of {', '.join(sorted(wanted))}", repr(line.cells[at]))


def _number(where: str, text: str, book: Book) -> float:
    try:
        return float(text)
    except ValueError:
        book.fault(where, "a number", repr(text))
        return 0.0
