"""Whether two dose tables judge every dose of a patient alike, so that the history under one is the history under both."""

from collections.abc import Iterator

from fhir_trd.model.conventions import Conventions
from fhir_trd.model.drugs import Drug
from fhir_trd.model.records import Dose, PatientRecord
from fhir_trd.model.trials import History

Limits = tuple[float, float]
"""The same limit under either table."""


def tables_agree(
    record: PatientRecord, history: History, other: str, conventions: Conventions, *, raised: bool = True
) -> bool:
    """Whether no dose of a record lies between the limits of the table of its history and those of another one.

    True is a proof that the trials are the same under both; False only says that they have to be built to know. ``raised``:
    whether their days at a raised dose must be the same too, which only few criteria count.
    """
    tables = history.dose_table, other
    differing = {supply.drug for supply in record.supplies if _minima(supply.drug, tables)[0] != _minima(supply.drug, tables)[1]}
    if not differing:
        return True
    ingredients = {drug.ingredient for drug in differing}
    if any(_is_hard_to_tell(drug, tables) for drug in differing) or _adds_up(record, ingredients):
        return False
    if ingredients - {trial.drug.ingredient for trial in history.trials}:
        return False
    doses = tuple(_doses(record, history, ingredients))
    limits = {pair for drug in differing for pair in _limits(drug, tables, conventions, raised)}
    return not any(_is_between(dose, pair) for dose in doses for pair in limits)


def _minima(drug: Drug, tables: tuple[str, str]) -> tuple[float | None, float | None]:
    return drug.minimum.get(tables[0]), drug.minimum.get(tables[1])


def _is_hard_to_tell(drug: Drug, tables: tuple[str, str]) -> bool:
    """Whether one of the tables does not know the drug, or its highest dose hangs on age."""
    return None in _minima(drug, tables) or bool(drug.age_ceilings)


def _adds_up(record: PatientRecord, ingredients: set[str]) -> bool:
    return any(supply.in_addition for supply in record.supplies if supply.drug.ingredient in ingredients)


def _doses(record: PatientRecord, history: History, ingredients: set[str]) -> Iterator[Dose]:
    """Every known dose of these drugs: as recorded, and where records of the same days were added up."""
    steps = (step.dose for supply in record.supplies if supply.drug.ingredient in ingredients for step in supply.steps)
    rows = (row.dose for trial in history.trials if trial.drug.ingredient in ingredients for row in trial.segments)
    yield from (dose for doses in (steps, rows) for dose in doses if dose is not None)


def _limits(drug: Drug, tables: tuple[str, str], conventions: Conventions, raised: bool) -> Iterator[Limits]:
    """All limits that a table sets: the minimum, the part of it that may be enough, and the dose that counts as raised."""
    one, two = _minima(drug, tables)
    assert one is not None
    assert two is not None
    yield one, two
    yield one * conventions.older_dose_share, two * conventions.older_dose_share
    if raised:
        floors = one * conventions.raised_dose_share, two * conventions.raised_dose_share
        highest = drug.highest_dose_at(None)
        yield floors if highest is None else (min(floors[0], highest), min(floors[1], highest))


def _is_between(dose: Dose, limits: Limits) -> bool:
    one, two = limits
    return (dose.least >= one) != (dose.least >= two) or (dose.most >= one) != (dose.most >= two)
