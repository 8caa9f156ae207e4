"""Supplies of all drugs as exposures: who closes whose open end, who belongs to which ingredient."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import structs

from fhir_trd.history.exposures import Exposure, exposures_of
from fhir_trd.history.intent import is_for_another_purpose
from fhir_trd.history.levels import Reading, with_levels
from fhir_trd.history.stretches import laid_out
from fhir_trd.history.timeline import Yardstick, reaches_minimum, timeline_of
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import When
from fhir_trd.model.drugs import Drug, Role
from fhir_trd.model.knowledge import OtherUse
from fhir_trd.model.records import Supply, Taking
from fhir_trd.model.truth import Truth


def all_exposures(
    supplies: Sequence[Supply],
    uses: Mapping[str, tuple[OtherUse, ...]],
    yardstick: Yardstick,
    conventions: Conventions,
    as_of: date,
    told: Mapping[str, Sequence[Reading]],
) -> tuple[Exposure, ...]:
    """The exposures of every ingredient up to ``as_of``, in order of time; ``told`` are the blood levels of each."""
    starts = _starts_at_minimum(supplies, uses, yardstick)
    by_ingredient: dict[str, list[Supply]] = {}
    for supply in _distinct(supplies):
        by_ingredient.setdefault(supply.drug.ingredient, []).append(supply)
    found = (
        _of_one(_with_pauses_told(group), starts, yardstick, conventions, as_of, told.get(ingredient, ()))
        for ingredient, group in by_ingredient.items()
    )
    return tuple(sorted((exposure for exposures in found for exposure in exposures), key=_order))


def _of_one(
    supplies: Sequence[Supply],
    starts: Sequence[tuple[str, When]],
    yardstick: Yardstick,
    conventions: Conventions,
    as_of: date,
    readings: Sequence[Reading],
) -> tuple[Exposure, ...]:
    drug = _main_form(supplies)
    closers = tuple(start for ingredient, start in starts if ingredient != drug.ingredient)
    stretches = laid_out(supplies, closers, conventions, as_of, yardstick.born)
    timeline = with_levels(timeline_of(stretches, yardstick), readings, conventions)
    return exposures_of(drug, stretches, timeline, conventions.exposure_gap, as_of)


def _with_pauses_told(supplies: Sequence[Supply]) -> Sequence[Supply]:
    """The supplies; a drug of which only a pause is recorded was perhaps taken, and must not vanish from the history."""
    if any(supply.taking is not Taking.PAUSED for supply in supplies):
        return supplies
    return [structs.replace(supply, taking=Taking.UNKNOWN) for supply in supplies]


def _starts_at_minimum(
    supplies: Sequence[Supply], uses: Mapping[str, tuple[OtherUse, ...]], yardstick: Yardstick
) -> list[tuple[str, When]]:
    """The starts that end what came before: oral, not for another purpose, surely at the minimum dose (R1)."""
    closing = [supply for supply in supplies if _can_close(supply, yardstick) and not is_for_another_purpose(supply, uses)]
    return [(supply.drug.ingredient, supply.steps[0].start) for supply in closing]


def _can_close(supply: Supply, yardstick: Yardstick) -> bool:
    if supply.drug.role is not Role.ANTIDEPRESSANT or not supply.oral or supply.taking is not Taking.TAKEN:
        return False
    age = yardstick.age_on(supply.steps[0].start.latest)
    return any(reaches_minimum(supply.drug, step.dose, age, yardstick)[0] is Truth.YES for step in supply.steps)


def _distinct(supplies: Sequence[Supply]) -> tuple[Supply, ...]:
    """Each supply once, in a fixed order, whatever the order of the input."""
    return tuple(sorted(set(supplies), key=_supply_order))


def _main_form(supplies: Sequence[Supply]) -> Drug:
    """The plain form of an ingredient where it was taken in several."""
    return min((supply.drug for supply in supplies), key=_drug_order)


def _drug_order(drug: Drug) -> str:
    return drug.variant


def _supply_order(supply: Supply) -> tuple[date, str, str]:
    return (supply.steps[0].start.earliest, supply.origin.resource, supply.drug.variant)


def _order(exposure: Exposure) -> tuple[date, str]:
    return (exposure.start.earliest, exposure.id)
