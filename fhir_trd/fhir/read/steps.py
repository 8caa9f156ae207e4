"""Dosage instructions laid out in time: one after another, side by side, or each in its own period."""

from collections.abc import Callable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.dates import Calendar, later
from fhir_trd.fhir.read.dosage import Sig
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.model.dates import When, on, shifted
from fhir_trd.model.records import Dose, Step

DoseOf = Callable[[Sig], Dose | None]
Group = tuple[Sig, ...]


class Placed(Struct, frozen=True):
    """An instruction with the period it is said to hold in."""

    sig: Sig
    start: When
    end: When | None


def laid_out(sigs: Group, start: When, dose_of: DoseOf, days: Calendar, margin: Margin) -> tuple[Step, ...]:
    """The steps of these instructions for a drug that starts then; the last one is open where no bounds are given."""
    if not sigs:
        return (Step(start),)
    placed = [_placed(sig, start, days, margin) for sig in sigs]
    if any(piece.sig.period for piece in placed) and len(placed) > 1:
        return _in_periods(placed, dose_of)
    if not _follow_one_another(sigs):
        return (_side_by_side(placed, dose_of),)
    groups = _in_sequence(sigs)
    if any(_days_of(group) is None for group in groups[:-1]):
        return (_some_time(sigs, start, dose_of),)
    return _one_after_another(groups, start, dose_of)


def until(steps: tuple[Step, ...], end: When) -> tuple[Step, ...]:
    """The steps, none of which reaches beyond the day the drug was stopped."""
    kept = [step for step in steps if step.start.earliest <= end.latest] or list(steps[:1])
    return tuple(replace(step, end=_earlier(step.end, end)) if step is not kept[-1] else replace(step, end=end) for step in kept)


def _earlier(one: When | None, other: When) -> When:
    return When(min(one.earliest, other.earliest), min(one.latest, other.latest)) if one else other


def _placed(sig: Sig, start: When, days: Calendar, margin: Margin) -> Placed:
    if sig.period is None:
        end = When(shifted(start.earliest, sig.length[0] - 1), shifted(start.latest, sig.length[1] - 1)) if sig.length else None
        return Placed(sig, start, end)
    begins = days.day(sig.period.start, "dosage.timing.repeat.boundsPeriod.start", margin) or start
    ends = days.day(sig.period.end, "dosage.timing.repeat.boundsPeriod.end", margin)
    if ends and ends.latest < begins.earliest:
        margin.note("end-before-start", "dosage.timing.repeat.boundsPeriod", "an end before the start", "end taken as unknown")
        ends = None
    return Placed(sig, begins, ends)


def _follow_one_another(sigs: Group) -> bool:
    """Whether instructions are steps: numbered ones are; unnumbered ones are if they last for a time and share the same hours."""
    if len({sig.sequence for sig in sigs}) > 1:
        return True
    apart = len({sig.moments for sig in sigs}) == len(sigs)
    return len(sigs) > 1 and not apart and sigs[0].sequence is None and any(sig.length for sig in sigs)


def _in_sequence(sigs: Group) -> list[Group]:
    numbers = sorted({sig.sequence for sig in sigs if sig.sequence is not None})
    if len(numbers) < 2:
        return [(sig,) for sig in sigs]
    return [tuple(sig for sig in sigs if sig.sequence == number) for number in numbers]


def _days_of(group: Group) -> tuple[int, int] | None:
    lengths = [sig.length for sig in group if sig.length]
    return (max(least for least, _ in lengths), max(most for _, most in lengths)) if lengths else None


def _one_after_another(groups: list[Group], start: When, dose_of: DoseOf) -> tuple[Step, ...]:
    steps: list[Step] = []
    begins = start
    for group in groups:
        length = _days_of(group)
        end = When(shifted(begins.earliest, length[0] - 1), shifted(begins.latest, length[1] - 1)) if length else None
        steps.append(Step(begins, end, _sum(group, dose_of), any(sig.as_needed for sig in group)))
        begins = later(end, 1) if end else begins
    return tuple(steps)


def _some_time(sigs: Group, start: When, dose_of: DoseOf) -> Step:
    """Steps whose lengths nobody gave: at any time the dose is one of them."""
    doses = [dose_of(sig) for sig in sigs]
    known = [dose for dose in doses if dose]
    dose = Dose(min(one.least for one in known), max(one.most for one in known)) if len(known) == len(doses) else None
    return Step(start, None, dose, any(sig.as_needed for sig in sigs))


def _side_by_side(placed: list[Placed], dose_of: DoseOf) -> Step:
    ends = [piece.end for piece in placed if piece.end]
    end = When(max(one.earliest for one in ends), max(one.latest for one in ends)) if len(ends) == len(placed) else None
    sigs = tuple(piece.sig for piece in placed)
    return Step(placed[0].start, end, _sum(sigs, dose_of), any(sig.as_needed for sig in sigs))


def _in_periods(placed: list[Placed], dose_of: DoseOf) -> tuple[Step, ...]:
    """Each instruction in its own period; where periods overlap, the doses add up."""
    ordered = sorted(placed, key=lambda piece: (piece.start.earliest, piece.end.latest if piece.end else date.max))
    if not all(piece.start.is_exact and (piece.end is None or piece.end.is_exact) for piece in ordered):
        return tuple(Step(piece.start, piece.end, dose_of(piece.sig), piece.sig.as_needed) for piece in ordered)
    steps = [_between(first, last, ordered, dose_of) for first, last in _stretches(ordered)]
    return tuple(step for step in steps if step is not None)


def _stretches(placed: list[Placed]) -> list[tuple[date, date]]:
    """The days on which any instruction begins, each with the last day before the next change."""
    starts = {piece.start.earliest for piece in placed}
    after_ends = {shifted(piece.end.latest, 1) for piece in placed if piece.end}
    changes = sorted(starts | after_ends)
    return [(first, shifted(after, -1)) for first, after in zip(changes, [*changes[1:], date.max], strict=True)]


def _between(first: date, last: date, placed: list[Placed], dose_of: DoseOf) -> Step | None:
    held = tuple(p.sig for p in placed if p.start.earliest <= first and (p.end is None or p.end.latest >= first))
    if not held:
        return None
    open_end = last >= shifted(date.max, -1)
    return Step(on(first), None if open_end else on(last), _sum(held, dose_of), any(sig.as_needed for sig in held))


def _sum(sigs: Group, dose_of: DoseOf) -> Dose | None:
    """The doses together. One that only limits or times the others adds nothing; one that is not known makes the sum unknown."""
    doses = [dose_of(sig) for sig in sigs if sig.amount or sig.cap or len(sigs) == 1]
    known = [dose for dose in doses if dose]
    if not known or len(known) < len(doses):
        return None
    return Dose(sum(dose.least for dose in known), sum(dose.most for dose in known))
