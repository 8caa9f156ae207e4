"""The days of one ingredient, cut into pieces on which nothing changes: taken or not, at which dose, at the minimum or not."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from math import inf

from msgspec import Struct

from fhir_trd.history.stretches import Stretch
from fhir_trd.model.blocks import Block, Blocks, runs, united
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import years_at
from fhir_trd.model.drugs import Drug
from fhir_trd.model.records import Dose, Kind, Taking
from fhir_trd.model.truth import Truth, all_of

STRENGTH = {kind: rank for rank, kind in enumerate(Kind)}
"""The rank of each kind of evidence, strongest first."""

ANY_DOSE = Dose(0, inf)
TAKING = (Taking.TAKEN, Taking.UNKNOWN)


class Yardstick(Struct, frozen=True):
    """What an adequate dose is measured by: the dose table, the patient's age, the rule for older people, impaired organs."""

    table: str
    born: date | None
    older_from: int
    older_share: float
    longest_gap: int
    raised_share: float
    impaired: Blocks = ()

    def age_on(self, day: date) -> int | None:
        """Full years of age on a day, if the birth date is known."""
        return years_at(self.born, day) if self.born else None


class Piece(Struct, frozen=True):
    """Consecutive days of one ingredient on which nothing changes. ``doubts`` are reason codes for a maybe."""

    block: Block
    taken: Truth
    at_minimum: Truth
    dose: Dose | None
    doubts: tuple[str, ...] = ()


Timeline = tuple[Piece, ...]


def yardstick_of(conventions: Conventions, table: str, born: date | None, impaired: Blocks = ()) -> Yardstick:
    """The yardstick of one patient under one dose table."""
    return Yardstick(
        table=table,
        born=born,
        older_from=conventions.older_from_years,
        older_share=conventions.older_dose_share,
        longest_gap=conventions.exposure_gap,
        raised_share=conventions.raised_dose_share,
        impaired=impaired,
    )


def timeline_of(stretches: Sequence[Stretch], yardstick: Yardstick) -> Timeline:
    """The pieces of one ingredient's stretches, in order, without the days on which it was surely not taken."""
    ages = _ages(stretches, yardstick)
    pieces = (_piece(block, running, ages, yardstick) for block, running in _swept(stretches, yardstick.impaired))
    return tuple(piece for piece in pieces if piece.taken is not Truth.NO)


def taken_days(timeline: Iterable[Piece]) -> tuple[Blocks, Blocks]:
    """The days on which the drug was surely, and those on which it was possibly taken."""
    pieces = tuple(timeline)
    return united(piece.block for piece in pieces if piece.taken is Truth.YES), united(piece.block for piece in pieces)


def minimum_days(timeline: Iterable[Piece]) -> tuple[Blocks, Blocks]:
    """The days on which the dose was surely, and those on which it was possibly at the minimum."""
    pieces = tuple(timeline)
    surely = united(piece.block for piece in pieces if piece.at_minimum is Truth.YES)
    return surely, united(piece.block for piece in pieces if piece.at_minimum is not Truth.NO)


def reaches_minimum(
    drug: Drug, dose: Dose | None, age: int | None, yardstick: Yardstick, *, is_impaired: bool = False
) -> tuple[Truth, str]:
    """Whether a daily dose is adequate under the dose table, and the reason code of a maybe (clinical rule 2.4)."""
    minimum = drug.minimum.get(yardstick.table)
    if dose is None or minimum is None:
        return Truth.MAYBE, "dose_unknown"
    ceiling = drug.highest_dose_at(age) if drug.age_ceilings else None
    needed = minimum if ceiling is None else min(minimum, ceiling)
    if dose.least >= needed:
        return Truth.YES, ""
    if dose.most >= needed:
        return Truth.MAYBE, "dose_unknown"
    older = age is None or age >= yardstick.older_from
    if not (older or is_impaired) or dose.most < yardstick.older_share * minimum:
        return Truth.NO, ""
    return Truth.MAYBE, "dose_age" if older else "dose_impaired"


def _elementary(stretches: Sequence[Stretch], also: Blocks) -> Iterable[Block]:
    """The blocks between all days on which some stretch surely or possibly begins or ends."""
    edges = {edge for stretch in stretches for edge in _edges(stretch)}
    first, last = min(edges, default=0), max(edges, default=0)
    edges |= {edge for block in also for edge in (block.first, block.last + 1) if first < edge < last}
    return (Block(first, following - 1) for first, following in pairwise(sorted(edges)))


def _edges(stretch: Stretch) -> tuple[int, ...]:
    certain = stretch.surely
    edges = (stretch.first, stretch.last + 1)
    return (*edges, certain.first, certain.last + 1) if certain.days > 0 else edges


def _swept(stretches: Sequence[Stretch], also: Blocks) -> Iterable[tuple[Block, list[Stretch]]]:
    """Every elementary block with the stretches that run on it, in one pass over the calendar."""
    waiting = sorted(stretches, key=_latest_start_first)
    running: list[Stretch] = []
    for block in _elementary(stretches, also):
        running = [stretch for stretch in running if block.last <= stretch.last]
        while waiting and waiting[-1].first <= block.first:
            running.append(waiting.pop())
        yield block, running


