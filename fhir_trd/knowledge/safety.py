"""The table of drugs that must be kept apart."""

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.drugs import Formulary
from fhir_trd.model.safety import Washout


def read_washouts(table: Cell, formulary: Formulary) -> tuple[Washout, ...]:
    """Every washout; a drug or class that no table of drugs knows is a fault."""
    known = frozenset(name for drug in formulary.drugs.values() for name in (drug.ingredient, drug.drug_class))
    return tuple(_washout(key, entry, known) for key, entry in table.entries())


def _washout(key: str, entry: Cell, known: frozenset[str]) -> Washout:
    entry.only("sentence", "before", "after", "days", "source", "place", "checked", "reading")
    cite = entry.at("days").citation("washout")
    return Washout(
        id=key,
        before=_names(entry, "before", known),
        after=_names(entry, "after", known),
        days=entry.cited("days", int, "days"),
        source=str(cite.source),
        place=str(cite.place),
    )


def _names(entry: Cell, key: str, known: frozenset[str]) -> frozenset[str]:
    named = frozenset(entry.texts(key))
    for unknown in sorted(named - known):
        entry.book.fault(f"{entry.where}.{key}", "drugs or classes of drugs.toml or augmentation.toml", repr(unknown))
    if not named:
        entry.at(key).refuse("at least one drug or class")
    return named
