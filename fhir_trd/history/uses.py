"""Every drug as recorded, beside the trials: what published algorithms count that ask for neither dose nor outcome."""

from collections.abc import Iterable
from datetime import date

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.stretches import Stretch
from fhir_trd.history.trial import Meant
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.records import Taking
from fhir_trd.model.trials import AgentUse, Use


def uses_of(exposures: Iterable[Exposure]) -> tuple[Use, ...]:
    """Every record of every drug that was, or may have been, taken, in order of time."""
    stretches = (stretch for exposure in exposures for stretch in exposure.stretches)
    taken = {use for stretch in stretches if stretch.supply.taking is not Taking.NOT_TAKEN for use in _uses(stretch)}
    return tuple(sorted(taken, key=_order))


def agent_use(one: Meant, conventions: Conventions) -> AgentUse:
    """The exposure of a drug that is no antidepressant."""
    exposure = one.exposure
    return AgentUse(
        drug=exposure.drug,
        start=exposure.start,
        end=exposure.end,
        ongoing=exposure.ongoing,
        adequate=exposure.adequate_run(conventions.adequate_break),
        intent=one.intent,
        sources=tuple(dict.fromkeys(supply.origin for supply in exposure.supplies)),
        surely_one=exposure.surely_one,
    )


def _uses(stretch: Stretch) -> Iterable[Use]:
    start, end = stretch.start, stretch.end
    return (
        Use(supply.drug, supply.kind, start, end, stretch.dose, supply.oral, supply.origin, supply.taking is Taking.TAKEN)
        for supply in stretch.supplies
    )


def _order(use: Use) -> tuple[date, date, date, date, str, str, str]:
    start, end = use.start, use.end
    return (start.earliest, end.latest, start.latest, end.earliest, use.origin.resource, use.drug.ingredient, use.drug.variant)