def _latest_start_first(stretch: Stretch) -> tuple[int, int, str]:
    return (-stretch.first, -stretch.last, stretch.supply.origin.resource)


def _is_sure(stretch: Stretch, block: Block) -> bool:
    return stretch.surely.first <= block.first and block.last <= stretch.surely.last


def _ages(stretches: Sequence[Stretch], yardstick: Yardstick) -> tuple[tuple[Block, int | None], ...]:
    """The age that holds through each exposure: that on its first day, whatever birthdays follow (R5)."""
    days = united(stretch.possibly for stretch in stretches if stretch.supply.taking in TAKING)
    exposures = runs(days, yardstick.longest_gap)
    return tuple((Block(run[0].first, run[-1].last), yardstick.age_on(date.fromordinal(run[0].first))) for run in exposures)


def _piece(block: Block, running: Sequence[Stretch], ages: Sequence[tuple[Block, int | None]], yardstick: Yardstick) -> Piece:
    taking = [stretch for stretch in running if stretch.supply.taking in TAKING]
    if not taking:
        return Piece(block, Truth.NO, Truth.NO, None)
    taken = _taken(block, taking, [stretch for stretch in running if stretch not in taking])
    candidates = _deciding(taking, block)
    is_impaired = any(one.first <= block.first and block.last <= one.last for one in yardstick.impaired)
    age = next(age for exposure, age in ages if exposure.first <= block.first <= exposure.last)
    answers = [
        reaches_minimum(
            stretch.supply.drug, _dose_with_additions(stretch, taking, block), age, yardstick, is_impaired=is_impaired
        )
        for stretch in candidates
    ]
    reached = _agreed([answer for answer, _ in answers])
    doubts = {doubt for answer, doubt in answers if answer is Truth.MAYBE}
    if reached is not Truth.NO and any(stretch.as_needed for stretch in candidates) and doubts:
        doubts = {"as_needed"}
    at_minimum = all_of((taken, reached))
    if reached is Truth.MAYBE and not doubts:
        doubts.add("dose_unknown")
    if taken is Truth.MAYBE:
        doubts.add("duration_unknown")
    return Piece(block, taken, at_minimum, _dose_of(candidates, taking, block), tuple(sorted(doubts)))


def _taken(block: Block, taking: Sequence[Stretch], against: Sequence[Stretch]) -> Truth:
    """Whether the drug was taken: coverage by a record, against pauses and statements that it was not taken (4.1)."""
    if any(stretch.supply.kind is Kind.ADMINISTERED and _is_sure(stretch, block) for stretch in taking):
        return Truth.YES
    covered = Truth.YES if any(_is_sure(stretch, block) for stretch in taking) else Truth.MAYBE
    return all_of([covered, *(_despite(stop, taking, block) for stop in against)])


def _despite(stop: Stretch, taking: Sequence[Stretch], block: Block) -> Truth:
    """What is left of an exposure when a record says that the drug was paused or not taken.

    A drug that was perhaps given by staff, or that another statement reports as taken, is not surely missing.
    """
    contradicting = (Kind.ADMINISTERED,) if stop.supply.taking is Taking.PAUSED else (Kind.ADMINISTERED, Kind.REPORTED)
    is_contradicted = any(stretch.supply.kind in contradicting for stretch in taking)
    return Truth.NO if _is_sure(stop, block) and not is_contradicted else Truth.MAYBE


def _deciding(taking: Sequence[Stretch], block: Block) -> tuple[Stretch, ...]:
    """The stretches that may give the dose: the one that started last replaces the others from its start (R6).

    A record that does not know the dose gives way to one that surely covers the days and does.
    """
    main = [stretch for stretch in taking if not stretch.supply.in_addition] or list(taking)
    sure_and_known = [stretch for stretch in main if stretch.dose is not None and _is_sure(stretch, block)]
    if sure_and_known:
        main = [stretch for stretch in main if stretch.dose is not None]
    return tuple(stretch for stretch in main if not any(_replaces(other, stretch, block) for other in main))


def _replaces(other: Stretch, stretch: Stretch, block: Block) -> bool:
    if other is stretch or not _is_sure(other, block):
        return False
    if other.first != stretch.latest_first:
        return other.first > stretch.latest_first
    same_start = other.latest_first == stretch.first
    return same_start and STRENGTH[other.supply.kind] < STRENGTH[stretch.supply.kind]


def _agreed(answers: Sequence[Truth]) -> Truth:
    return answers[0] if len(set(answers)) == 1 else Truth.MAYBE


def _dose_with_additions(stretch: Stretch, taking: Sequence[Stretch], block: Block) -> Dose | None:
    """A dose with those that are said to come on top of it; one that only may run adds only to the most."""
    dose = stretch.dose
    for extra in taking:
        if extra.supply.in_addition and extra is not stretch and dose is not None:
            more = extra.dose or ANY_DOSE
            dose = Dose(dose.least + (more.least if _is_sure(extra, block) else 0), dose.most + more.most)
    return dose


def _dose_of(candidates: Sequence[Stretch], taking: Sequence[Stretch], block: Block) -> Dose | None:
    doses = [_dose_with_additions(stretch, taking, block) for stretch in candidates]
    known = [dose for dose in doses if dose is not None]
    if len(known) < len(doses) or not known:
        return None
    return Dose(min(dose.least for dose in known), max(dose.most for dose in known))
