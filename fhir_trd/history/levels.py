"""Blood levels: where one was taken it tells better than the dose whether a day was adequate (clinical rules 2.2 and 3)."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct, structs

from fhir_trd.history.timeline import Piece, Timeline, Yardstick
from fhir_trd.model.blocks import Block, Blocks, shared, united, without
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import When
from fhir_trd.model.records import Measurement
from fhir_trd.model.safety import BloodLevel
from fhir_trd.model.truth import Truth, all_of, truth_of


class Reading(Struct, frozen=True):
    """A level that was taken, and whether it is adequate."""

    when: When
    answer: Truth

    @property
    def first(self) -> int:
        """The earliest day on which it was taken."""
        return self.when.earliest.toordinal()

    @property
    def last(self) -> int:
        """The latest day on which it was taken."""
        return self.when.latest.toordinal()


def readings_of(
    ingredient: str, levels: Iterable[BloodLevel], taken: Sequence[Measurement], yardstick: Yardstick
) -> tuple[Reading, ...]:
    """The levels of one drug on record, in order of time."""
    if not taken:
        return ()
    asked = [level for level in levels if level.ingredient == ingredient]
    found = [reading for level in asked for reading in _readings(level, taken, yardstick)]
    return tuple(sorted(_merged(found), key=lambda reading: (reading.first, reading.last, reading.answer)))


def _merged(readings: Collection[Reading]) -> set[Reading]:
    """The readings, with one for each exact day: where two of a day contradict one another it stays open."""
    answers: dict[When, set[Truth]] = {}
    for one in readings:
        answers.setdefault(one.when, set()).add(one.answer)
    exact = {Reading(when, _agreed(told)) for when, told in answers.items() if when.is_exact}
    return exact | {one for one in readings if not one.when.is_exact}


def with_levels(timeline: Timeline, readings: Sequence[Reading], conventions: Conventions) -> Timeline:
    """The pieces, with the levels in the place of the dose on the days for which they speak."""
    if not readings:
        return timeline
    return tuple(piece for stretch in _at_one_dose(timeline) for piece in _told(stretch, readings, conventions))


def _readings(level: BloodLevel, taken: Sequence[Measurement], yardstick: Yardstick) -> Iterable[Reading]:
    usable = [one for one in taken if one.kind in level.measures and one.unit == level.unit and one.value is not None]
    for when in sorted({one.when for one in usable}, key=lambda day: (day.earliest, day.latest)):
        by_kind: dict[str, list[float]] = {}
        for one in usable:
            if one.when == when and one.value is not None:
                by_kind.setdefault(one.kind, []).append(one.value)
        age = yardstick.age_on(when.earliest)
        # Two values of one kind leave the level between them.
        totals = (sum(map(min, by_kind.values())), sum(map(max, by_kind.values())))
        answers = {_answer(total, level, age, yardstick) for total in totals}
        # A part of a sum proves enough, never too little.
        if len(by_kind) == len(level.measures) or Truth.YES in answers:
            yield Reading(when, _agreed(answers))


def _agreed(answers: Collection[Truth]) -> Truth:
    """The answer of all of them, or that they leave it open."""
    return next(iter(answers)) if len(answers) == 1 else Truth.MAYBE


def _answer(value: float, level: BloodLevel, age: int | None, yardstick: Yardstick) -> Truth:
    lower = level.older if level.older is not None else level.least
    if age is not None and age >= yardstick.older_from:
        return truth_of(value >= lower, value >= lower)
    return truth_of(value >= level.surely, value >= (lower if age is None else level.least))


def _at_one_dose(timeline: Timeline) -> list[list[Piece]]:
    """The pieces in groups that follow one another without a change of dose."""
    groups: list[list[Piece]] = []
    for piece in timeline:
        goes_on = groups and groups[-1][-1].dose == piece.dose and groups[-1][-1].block.last + 1 == piece.block.first
        if goes_on:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _told(pieces: Sequence[Piece], readings: Sequence[Reading], conventions: Conventions) -> Iterable[Piece]:
    span = Block(pieces[0].block.first, pieces[-1].block.last)
    speaking = [one for one in readings if _speaks(one, span, conventions)]
    surely = {answer: _days_of(answer, speaking, span, conventions) for answer in Truth}
    vague = [one for one in speaking if not one.when.is_exact]
    for piece in pieces:
        yield from _opened(_replaced(piece, surely), vague, conventions)


def _speaks(reading: Reading, span: Block, conventions: Conventions) -> bool:
    """Whether a level was taken at this dose; a low one of the first days is still rising."""
    is_rising = reading.answer is not Truth.YES and reading.first < span.first + conventions.level_steady
    return reading.first <= span.last and span.first <= reading.last and not is_rising


def _days_of(answer: Truth, readings: Sequence[Reading], span: Block, conventions: Conventions) -> Blocks:
    """The days on which the level in force, the last one before or else the first one after, has this answer."""
    exact = [one for one in readings if one.when.is_exact]
    if not exact:
        return ()
    starts = [span.first, *(one.first for one in exact[1:]), span.last + 1]
    reach = conventions.level_speaks
    ruled = [
        shared((Block(first, after - 1),), (Block(one.first - reach, one.first + reach),))
        for (first, after), one in zip(pairwise(starts), exact, strict=True)
        if one.answer is answer
    ]
    return united(block for blocks in ruled for block in blocks)


def _replaced(piece: Piece, days: dict[Truth, Blocks]) -> list[Piece]:
    """A piece cut into the days a level speaks for and those on which the dose decides."""
    own: Blocks = (piece.block,)
    parts = [_with_answer(piece, block, answer) for answer, ruled in days.items() for block in shared(own, ruled)]
    rest = without(own, united(block for ruled in days.values() for block in ruled))
    parts += [structs.replace(piece, block=block) for block in rest]
    return sorted(parts, key=lambda part: part.block.first)


def _with_answer(piece: Piece, block: Block, answer: Truth) -> Piece:
    doubts = {doubt for doubt in piece.doubts if doubt == "duration_unknown"} | (
        {"dose_unknown"} if answer is Truth.MAYBE else set()
    )
    return structs.replace(piece, block=block, at_minimum=all_of((piece.taken, answer)), doubts=tuple(sorted(doubts)))


def _opened(pieces: Iterable[Piece], vague: Sequence[Reading], conventions: Conventions) -> Iterable[Piece]:
    """The pieces; where a level of a vague date may speak against one, its days stay open."""
    reach = conventions.level_speaks
    for piece in pieces:
        near = [one for one in vague if one.first - reach <= piece.block.last and piece.block.first <= one.last + reach]
        if any(all_of((piece.taken, one.answer)) is not piece.at_minimum for one in near):
            yield structs.replace(piece, at_minimum=Truth.MAYBE, doubts=tuple(sorted({*piece.doubts, "dose_unknown"})))
        else:
            yield piece
