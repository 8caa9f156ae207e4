"""Supplies laid out in time: when each surely and when it possibly ran, and at which dose.

A stretch with an uncertain start or end has days on which it surely ran (between its latest start and its earliest
end) and days on which it possibly ran. Every least and most of a history comes from this one distinction.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct, structs

from fhir_trd.model.blocks import Block, Blocks, shared, total, united
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import When
from fhir_trd.model.records import Dose, EndFrom, Kind, Step, Supply, Taking


class Stretch(Struct, frozen=True, kw_only=True):
    """One dose step of one supply, as day numbers: earliest and latest start, earliest and latest end.

    ``also`` are other supplies that say the same of the same days, or whose dose is added here. ``certain`` is False where
    the record leaves open whether the drug was taken at all.
    """

    supply: Supply
    first: int
    latest_first: int
    earliest_last: int
    last: int
    dose: Dose | None
    as_needed: bool = False
    certain: bool = True
    also: tuple[Supply, ...] = ()

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """Every supply behind it."""
        return (self.supply, *self.also)

    @property
    def start(self) -> When:
        """The range of days on which it began."""
        return When(date.fromordinal(min(self.first, self.latest_first)), date.fromordinal(self.latest_first))

    @property
    def end(self) -> When:
        """The range of days on which it ended."""
        return When(date.fromordinal(min(self.earliest_last, self.last)), date.fromordinal(self.last))

    @property
    def is_exact(self) -> bool:
        """Whether its first and last day are known."""
        return self.first == self.latest_first and self.earliest_last == self.last

    @property
    def surely(self) -> Block:
        """The days on which it surely ran; an empty block if there are none."""
        return Block(self.latest_first, self.earliest_last if self.certain else self.latest_first - 1)

    @property
    def possibly(self) -> Block:
        """The days on which it may have run."""
        return Block(self.first, self.last)


def laid_out(
    supplies: Sequence[Supply], closers: Sequence[When], conventions: Conventions, as_of: date, born: date | None
) -> tuple[Stretch, ...]:
    """All steps of the supplies of one ingredient as stretches, up to ``as_of``.

    ``closers`` are the starts of other antidepressants: the first later one ends a supply whose end nobody recorded (R1).
    """
    stretches = [stretch for supply in supplies for stretch in _steps(supply, closers, as_of, born)]
    carried = [_until(stretch, as_of.toordinal()) for stretch in _carried(stretches, conventions.surplus_carried)]
    known = _with_orders_doubted(_cut_at_known_stops(carried))
    doubted = _with_needs_doubted(known, conventions.as_needed_share)
    return tuple(sorted(_summed(doubted), key=_order))


def _steps(supply: Supply, closers: Sequence[When], as_of: date, born: date | None) -> Iterable[Stretch]:
    for index, step in enumerate(supply.steps):
        following = supply.steps[index + 1] if index + 1 < len(supply.steps) else None
        if step.start.earliest <= as_of:
            earliest, latest = _end(supply, step, following, closers, as_of)
            yield _stretch(supply, step, earliest, latest, as_of, born)


def _stretch(supply: Supply, step: Step, earliest_end: date, latest_end: date, as_of: date, born: date | None) -> Stretch:
    first = max(step.start.earliest, born) if born else step.start.earliest
    last = max(first, min(latest_end, as_of))
    return Stretch(
        supply=supply,
        first=first.toordinal(),
        latest_first=max(first, min(step.start.latest, last)).toordinal(),
        earliest_last=max(first, min(earliest_end, as_of)).toordinal(),
        last=last.toordinal(),
        dose=step.dose,
        as_needed=step.as_needed,
        certain=supply.taking is not Taking.UNKNOWN and step.start.latest <= as_of,
    )


def _end(supply: Supply, step: Step, following: Step | None, closers: Sequence[When], as_of: date) -> tuple[date, date]:
    """The earliest and the latest end of a step that may not state one (R1)."""
    if step.end is not None:
        return step.end.earliest, step.end.latest
    if following is not None:
        return _day_before(following.start.earliest), _day_before(following.start.latest)
    if supply.ongoing:
        return max(step.start.earliest, min(supply.asserted or step.start.latest, as_of)), as_of
    ends = [_day_before(start.latest) for start in closers if start.earliest > step.start.latest]
    return step.start.earliest, min([*ends, as_of])


def _carried(stretches: Sequence[Stretch], at_most: int) -> list[Stretch]:
    """Dispensed supplies with the days in hand added when the next one was fetched early (at most ``at_most`` days)."""
    carried: list[Stretch] = []
    latest: dict[tuple[str, Dose | None], Stretch] = {}
    for stretch in sorted(stretches, key=_order):
        if stretch.supply.kind is Kind.DISPENSED and stretch.supply.end_from is EndFrom.SUPPLY:
            key = (stretch.supply.drug.variant, stretch.dose)
            stretch = _after(latest.get(key), stretch, at_most)
            latest[key] = stretch
        carried.append(stretch)
    return carried


def _after(previous: Stretch | None, stretch: Stretch, at_most: int) -> Stretch:
    if previous is None or previous.supply == stretch.supply:
        return stretch
    surplus = min(at_most, max(0, previous.last - stretch.first + 1))
    if _same_record(previous.supply, stretch.supply):
        return stretch
    return structs.replace(stretch, earliest_last=stretch.earliest_last + surplus, last=stretch.last + surplus)


def _until(stretch: Stretch, last: int) -> Stretch:
    """The same stretch, but no further than the day of assessment: nobody knows what was taken after it."""
    if stretch.last <= last:
        return stretch
    return structs.replace(stretch, earliest_last=min(stretch.earliest_last, last), last=last)


def _same_record(left: Supply, right: Supply) -> bool:
    """Whether two supplies say the same and may be one record written twice."""
    return structs.replace(left, origin=right.origin) == right


def _cut_at_known_stops(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Computed ends moved to a stop that a person stated: leftover tablets are not exposure."""
    stops = [stretch for stretch in stretches if _is_known_stop(stretch.supply)]
    return [_cut_at(stretch, stops) if stretch.supply.end_from is EndFrom.SUPPLY else stretch for stretch in stretches]


