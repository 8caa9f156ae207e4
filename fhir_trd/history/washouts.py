"""Drugs that must not meet and do, on record: too short a time between them, or none (clinical rule 4.5)."""

from collections.abc import Iterable, Sequence

from fhir_trd.history.exposures import Exposure
from fhir_trd.model.blocks import Block, Blocks, shared, united
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import Days
from fhir_trd.model.drugs import Drug
from fhir_trd.model.issues import Issue
from fhir_trd.model.safety import Washout
from fhir_trd.model.trials import Conflict

KIND = "safety-data-conflict"


def conflicts_of(exposures: Sequence[Exposure], washouts: Sequence[Washout]) -> tuple[Conflict, ...]:
    """Every two exposures that break a washout, each pair once, in order of time."""
    drugs = {exposure.drug.ingredient: exposure.drug for exposure in exposures}.values()
    asked = {(one.ingredient, other.ingredient): _longest(one, other, washouts) for one in drugs for other in drugs}
    # Of two drugs taken together both ways round are found; told is the one that names first what was started first.
    in_time = sorted(exposures, key=lambda one: (one.start.earliest, one.start.latest, one.id))
    pairs = ((first, then, asked[first.drug.ingredient, then.drug.ingredient]) for first in in_time for then in in_time)
    found = (_conflict(first, then, washout) for first, then, washout in pairs if washout)
    by_pair: dict[frozenset[Origin], Conflict] = {}
    for conflict in sorted(filter(None, found), key=_gravest_first):
        by_pair.setdefault(frozenset(conflict.evidence), conflict)
    return tuple(by_pair.values())


def conflict_issues(conflicts: Iterable[Conflict]) -> tuple[Issue, ...]:
    """The conflicts as facts that cannot be taken as they stand."""
    return tuple(_issue(conflict) for conflict in conflicts)


def _longest(first: Drug, then: Drug, washouts: Sequence[Washout]) -> Washout | None:
    """The longest washout that is asked between two different drugs."""
    asked = [washout for washout in washouts if washout.asks(first, then)] if first.ingredient != then.ingredient else []
    return max(asked, key=lambda washout: (washout.days, washout.id), default=None)


def _conflict(first: Exposure, then: Exposure, longest: Washout) -> Conflict | None:
    if not _meet(first.taken_possibly, then.taken_possibly, longest.days):
        return None
    return Conflict(
        first=first.drug,
        then=then.drug,
        asked_days=longest.days,
        free_days=_free_days(first, then, longest.days),
        together=bool(shared(first.taken_surely, then.taken_surely)),
        certain=_meet(first.taken_surely, then.taken_surely, longest.days),
        evidence=_nearest(first, then, longest.days),
        source=longest.source,
        place=longest.place,
    )


def _meet(first: Blocks, then: Blocks, days: int) -> bool:
    """Whether the second was taken on a day of the first, or before so many free days had gone by."""
    return bool(shared(_with_washout(first, days), then))


def _with_washout(blocks: Blocks, days: int) -> Blocks:
    return united(Block(block.first, block.last + days) for block in blocks)


def _free_days(first: Exposure, then: Exposure, asked: int) -> Days:
    """How many days lay between them, at least and at most; a gap that may be long enough is counted up to what is asked."""
    most = _gap(first.taken_surely, then.taken_surely, asked)
    return Days(_gap(first.taken_possibly, then.taken_possibly, asked), most)


def _gap(first: Blocks, then: Blocks, asked: int) -> int:
    """The fewest free days, up to the number asked."""
    return next((days for days in range(asked) if _meet(first, then, days + 1)), asked) if not shared(first, then) else 0


def _nearest(first: Exposure, then: Exposure, days: int) -> tuple[Origin, ...]:
    """The records on which the two come too close."""
    own = _touching(first, then.taken_possibly, days, before=True)
    return tuple(dict.fromkeys((*own, *_touching(then, first.taken_possibly, days, before=False))))


def _touching(exposure: Exposure, other: Blocks, days: int, *, before: bool) -> list[Origin]:
    blocks = [(stretch, stretch.possibly) for stretch in exposure.stretches]
    met = [stretch for stretch, block in blocks if (_meet((block,), other, days) if before else _meet(other, (block,), days))]
    return [supply.origin for stretch in met for supply in stretch.supplies]


def _issue(conflict: Conflict) -> Issue:
    first, *others = conflict.evidence
    surely = "two drugs" if conflict.certain else "two drugs that may have been taken"
    return Issue(
        kind=KIND,
        origin=first,
        found=f"{surely} closer together than the {conflict.asked_days} days that must lie between them",
        effect="both kept as recorded, and flagged: either dangerous, or wrong data",
        beside=tuple(others),
    )


def _gravest_first(conflict: Conflict) -> tuple[bool, int]:
    return (not conflict.certain, conflict.free_days.least)
