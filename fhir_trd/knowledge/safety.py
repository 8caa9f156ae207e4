"""The tables of drugs that must be kept apart, of adequate blood levels, and of impaired organs."""

from collections.abc import Collection

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.drugs import Formulary
from fhir_trd.model.flagging import MeasureCode
from fhir_trd.model.safety import BloodLevel, Impairment, Washout


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


def read_levels(table: Cell, formulary: Formulary, codes: Collection[MeasureCode]) -> tuple[BloodLevel, ...]:
    """Every adequate level; one of a drug or a measurement that no table knows is a fault."""
    units = {code.kind: code.units[0] for code in codes}
    ingredients = {ingredient for ingredient, _ in formulary.drugs}
    return tuple(_level(entry, units, ingredients) for _, entry in table.entries())


def _level(entry: Cell, units: dict[str, str], ingredients: set[str]) -> BloodLevel:
    entry.only("sentence", "drug", "measures", "unit", "least", "surely", "older", "source", "place", "checked", "reading")
    drug, unit, measures = entry.text("drug"), entry.text("unit"), entry.texts("measures")
    if drug not in ingredients:
        entry.at("drug").refuse("a drug of drugs.toml or augmentation.toml")
    if not measures or any(units.get(kind) != unit for kind in measures):
        entry.at("measures").refuse(f"kinds of measurements.csv in {unit}")
    least = entry.cited("least", float, unit)
    return BloodLevel(
        ingredient=drug,
        measures=measures,
        unit=unit,
        least=least,
        surely=entry.cited_or("surely", float, unit, least),
        older=entry.cited("older", float, unit) if entry.has("older") else None,
    )


def read_impairments(table: Cell, categories: Collection[str], codes: Collection[MeasureCode]) -> tuple[Impairment, ...]:
    """Every impairment; a condition or a measurement that no table knows is a fault."""
    units = {code.kind: code.units[0] for code in codes}
    return tuple(_impairment(key, entry, frozenset(categories), units) for key, entry in table.entries())


def _impairment(key: str, entry: Cell, categories: frozenset[str], units: dict[str, str]) -> Impairment:
    entry.only("sentence", "findings", "measure", "below", "source", "place", "checked", "reading")
    findings = frozenset(entry.cited_many("findings", str, "conditions"))
    measure = entry.text("measure", "")
    if not findings or not findings <= categories:
        entry.at("findings").refuse("categories of hazards.csv")
    if measure and measure not in units:
        entry.at("measure").refuse("a kind of measurements.csv")
    unit = units.get(measure, "")
    below = entry.cited("below", float, unit) if measure else None
    return Impairment(id=key, findings=findings, measure=measure, below=below, unit=unit)
