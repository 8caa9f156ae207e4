"""Two drugs in time: switch, cross-taper, combination, augmentation (clinical rules 4.4, R10, R11)."""

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from fhir_trd.history.exposures import Exposure, gap_between
from fhir_trd.model.blocks import Blocks, runs, shared, total, united, without
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import NO_DAYS, Days
from fhir_trd.model.trials import Link, Relation


class Joint(Struct, frozen=True):
    """Days on which two antidepressants were both at their minimum dose, long enough to be a combination.

    ``surely`` is empty unless they surely qualify, ``possibly`` unless they possibly do.
    """

    partner: str
    surely: Blocks
    possibly: Blocks


def joint_periods(exposure: Exposure, others: Iterable[Exposure], conventions: Conventions) -> tuple[Joint, ...]:
    """The combinations an exposure is part of. An undated drug joins none: it would cast doubt on every trial."""
    partners = [other for other in others if other.drug.ingredient != exposure.drug.ingredient]
    joints = (_joint(exposure, partner, conventions) for partner in partners if shared(exposure.possibly, partner.possibly))
    return () if exposure.is_undated else tuple(joint for joint in joints if joint.possibly)


def _joint(left: Exposure, right: Exposure, conventions: Conventions) -> Joint:
    if right.is_undated:
        return Joint(right.id, (), ())
    surely, possibly = shared(left.surely, right.surely), shared(left.possibly, right.possibly)
    return Joint(right.id, _long_enough(surely, conventions), _long_enough(possibly, conventions))


def _long_enough(together: Blocks, conventions: Conventions) -> Blocks:
    """The joint days that make a combination: those of runs that last longer than a cross-taper."""
    together_for = runs(together, conventions.adequate_break)
    return tuple(block for run in together_for if total(run) > conventions.joint_at_minimum for block in run)


def alone(exposure: Exposure, joints: Sequence[Joint]) -> tuple[Blocks, Blocks]:
    """The adequate days that surely, and those that possibly, were not part of a combination."""
    possible = united(block for joint in joints for block in joint.possibly)
    sure = united(block for joint in joints for block in joint.surely)
    return without(exposure.surely, possible), without(exposure.possibly, sure)


def relation_of(exposure: Exposure, others: Sequence[Exposure], joints: Sequence[Joint], conventions: Conventions) -> Relation:
    """How an exposure stands to what came before it, and what it was combined with."""
    found = _relation_of(exposure, others, joints, conventions)
    if not joints:
        return found
    sure = tuple(sorted(joint.partner for joint in joints if joint.surely))
    return structs.replace(found, joined_surely=sure, joined_possibly=tuple(sorted(joint.partner for joint in joints)))


def _relation_of(exposure: Exposure, others: Sequence[Exposure], joints: Sequence[Joint], conventions: Conventions) -> Relation:
    own = _order(exposure)
    earlier = [other for other in others if _order(other) < own]
    if not exposure.reaches_minimum and any(overlap(exposure, other).most for other in others if other.id != exposure.id):
        return Relation(Link.CO_MEDICATION)
    same = [other for other in earlier if other.drug.ingredient == exposure.drug.ingredient]
    if same and gap_between(same[-1], exposure) <= conventions.restart_gap:
        return Relation(Link.RESTART, same[-1].id)
    before = [other for other in earlier if other.reaches_minimum]
    if not before:
        return Relation(Link.FIRST)
    return _relation_to(max(before, key=_end_order), exposure, joints, conventions)


def _relation_to(previous: Exposure, exposure: Exposure, joints: Sequence[Joint], conventions: Conventions) -> Relation:
    overlapping = overlap(previous, exposure)
    if any(joint.partner == previous.id and joint.surely for joint in joints):
        return Relation(Link.COMBINATION, previous.id, overlapping)
    if gap_between(previous, exposure) > conventions.restart_gap:
        return Relation(Link.SEPARATE, previous.id)
    return Relation(Link.SWITCH, previous.id, overlapping)


def overlap(left: Exposure, right: Exposure) -> Days:
    """The days on which both were taken, at any dose."""
    most = total(shared(left.taken_possibly, right.taken_possibly))
    return Days(total(shared(left.taken_surely, right.taken_surely)), most) if most else NO_DAYS


def _order(exposure: Exposure) -> tuple[int, str]:
    return (exposure.start.earliest.toordinal(), exposure.id)


def _end_order(exposure: Exposure) -> tuple[int, str]:
    return (exposure.end.latest.toordinal(), exposure.id)
