"""Instructions laid out in time: one after another, side by side, or each in its own period."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.dates import Calendar, lasting, later
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.regimens import Instruction
from fhir_trd.model.dates import When, on, shifted
from fhir_trd.model.records import Dose, Step

Group = tuple[Instruction, ...]
BOUNDS = "timing.repeat.boundsPeriod"


class Placed(Struct, frozen=True):
    """An instruction with the time it is said to hold for."""

    instruction: Instruction
    start: When
    end: When | None


def laid_out(group: Group, start: When, days: Calendar, margin: Margin) -> tuple[Step, ...]:
    """The steps of these instructions for a drug that starts then; the last one is open where no bounds are given."""
    if not group:
        return (Step(start),)
    placed = [_placed(instruction, start, days, margin) for instruction in group]
    if len(placed) == 1:
        only = placed[0]
        return (Step(only.start, only.end, only.instruction.dose, only.instruction.sig.as_needed),)
    if not _follow_one_another(group):
        periods = any(instruction.sig.period for instruction in group)
        return _in_periods(placed) if periods else (_side_by_side(placed),)
    if any(instruction.sig.period for instruction in group):
        return _in_periods(placed)
    groups = _in_sequence(group)
    if any(_days_of(part) is None for part in groups[:-1]):
        return (_some_time(group, start),)
    return _one_after_another(groups, start)


def until(steps: tuple[Step, ...], end: When) -> tuple[Step, ...]:
    """The steps, none of which reaches beyond the day the drug was stopped; the last one reaches it."""
    if len(steps) == 1:
        return (Step(steps[0].start, end, steps[0].dose, steps[0].as_needed),)
    kept = [step for step in steps if step.start.earliest <= end.latest] or list(steps[:1])
    return tuple(replace(step, end=_earlier(step.end, end)) if step is not kept[-1] else replace(step, end=end) for step in kept)


def _earlier(one: When | None, other: When) -> When:
    return When(min(one.earliest, other.earliest), min(one.latest, other.latest)) if one else other


def _placed(instruction: Instruction, start: When, days: Calendar, margin: Margin) -> Placed:
    sig = instruction.sig
    if sig.period is None:
        return Placed(instruction, start, lasting(start, *sig.length) if sig.length else None)
    begins = days.day(sig.period.start, f"{BOUNDS}.start", margin) or start
    ends = days.day(sig.period.end, f"{BOUNDS}.end", margin)
    if ends and ends.latest < begins.earliest:
        margin.note("end-before-start", BOUNDS, "an end before the start", "end taken as unknown")
        ends = None
    return Placed(instruction, begins, ends)


def _follow_one_another(group: Group) -> bool:
    """Whether instructions are steps: numbered ones are; unnumbered ones are if they last for a time and share the same hours."""
    sigs = [instruction.sig for instruction in group]
    if len({sig.sequence for sig in sigs}) > 1:
        return True
    apart = len({sig.moments for sig in sigs}) == len(sigs)
    return not apart and sigs[0].sequence is None and any(sig.length for sig in sigs)


def _in_sequence(group: Group) -> list[Group]:
    numbers = sorted({instruction.sig.sequence or 0 for instruction in group})
    if len(numbers) == 1:
        return [(instruction,) for instruction in group]
    return [tuple(one for one in group if (one.sig.sequence or 0) == number) for number in numbers]


def _days_of(group: Group) -> tuple[int, int] | None:
    lengths = [instruction.sig.length for instruction in group if instruction.sig.length]
    return (max(least for least, _ in lengths), max(most for _, most in lengths)) if lengths else None


def _one_after_another(groups: list[Group], start: When) -> tuple[Step, ...]:
    steps: list[Step] = []
    begins = start
    for group in groups:
        length = _days_of(group)
        end = lasting(begins, *length) if length else None
        steps.append(Step(begins, end, _sum(group), _as_needed(group)))
        begins = later(end, 1) if end else begins
    return tuple(steps)


def _some_time(group: Group, start: When) -> Step:
    """Steps whose lengths nobody gave: at any time the dose is one of them."""
    known = [instruction.dose for instruction in group if instruction.dose]
    whole = len(known) == len(group)
    dose = Dose(min(one.least for one in known), max(one.most for one in known)) if whole else None
    return Step(start, None, dose, _as_needed(group))


def _side_by_side(placed: list[Placed]) -> Step:
    group = tuple(piece.instruction for piece in placed)
    ends = [piece.end for piece in placed if piece.end]
    end = When(max(one.earliest for one in ends), max(one.latest for one in ends)) if len(ends) == len(placed) else None
    return Step(placed[0].start, end, _sum(group), _as_needed(group))


def _in_periods(placed: list[Placed]) -> tuple[Step, ...]:
    """Each instruction in its own period; where periods overlap, the doses add up."""
    ordered = sorted(placed, key=lambda piece: (piece.start.earliest, piece.end.latest if piece.end else date.max))
    if not all(piece.start.is_exact and (piece.end is None or piece.end.is_exact) for piece in ordered):
        return tuple(Step(one.start, one.end, one.instruction.dose, one.instruction.sig.as_needed) for one in ordered)
    steps = [_between(first, last, ordered) for first, last in _stretches(ordered)]
    return tuple(step for step in steps if step is not None)


def _stretches(placed: list[Placed]) -> list[tuple[date, date]]:
    """The days on which any instruction begins or has ended, each with the last day before the next such day."""
    starts = {piece.start.earliest for piece in placed}
    after_ends = {shifted(piece.end.latest, 1) for piece in placed if piece.end}
    changes = sorted(starts | after_ends)
    return [(first, shifted(after, -1)) for first, after in zip(changes, [*changes[1:], date.max], strict=True)]


def _between(first: date, last: date, placed: list[Placed]) -> Step | None:
    group = tuple(p.instruction for p in placed if p.start.earliest <= first and (p.end is None or p.end.latest >= first))
    if not group:
        return None
    is_open = last >= shifted(date.max, -1)
    return Step(on(first), None if is_open else on(last), _sum(group), _as_needed(group))


def _as_needed(group: Group) -> bool:
    return any(instruction.sig.as_needed for instruction in group)


def _sum(group: Group) -> Dose | None:
    """The doses together. One that only times the others adds nothing; one that is not known makes the sum unknown."""
    if len(group) == 1:
        return group[0].dose
    doses = [one.dose for one in group if one.sig.amount or one.sig.cap]
    known = [dose for dose in doses if dose]
    if not known or len(known) < len(doses):
        return None
    return Dose(sum(dose.least for dose in known), sum(dose.most for dose in known))
