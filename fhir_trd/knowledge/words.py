"""Words that stand for a category: phrases of lower-case words, longest first, so that the closest one wins."""

from collections import Counter
from typing import TypeVar

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.codes import CodeIndex
from fhir_trd.model.knowledge import OtherUse, Sides

K = TypeVar("K", bound=str)
EFFECTS = ("exclude", "maybe")
ANY_DRUG = "any-drug"


def read_words(table: Cell, kind: type[K], known: frozenset[str] | None = None) -> tuple[tuple[str, K], ...]:
    """Every phrase of the table's words with its category; a category nobody knows is a fault."""
    words, pairs = table.at("words"), []
    for category, cell in words.entries():
        if known is not None and category not in known:
            table.book.fault(cell.where, f"one of {', '.join(sorted(known))}", "another category")
            continue
        pairs += [(phrase.lower(), kind(category)) for phrase in words.cited_many(category, str, "words")]
    for phrase in _repeated([phrase for phrase, _ in pairs]):
        table.book.fault(words.where, "each phrase once", repr(phrase))
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


def read_sides(table: Cell) -> Sides:
    """The codes and the words that tell on which side of the head a treatment was given."""
    codes, words = {}, []
    for side, entry in table.at("sides").entries():
        words += [(phrase.lower(), side) for phrase in entry.cited_many("words", str, "words")]
        systems = [system for system, _ in entry.entries() if system != "words"]
        codes.update({(system, code): side for system in systems for code in entry.cited_many(system, str, "codes")})
    return Sides(CodeIndex(codes), tuple(words))


def read_list(table: Cell, key: str, unit: str) -> frozenset[str]:
    """The words of one entry, in lower case."""
    return frozenset(word.lower() for word in table.at(key).cited_value(key, unit).many(str))


def read_units(table: Cell) -> dict[str, float]:
    """Milligrams in one unit of mass, by every word for it."""
    mass = table.at("mass")
    return {word: mass.cited(word, float, "mg") for word, _ in mass.entries()}


def read_uses(table: Cell, ingredients: frozenset[str]) -> dict[str, tuple[OtherUse, ...]]:
    """What else each drug is given for ("*": any drug)."""
    uses: dict[str, tuple[OtherUse, ...]] = {}
    for key, entry in table.at("other-uses").entries():
        if key != ANY_DRUG and key not in ingredients:
            table.book.fault(entry.where, "a drug of drugs.toml or augmentation.toml", "another name")
        found = tuple(OtherUse(purpose, _effect(entry, purpose)) for purpose, _ in entry.entries())
        uses["*" if key == ANY_DRUG else key] = found
    return uses


def read_stands_for(table: Cell) -> dict[str, str]:
    """The purpose of a diagnosis, where the two differ."""
    stands_for = table.at("stands-for")
    return {category: stands_for.cited(category, str, "purpose") for category, _ in stands_for.entries()}


def _effect(entry: Cell, purpose: str) -> str:
    found = entry.cited(purpose, str, "effect")
    if found not in EFFECTS:
        entry.book.fault(f"{entry.where}.{purpose}.value", f"one of {', '.join(EFFECTS)}", repr(found))
    return found


def _repeated(phrases: list[str]) -> list[str]:
    return sorted(phrase for phrase, count in Counter(phrases).items() if count > 1)
