"""What happens to a person, with the answer under the set ``consensus`` that follows from how the story is told.

Every story with depression begins with an episode that lasts to the end, and its courses follow one another with a
few days between them. A course that failed lasted at least six weeks at an adequate dose, was stopped for lack of effect or had
scores that hardly moved. Two such courses of two classes meet the definition.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from benchmarks.exports.medicines import ANTIDEPRESSANTS, DAYS, LOOK_ALIKES, Course, Drug

AS_OF = date(2025, 6, 30)
"""The day on which the truth is told; nothing in an export is later."""

EPISODE = date(2024, 1, 8)
FORMS = ("order", "statement", "dispense")
ILL, HARDLY, WELL = (18, 24), (17, 20), (1, 4)
"""PHQ-9 totals before, after a failure, after a response."""


@dataclass(frozen=True)
class Truth:
    """The right answer: the result, and the fewest and the most failed trials that count."""

    result: str
    least: int
    most: int


@dataclass(frozen=True)
class Story:
    """A person's depression, or the lack of one: diagnoses, their first day, courses, PHQ-9 totals, and the right answer."""

    name: str
    truth: Truth
    diagnoses: tuple[str, ...] = ()
    onset: date = EPISODE
    courses: tuple[Course, ...] = ()
    scores: tuple[tuple[date, int], ...] = ()


NONE = Truth("not-met", 0, 0)
ONE = Truth("not-met", 1, 1)


def healthy(dice: Random) -> Story:
    """No depression; some are screened, with next to nothing found."""
    scores = ((_day(dice, EPISODE, 300), dice.randint(0, 4)),) if dice.random() < 0.2 else ()
    return Story("healthy", NONE, scores=scores)


def look_alike(dice: Random) -> Story:
    """No depression, but an antidepressant for migraine, sleep or smoking."""
    drug, reason = dice.choice(LOOK_ALIKES)
    first = _day(dice, EPISODE, 120)
    return Story("another purpose", NONE, courses=(_course(dice, drug, first, reason=reason, tablets=1),))


def untreated(dice: Random) -> Story:
    """A depression without an antidepressant."""
    return _depressed(dice, "untreated", NONE, ())


def one_failure(dice: Random) -> Story:
    """One course that failed."""
    return _failures(dice, "one failure", ONE, 1)


def two_failures(dice: Random) -> Story:
    """Two courses of two classes that failed."""
    return _failures(dice, "two failures", Truth("met", 2, 2), 2)


def three_failures(dice: Random) -> Story:
    """Three courses of three classes that failed."""
    return _failures(dice, "three failures", Truth("met", 3, 3), 3)


def too_short(dice: Random) -> Story:
    """Two courses, the second of less than four weeks."""
    days = timedelta(dice.randint(13, 27))
    return _second_changed(dice, "too short", ONE, lambda one: replace(one, form="order", stop="lack", last=one.first + days))


def too_low(dice: Random) -> Story:
    """Two courses, the second at a dose that no table calls enough."""
    drugs = [dice.choice(_of("SSRI")), next(drug for drug in ANTIDEPRESSANTS if drug.name == "venlafaxine")]
    first, second = _sequence(dice, drugs)
    return _depressed(dice, "too low", ONE, (first, replace(second, tablets=1)))


def one_class(dice: Random) -> Story:
    """Two courses of one class."""
    return _depressed(dice, "one class", ONE, _sequence(dice, dice.sample(_of("SSRI"), 2)))


def side_effect(dice: Random) -> Story:
    """Two courses, the second stopped for a side effect."""
    return _second_changed(dice, "side effect", ONE, lambda one: replace(one, form="order", stop="intolerance"))


def mistaken(dice: Random) -> Story:
    """Two courses, the second entered in error."""
    return _second_changed(
        dice, "entered in error", ONE, lambda one: replace(one, form="order", stop="", status="entered-in-error")
    )


def dose_unknown(dice: Random) -> Story:
    """Two courses, of the second of which no dose is known."""
    change = Truth("indeterminate", 1, 2)
    return _second_changed(dice, "dose unknown", change, lambda one: replace(one, form="statement", bare=True, stop="lack"))


