"""How an exposure was lived and how it ended: adherence (R9) and the reason it was stopped (clinical rule 5.4)."""

from collections.abc import Iterable, Sequence

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.stretches import Stretch
from fhir_trd.model.blocks import Block, total, united
from fhir_trd.model.codes import Origin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import shifted
from fhir_trd.model.records import Adherence, Kind, Reaction, StopReason, Supply, Taking
from fhir_trd.model.trials import AdherenceFact

FILLED = (Kind.DISPENSED, Kind.ADMINISTERED)


def adherence_of(exposure: Exposure, conventions: Conventions) -> AdherenceFact:
    """How reliably the drug was taken: what a record says, else the share of days that fills or administrations cover."""
    refused = _origins(stretch.supply for stretch in exposure.stretches if stretch.supply.taking is Taking.NOT_TAKEN)
    if refused:
        return AdherenceFact(Adherence.POOR, "a record says that it was not taken", None, refused)
    for answer in (Adherence.POOR, Adherence.GOOD):
        said = _origins(supply for supply in exposure.supplies if supply.adherence is answer)
        if said:
            return AdherenceFact(answer, f"recorded as {answer}", _covered_share(exposure), said)
    return _from_fills(exposure, conventions.covered_share)


def stop_reason_of(exposure: Exposure, reactions: Sequence[Reaction], conventions: Conventions) -> tuple[StopReason | None, tuple[Origin, ...]]:
    """Why the exposure ended: the reason on the record that ends last, else a reaction blamed on the drug at that time."""
    if exposure.ongoing:
        return None, ()
    for stretch in sorted(exposure.stretches, key=_end_order, reverse=True):
        if stretch.supply.stop_reason is not None and stretch.last >= exposure.end.earliest.toordinal():
            return stretch.supply.stop_reason, (stretch.supply.origin,)
    blamed = tuple(reaction.origin for reaction in reactions if _is_blamed(reaction, exposure, conventions.reaction_near_stop))
    return (StopReason.INTOLERANCE, blamed) if blamed else (None, ())


def _from_fills(exposure: Exposure, enough: float) -> AdherenceFact:
    """Good if fills cover enough of the trial, poor if they leave too much open between the first and the last of them."""
    evidence = _origins(supply for supply in exposure.supplies if supply.kind in FILLED)
    share, between = _covered_share(exposure), _share_between_fills(exposure)
    if share is None or between is None:
        return AdherenceFact(Adherence.UNKNOWN, "nothing recorded")
    if between < enough:
        return AdherenceFact(Adherence.POOR, "fills leave too many days uncovered", between, evidence)
    if share >= enough:
        return AdherenceFact(Adherence.GOOD, "fills cover the trial", share, evidence)
    return AdherenceFact(Adherence.UNKNOWN, "fills cover only part of the trial", share, evidence)


def _covered_share(exposure: Exposure) -> float | None:
    """The share of all days of the trial that fills or administrations cover."""
    whole = exposure.end.latest.toordinal() - exposure.start.earliest.toordinal() + 1
    filled = united(_fills(exposure))
    return total(filled) / whole if filled else None


def _share_between_fills(exposure: Exposure) -> float | None:
    filled = united(_fills(exposure))
    return total(filled) / (filled[-1].last - filled[0].first + 1) if filled else None


def _fills(exposure: Exposure) -> list[Block]:
    return [stretch.surely for stretch in exposure.stretches if stretch.supply.kind in FILLED and stretch.supply.taking is Taking.TAKEN]


def _is_blamed(reaction: Reaction, exposure: Exposure, near: int) -> bool:
    """Whether a reaction is linked to one of the records, or names the drug within some days of the stop."""
    if reaction.supply:
        return any(supply.origin.resource == reaction.supply for supply in exposure.supplies)
    if reaction.ingredient != exposure.drug.ingredient or reaction.when is None:
        return False
    first, last = shifted(exposure.end.earliest, -near), shifted(exposure.end.latest, near)
    return first <= reaction.when.latest and reaction.when.earliest <= last


def _origins(supplies: Iterable[Supply]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(supply.origin for supply in supplies))


def _end_order(stretch: Stretch) -> tuple[int, int, str]:
    return (stretch.last, stretch.earliest_last, stretch.supply.origin.resource)
