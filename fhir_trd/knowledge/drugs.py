"""Drugs and the names they go by: antidepressants, and the agents that augment them."""

from collections.abc import Iterator
from typing import NamedTuple

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.drugs import AgeCeiling, Drug, Role

DOSE_TABLES = ("mgh-atrq", "label")
DEFAULT_DOSE_TABLE = "mgh-atrq"
DOSE = "mg/day"
KEYS = (
    "name",
    "class",
    "counts-as",
    "counts-as-class",
    *DOSE_TABLES,
    "maximum",
    "age-ceilings",
    "adequate-dose",
    "adequate-days",
    "oral",
    "can-count",
    "atc",
    "rxnorm",
    "snomed",
    "names",
    "brands",
    "brands-for",
    "notes",
    "monitoring",
    "variants",
)
ABOVE = "above-"
CODED = ("atc", "rxnorm", "snomed")


class Called(NamedTuple):
    """A name, the drug it stands for, and the purpose the name gives away (empty for most)."""

    name: str
    ingredient: str
    variant: str = ""
    purpose: str = ""


class Coded(NamedTuple):
    """A code of a drug as such, without strength."""

    system: str
    code: str
    ingredient: str
    variant: str = ""


class Form(NamedTuple):
    """One form of an ingredient: the plain one (variant "") or a variant, which takes from the plain one what it does not say."""

    ingredient: str
    variant: str
    plain: Cell
    own: Cell


class DrugTable(NamedTuple):
    """What one table of drugs holds: the drugs, the names they go by, and their codes."""

    drugs: dict[tuple[str, str], Drug]
    names: tuple[Called, ...]
    codes: tuple[Coded, ...]


def read_drugs(table: Cell, role: Role) -> DrugTable:
    """All drugs of a table, plain forms and variants."""
    forms = [form for key, entry in table.entries() for form in _forms(key, entry)]
    return DrugTable(
        drugs={(form.ingredient, form.variant): _drug(form, role) for form in forms},
        names=tuple(called for form in forms for called in _names(form)),
        codes=tuple(coded for form in forms for coded in _codes(form)),
    )


def _forms(key: str, entry: Cell) -> Iterator[Form]:
    entry.only(*KEYS)
    yield Form(key, "", entry, entry)
    for variant, own in entry.at("variants").entries():
        own.only(*KEYS)
        yield Form(key, variant, entry, own)


def _drug(form: Form, role: Role) -> Drug:
    plain, own = form.plain, form.own
    drug_class = plain.cited("class", str, "class")
    oral = own.cited_or("oral", bool, "yes/no", plain.cited_or("oral", bool, "yes/no", True))
    can_count = own.cited_or("can-count", bool, "yes/no", plain.cited_or("can-count", bool, "yes/no", True))
    return Drug(
        ingredient=form.ingredient,
        name=plain.text("name"),
        role=role,
        drug_class=drug_class,
        variant=form.variant,
        rxcui=plain.cited_or("rxnorm", str, "code", ""),
        atc=plain.cited_or("atc", str, "code", ""),
        minimum=_minimum(own),
        usual_maximum=_optional(own, "maximum"),
        age_ceilings=_ceilings(own),
        adequate_days=own.cited("adequate-days", int, "days") if own.has("adequate-days") else None,
        oral=oral,
        can_count=can_count,
        counts_as=plain.cited_or("counts-as", str, "ingredient", form.ingredient),
        counts_as_class=plain.cited_or("counts-as-class", str, "class", drug_class),
        notes=plain.cited_many("notes", str, "note codes"),
    )


def _minimum(own: Cell) -> dict[str, float]:
    if own.has("adequate-dose"):
        return dict.fromkeys(DOSE_TABLES, own.cited("adequate-dose", float, DOSE))
    return {name: own.cited(name, float, DOSE) for name in DOSE_TABLES if own.has(name)}


def _optional(own: Cell, key: str) -> float | None:
    return own.cited(key, float, DOSE) if own.has(key) else None


def _ceilings(own: Cell) -> tuple[AgeCeiling, ...]:
    ages = own.at("age-ceilings")
    return tuple(AgeCeiling(_age_of(cell, key), ages.cited(key, float, DOSE)) for key, cell in ages.entries())


def _age_of(cell: Cell, key: str) -> int:
    digits = key.removeprefix(ABOVE)
    if not digits.isdecimal():
        cell.book.fault(cell.where, f"a key such as {ABOVE}60", repr(key))
        return 0
    return int(digits)


def _names(form: Form) -> Iterator[Called]:
    own = form.own
    if not form.variant:
        yield Called(own.text("name").lower(), form.ingredient)
    for key in ("names", "brands"):
        for name in own.cited_many(key, str, "names"):
            yield Called(name.lower(), form.ingredient, form.variant)
    brands_for = own.at("brands-for")
    for purpose, _ in brands_for.entries():
        for name in brands_for.cited_many(purpose, str, "names"):
            yield Called(name.lower(), form.ingredient, form.variant, purpose)


def _codes(form: Form) -> Iterator[Coded]:
    for system in CODED:
        if form.own.has(system):
            yield Coded(system, form.own.cited(system, str, "code"), form.ingredient, form.variant)