def year_only(dice: Random) -> Story:
    """Two courses of which only the year is known."""
    courses = tuple(
        replace(one, form="statement", stop="lack", by_year=True, first=date(2024, 1, 1), last=date(2024, 12, 31))
        for one in _sequence(dice, _classes(dice, 2))
    )
    return _depressed(dice, "year only", Truth("indeterminate", 0, 2), courses, onset=date(2023, 12, 1))


def bipolar(dice: Random) -> Story:
    """Two courses that failed, in a depression that proved to be bipolar."""
    return replace(_failures(dice, "bipolar", Truth("excluded", 2, 2), 2), diagnoses=("F33.1", "F31.81"))


def responded(dice: Random) -> Story:
    """One course after which nearly nothing was left of the depression."""
    (course,) = _sequence(dice, _classes(dice, 1))
    course = replace(course, form="statement", stop="", status="completed")
    scores = ((course.first - timedelta(1), dice.randint(*ILL)), (course.last - timedelta(2), dice.randint(*WELL)))
    return replace(_depressed(dice, "responded", NONE, (course,)), scores=scores)


TREATED: tuple[Callable[[Random], Story], ...] = (
    one_failure, one_failure, one_failure, two_failures, two_failures, three_failures, too_short, too_low, one_class, side_effect,
    mistaken, dose_unknown, year_only, bipolar, responded, responded, responded,
)  # fmt: skip
DEPRESSED, ON_A_DRUG, OTHER_PURPOSE = 0.2, 0.55, 0.04
"""How many people are depressed, how many of those take something, and how many others take it for something else."""


def told(dice: Random) -> Story:
    """The story of one person."""
    if dice.random() < DEPRESSED:
        return dice.choice(TREATED)(dice) if dice.random() < ON_A_DRUG else untreated(dice)
    return look_alike(dice) if dice.random() < OTHER_PURPOSE else healthy(dice)


def _day(dice: Random, first: date, within: int) -> date:
    return first + timedelta(dice.randrange(within))


def _of(kind: str) -> list[Drug]:
    return [drug for drug in ANTIDEPRESSANTS if drug.kind == kind]


def _classes(dice: Random, number: int) -> list[Drug]:
    return [dice.choice(_of(kind)) for kind in dice.sample(("SSRI", "SNRI", "NaSSA", "NDRI"), number)]


def _course(dice: Random, drug: Drug, first: date, *, tablets: int = 0, reason: str = "", form: str = "") -> Course:
    last = first + timedelta(dice.randint(60, 110))
    return Course(drug, first, last, tablets or drug.enough, form=form or dice.choice(("order", "statement")), reason=reason)


def _sequence(dice: Random, drugs: list[Drug]) -> tuple[Course, ...]:
    """Courses that failed, one after the other."""
    first, courses = EPISODE + timedelta(dice.randint(10, 30)), []
    for drug in drugs:
        courses.append(_failed(_course(dice, drug, first, form=dice.choice(FORMS)), dice))
        first = courses[-1].last + timedelta(dice.randint(2, 9))
    return tuple(courses)


def _failed(course: Course, dice: Random) -> Course:
    """The course with the reason why it was stopped; packages last whole months and have no reason."""
    if course.form == "dispense":
        return replace(course, last=course.first + timedelta(DAYS * dice.randint(2, 3) - 1), status="completed")
    return replace(course, stop="lack")


def _failures(dice: Random, name: str, truth: Truth, number: int) -> Story:
    return _depressed(dice, name, truth, _sequence(dice, _classes(dice, number)))


def _second_changed(dice: Random, name: str, truth: Truth, change: Callable[[Course], Course]) -> Story:
    first, second = _sequence(dice, _classes(dice, 2))
    return _depressed(dice, name, truth, (first, change(second)))


def _depressed(dice: Random, name: str, truth: Truth, courses: tuple[Course, ...], onset: date = EPISODE) -> Story:
    """The story of a depression; a course that was only dispensed has scores around it that hardly moved."""
    scores = [(onset + timedelta(1), dice.randint(*ILL))]
    for course in courses:
        if course.form == "dispense":
            scores += [(course.first - timedelta(1), ILL[1]), (course.last - timedelta(1), dice.randint(*HARDLY))]
    return Story(name, truth, (dice.choice(("F33.1", "F33.2", "F32.1")),), onset, courses, tuple(sorted(set(scores))))
