"""One ingredient in time: its days joined into exposures, each a candidate for a trial."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from fhir_trd.history.stretches import Stretch
from fhir_trd.history.timeline import Piece, Timeline, minimum_days, taken_days
from fhir_trd.model.blocks import Blocks, longest_run, runs, total
from fhir_trd.model.dates import LONG_AGO, Days, When
from fhir_trd.model.drugs import Drug
from fhir_trd.model.records import Supply, Taking
from fhir_trd.model.truth import Truth


class Exposure(Struct, frozen=True, kw_only=True):
    """Days of one ingredient that no long gap interrupts. ``asserted``: a record says it was taken at an adequate dose.

    ``supplies`` are the records behind it, each once, in order of time. ``surely`` and ``possibly`` are the days at the minimum
    dose; ``taken_surely`` and ``taken_possibly`` those at any dose. ``surely_one`` is False if uncertain dates may join two
    exposures.
    """

    id: str
    drug: Drug
    start: When
    end: When
    ongoing: bool
    pieces: Timeline
    stretches: tuple[Stretch, ...]
    supplies: tuple[Supply, ...]
    surely: Blocks
    possibly: Blocks
    taken_surely: Blocks
    taken_possibly: Blocks
    asserted: bool
    surely_one: bool

    @property
    def is_undated(self) -> bool:
        """Whether nobody recorded when it began."""
        return all(stretch.supply.steps[0].start.earliest == LONG_AGO for stretch in self.stretches)

    @property
    def reaches_minimum(self) -> bool:
        """Whether it may have reached the minimum dose on some day."""
        return bool(self.possibly)

    def adequate_run(self, longest_break: int) -> Days:
        """The longest run at the minimum dose; never below 1 day where a record asserts one (0.3)."""
        run = run_in(self.surely, self.possibly, longest_break)
        return Days(max(run.least, 1), run.most) if self.asserted and run.most else run

    def first_at_minimum(self) -> When:
        """Day 1 of the outcome windows: the first day at the minimum dose, or of the exposure if the dose does not tell (R4)."""
        if not self.surely:
            return self.start
        return When(_day(self.possibly[0].first), _day(self.surely[0].first))


def exposures_of(
    drug: Drug, stretches: Sequence[Stretch], timeline: Timeline, longest_gap: int, as_of: date
) -> tuple[Exposure, ...]:
    """The exposures of one ingredient, in order of time, numbered from 1."""
    groups = _joined(timeline, longest_gap)
    return tuple(
        _exposure(f"{drug.ingredient}-{number}", drug, group, stretches, longest_gap, as_of)
        for number, group in enumerate(groups, start=1)
    )


def run_in(surely: Blocks, possibly: Blocks, longest_break: int) -> Days:
    """The longest run in days that surely, and in days that possibly count."""
    return Days(longest_run(surely, longest_break), longest_run(possibly, longest_break))


def exposed_days(exposure: Exposure) -> Days:
    """How many days the drug was taken, at any dose."""
    least, most = total(exposure.taken_surely), total(exposure.taken_possibly)
    return Days(max(least, 1) if _is_certain(exposure.stretches) else least, most)


def gap_between(earlier: Exposure, later: Exposure) -> int:
    """The days without supply between two exposures, at the least."""
    return later.start.earliest.toordinal() - earlier.end.latest.toordinal() - 1


def _joined(timeline: Timeline, longest_gap: int) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    for piece in timeline:
        if groups and piece.block.first - groups[-1][-1].block.last - 1 <= longest_gap:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _exposure(
    name: str, drug: Drug, pieces: Sequence[Piece], stretches: Sequence[Stretch], longest_gap: int, as_of: date
) -> Exposure:
    first, last = pieces[0].block.first, pieces[-1].block.last
    inside = tuple(stretch for stretch in stretches if stretch.first <= last and first <= stretch.last)
    taking = tuple(stretch for stretch in inside if stretch.supply.taking in (Taking.TAKEN, Taking.UNKNOWN))
    surely, possibly = minimum_days(pieces)
    taken_surely, taken_possibly = taken_days(pieces)
    return Exposure(
        id=name,
        drug=drug,
        start=When(_day(first), _day(max(first, min(stretch.latest_first for stretch in taking)))),
        end=When(_day(min(last, max(stretch.earliest_last for stretch in taking))), _day(last)),
        ongoing=last == as_of.toordinal() and any(stretch.supply.ongoing and stretch.last == last for stretch in taking),
        pieces=tuple(pieces),
        stretches=inside,
        supplies=tuple(dict.fromkeys(supply for stretch in inside for supply in stretch.supplies)),
        surely=surely,
        possibly=possibly,
        taken_surely=taken_surely,
        taken_possibly=taken_possibly,
        asserted=_is_certain(inside) and _is_adequate_throughout(pieces),
        surely_one=_is_surely_one(inside, taken_surely, longest_gap),
    )


def _is_surely_one(stretches: Sequence[Stretch], taken_surely: Blocks, longest_gap: int) -> bool:
    """Whether it is one exposure whatever its uncertain dates were, and not two that only may touch."""
    sure = runs(taken_surely, longest_gap)
    if len(sure) != 1:
        return len(stretches) == 1
    first, last = sure[0][0].first - longest_gap - 1, sure[0][-1].last + longest_gap + 1
    return all(stretch.surely.days > 0 or first <= stretch.first <= stretch.last <= last for stretch in stretches)


def _is_certain(stretches: Iterable[Stretch]) -> bool:
    """Whether a record says that it was taken and none, of a pause or a refusal, may say otherwise."""
    takings = {stretch.supply.taking for stretch in stretches}
    return takings <= {Taking.TAKEN, Taking.UNKNOWN} and Taking.TAKEN in takings


def _is_adequate_throughout(pieces: Sequence[Piece]) -> bool:
    """Whether every possible day would be at the minimum dose, so that any day of use is an adequate one."""
    return all(piece.at_minimum is not Truth.NO and set(piece.doubts) <= {"duration_unknown"} for piece in pieces)


def _day(number: int) -> date:
    return date.fromordinal(number)