def _is_known_stop(supply: Supply) -> bool:
    """Whether a person stated the end: in a statement, or in an order that gives the reason of the stop."""
    is_stated = supply.end_from is EndFrom.STATED and not supply.ongoing and supply.taking is Taking.TAKEN
    return is_stated and (supply.kind is Kind.REPORTED or supply.stop_reason is not None)


def _cut_at(stretch: Stretch, stops: Sequence[Stretch]) -> Stretch:
    for stop in stops:
        if stop.first <= stretch.last and stretch.first <= stop.earliest_last < stretch.last:
            stretch = structs.replace(
                stretch, earliest_last=min(stretch.earliest_last, stop.earliest_last), last=min(stretch.last, stop.last)
            )
    return stretch


def _summed(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Different doses in records of one kind for the very same days, added up (R6); the same dose twice stays one."""
    groups: dict[tuple[object, ...], list[Stretch]] = {}
    for stretch in stretches:
        groups.setdefault(_same_days(stretch), []).append(stretch)
    return [_sum(group) for group in groups.values()]


def _sum(group: Sequence[Stretch]) -> Stretch:
    first, *others = group
    if not others:
        return first
    also = tuple(stretch.supply for stretch in others)
    as_needed = any(stretch.as_needed for stretch in group)
    doses = {stretch.dose for stretch in group}
    known = [dose for dose in doses if dose is not None]
    added = _added(known, first.is_exact) if len(known) == len(doses) else None
    return structs.replace(first, also=also, dose=added if len(doses) > 1 else first.dose, as_needed=as_needed)


def _added(doses: Sequence[Dose], is_exact: bool) -> Dose:
    """The sum of doses. Vague dates that look the same may be different days, on which only one of the doses was taken."""
    most = sum(dose.most for dose in doses)
    return Dose(sum(dose.least for dose in doses) if is_exact else min(dose.least for dose in doses), most)


def _same_days(stretch: Stretch) -> tuple[object, ...]:
    supply = stretch.supply
    return (
        supply.kind,
        supply.taking,
        supply.in_addition,
        supply.drug.variant,
        supply.oral,
        stretch.certain,
        stretch.first,
        stretch.latest_first,
        stretch.earliest_last,
        stretch.last,
    )


def _with_orders_doubted(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Where fills are on record for the time of an order, the order alone proves no day: they are the stronger evidence."""
    filled = united(stretch.possibly for stretch in stretches if stretch.supply.kind is Kind.DISPENSED)
    return [
        structs.replace(stretch, certain=False)
        if stretch.supply.kind is Kind.ORDERED and shared((stretch.possibly,), filled)
        else stretch
        for stretch in stretches
    ]


def _with_needs_doubted(stretches: Sequence[Stretch], share: float) -> list[Stretch]:
    """Doses taken as needed may have been none, unless dispensings cover most of the days."""
    filled = united(stretch.surely for stretch in stretches if stretch.supply.kind is Kind.DISPENSED)
    return [_doubted(stretch) if stretch.as_needed and not _covered(stretch, filled, share) else stretch for stretch in stretches]


def _covered(stretch: Stretch, filled: Blocks, share: float) -> bool:
    return total(shared((stretch.possibly,), filled)) >= share * stretch.possibly.days


def _doubted(stretch: Stretch) -> Stretch:
    return structs.replace(stretch, dose=Dose(0, stretch.dose.most) if stretch.dose else None)


def _day_before(day: date) -> date:
    return date.fromordinal(max(1, day.toordinal() - 1))


def _order(stretch: Stretch) -> tuple[int, int, str]:
    return (stretch.first, stretch.last, stretch.supply.origin.resource)
