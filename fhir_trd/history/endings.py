"""How an exposure was lived and how it ended: adherence (R9) and the reason it was stopped (clinical rule 5.4)."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.stretches import Stretch
from fhir_trd.model.blocks import Block, total, united, without
from fhir_trd.model.codes import Origin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import shifted
from fhir_trd.model.records import Adherence, Kind, Reaction, StopReason, Supply, Taking
from fhir_trd.model.trials import AdherenceFact
from fhir_trd.model.truth import Truth, truth_of


class Stop(Struct, frozen=True):
    """Why an exposure ended, and the records that say so. ``possible`` holds more than one reason if dates leave that open,
    and the one reason beside no other if it is sure."""

    reason: StopReason | None
    evidence: tuple[Origin, ...] = ()
    possible: tuple[StopReason | None, ...] = ()


NOT_STOPPED = Stop(None)
FILLED = (Kind.DISPENSED, Kind.ADMINISTERED)


def adherence_of(exposure: Exposure, conventions: Conventions) -> AdherenceFact:
    """How reliably the drug was taken: what a record says, else the share of days that fills or administrations cover."""
    refused = [stretch for stretch in exposure.stretches if stretch.supply.taking is Taking.NOT_TAKEN]
    if refused:
        return _refused(exposure, refused, conventions.covered_share)
    for answer in (Adherence.POOR, Adherence.GOOD):
        said = _origins(supply for supply in exposure.supplies if supply.adherence is answer)
        if said:
            return AdherenceFact(answer, f"recorded as {answer}", _covered_share(exposure), said)
    return _from_fills(exposure, conventions.covered_share)


def _refused(exposure: Exposure, refused: Sequence[Stretch], enough: float) -> AdherenceFact:
    """Poor if the days on which it was said not to be taken surely leave too little of the trial; open if only possibly.

    Days that another record reports as taken are contested: neither record is believed over the other.
    """
    contested = united(stretch.possibly for stretch in exposure.stretches if _reports_taking(stretch))
    whole = exposure.end.latest.toordinal() - exposure.start.earliest.toordinal() + 1
    surely = total(without(united(stretch.surely for stretch in refused), contested)) / whole
    possibly = total(united(stretch.possibly for stretch in refused)) / whole
    evidence = _origins(stretch.supply for stretch in refused)
    answer = Adherence.POOR if 1 - surely < enough else Adherence.UNKNOWN
    may_be_poor = answer is Adherence.UNKNOWN and 1 - possibly < enough
    return AdherenceFact(answer, "a record says that it was not taken", None, evidence, may_be_poor)


def _reports_taking(stretch: Stretch) -> bool:
    return stretch.supply.taking is Taking.TAKEN and stretch.supply.kind in (Kind.ADMINISTERED, Kind.REPORTED)


def stop_reason_of(exposure: Exposure, reactions: Sequence[Reaction], conventions: Conventions) -> Stop:
    """Why the exposure ended: the reason on the record that ends last, else a reaction blamed on the drug at that time.

    An earlier reason is a possible one if the drug, with uncertain dates, may have ended there for good.
    """
    if exposure.ongoing:
        return NOT_STOPPED
    is_one = exposure.surely_one
    for stretch, supply in _endings(exposure):
        if supply.stop_reason is not None and stretch.last >= exposure.end.earliest.toordinal():
            is_sure = is_one and _is_last_word(stretch, supply.stop_reason, exposure)
            return _stop(supply.stop_reason, (supply.origin,), is_sure, exposure)
    blames = [(_blame(reaction, exposure, conventions.reaction_near_stop), reaction.origin) for reaction in reactions]
    blamed = tuple(origin for blame, origin in blames if blame is not Truth.NO)
    if not blamed:
        return _earlier_reason(exposure, conventions.exposure_gap)
    is_sure = is_one and any(blame is Truth.YES for blame, _ in blames)
    return _stop(StopReason.INTOLERANCE, blamed, is_sure, exposure)


def _stop(reason: StopReason, evidence: tuple[Origin, ...], is_sure: bool, exposure: Exposure) -> Stop:
    """The stop, with every other reason on record, or none, as possible if the dates leave open which was the last."""
    stated = {supply.stop_reason for supply in exposure.supplies if supply.stop_reason is not None}
    return Stop(reason, evidence, (reason,) if is_sure else (None, *sorted({reason, *stated})))


def _earlier_reason(exposure: Exposure, longest_gap: int) -> Stop:
    for stretch, supply in _endings(exposure):
        after = stretch.earliest_last + 1
        again = [max(block.first, after) for block in exposure.taken_surely if block.last >= after]
        may_be_the_end = not again or again[0] - after > longest_gap
        if supply.stop_reason is not None and may_be_the_end:
            return _stop(supply.stop_reason, (supply.origin,), False, exposure)
    return NOT_STOPPED


def _endings(exposure: Exposure) -> list[tuple[Stretch, Supply]]:
    """The records of an exposure, the last to end first."""
    ordered = sorted(exposure.stretches, key=_end_order, reverse=True)
    return [(stretch, supply) for stretch in ordered for supply in stretch.supplies]


def _is_last_word(stretch: Stretch, reason: StopReason, exposure: Exposure) -> bool:
    """Whether no record with another reason, or with none and a later end, may have the last word."""
    return not any(
        other.last > stretch.earliest_last or (supply.stop_reason is not None and other.last >= stretch.earliest_last)
        for other, supply in _endings(exposure)
        if supply.stop_reason is not reason and supply.taking is Taking.TAKEN
    )


def _from_fills(exposure: Exposure, enough: float) -> AdherenceFact:
    """Good if fills cover enough of the trial, poor if they leave too much open between the first and the last of them.

    With vague dates a gap between fills may be none: then it is only possible that the drug was taken poorly.
    """
    evidence = _origins(supply for supply in exposure.supplies if supply.kind in FILLED)
    share, between = _covered_share(exposure), _share_between_fills(exposure)
    is_daily = all(supply.oral for supply in exposure.supplies)
    if not evidence or not is_daily:
        return AdherenceFact(Adherence.UNKNOWN, "nothing recorded")
    if not all(stretch.is_exact for stretch in _filled(exposure)):
        is_good = share is not None and share >= enough
        answer = Adherence.GOOD if is_good else Adherence.UNKNOWN
        return AdherenceFact(answer, "fills of vague dates", share, evidence, may_be_poor=not is_good)
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
    return [stretch.surely for stretch in _filled(exposure)]


def _filled(exposure: Exposure) -> list[Stretch]:
    taken = [stretch for stretch in exposure.stretches if stretch.supply.taking is Taking.TAKEN]
    return [stretch for stretch in taken if stretch.supply.kind in FILLED]


def _blame(reaction: Reaction, exposure: Exposure, near: int) -> Truth:
    """Whether a reaction to the drug, linked to a record or naming it, lies within some days of the stop."""
    linked = any(supply.origin.resource == reaction.supply for supply in exposure.supplies)
    if not linked and (reaction.supply or reaction.ingredient != exposure.drug.ingredient):
        return Truth.NO
    if reaction.when is None:
        return Truth.YES if linked else Truth.NO
    surely = shifted(exposure.end.latest, -near) <= reaction.when.earliest
    surely = surely and reaction.when.latest <= shifted(exposure.end.earliest, near)
    first, last = shifted(exposure.end.earliest, -near), shifted(exposure.end.latest, near)
    return truth_of(surely, possibly=first <= reaction.when.latest and reaction.when.earliest <= last)


def _origins(supplies: Iterable[Supply]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(supply.origin for supply in supplies))


def _end_order(stretch: Stretch) -> tuple[int, int, str]:
    return (stretch.last, stretch.earliest_last, stretch.supply.origin.resource)
