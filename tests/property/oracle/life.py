"""An invented life in exact days, and the chart that tells of it. Days are counted from the first day of all lives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from tests.factory.chart import Chart
from tests.factory.courses import Course, DoseStep

Some = TypeVar("Some")
FIRST_DAY = date(2021, 1, 1)
# The lowest adequate dose by the form, written down once more by hand; an agent's is the lower end of its usual range.
MINIMUM = {
    "sertraline": 50,
    "fluoxetine": 20,
    "venlafaxine": 150,
    "duloxetine": 60,
    "mirtazapine": 15,
    "bupropion": 300,
    "nortriptyline": 75,
    "phenelzine": 45,
    "moclobemide": 300,
    "esketamine": 56,
    "aripiprazole": 2,
    "quetiapine": 150,
    "lithium": 600,
}
ORAL = tuple(name for name in MINIMUM if name not in {"esketamine", "aripiprazole", "quetiapine", "lithium"})
STOPS = ("lack", "lack", "lack", "lack", "", "", "partial", "intolerance", "remission", "other")
REASONS = ("F33.1", "F33.1", "F33.1", "", "", "", "", "F41.1", "F17.210")
# Lengths at which some rule changes its answer, and the days beside them: what is drawn at random seldom meets a limit.
LIMITS = (7, 14, 28, 30, 42, 56, 60, 70, 90, 98, 112, 180, 182, 365)
EDGES = tuple(day + beside for day in LIMITS for beside in (-1, 0, 1))
ADHERENCE = ("good", "good", "good", "unknown", "unknown", "unknown", "poor")
CODES = ("F33.1", "F33.1", "F33.1", "F33.2", "F33.3", "F33.9")
OTHER_CODES = ("F31.81", "F20.9", "F29", "F41.1", "G62.9", "F33.3", "F33.42")
SCALES = {"": 27, "MADRS": 60, "HAM-D17": 52}


@dataclass(frozen=True)
class Taken:
    """One record of a drug: from the first to the last day, both counted."""

    id: str
    drug: str
    first: int
    last: int
    dose: float
    stop: str
    reason: str
    form: str
    adherence: str


@dataclass(frozen=True)
class Scored:
    """One total on one scale (an empty name is the PHQ-9)."""

    scale: str
    day: int
    value: int


@dataclass(frozen=True)
class Diagnosed:
    """One diagnosis; without an onset only its recording, or no day at all, is known."""

    code: str
    onset: int | None
    recorded: int | None
    abated: int | None
    status: str
    certainty: str


@dataclass(frozen=True)
class Treated:
    """One treatment that is not a drug."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True)
class Life:
    """Everything that is known of one invented person."""

    as_of: int
    born: str
    taken: tuple[Taken, ...]
    scores: tuple[Scored, ...]
    diagnoses: tuple[Diagnosed, ...]
    treatments: tuple[Treated, ...]


def written(day: int) -> str:
    """A day as charts write it."""
    return (FIRST_DAY + timedelta(days=day)).isoformat()


def chart_of(life: Life) -> Chart:
    """The chart that tells of a life."""
    return Chart(
        as_of=written(life.as_of),
        born=life.born,
        courses=tuple(_course(one) for one in life.taken),
        scores="; ".join(f"{one.scale} {written(one.day)} = {one.value}" for one in life.scores),
        conditions="; ".join(_condition(one) for one in life.diagnoses),
        treatments="; ".join(f"{one.kind} {written(one.first)} {written(one.last)}" for one in life.treatments),
        adherence="unknown",
    )


def _course(one: Taken) -> Course:
    step = DoseStep(written(one.first), written(one.last), f"{one.dose:g}")
    return Course(one.id, one.drug, (step,), one.stop, one.reason, one.form, one.adherence)


def _condition(one: Diagnosed) -> str:
    days = {"onset": one.onset, "recorded": one.recorded, "abated": one.abated}
    dated = (f"{word} {written(day)}" for word, day in days.items() if day is not None)
    return " ".join((one.code, *dated, one.status, one.certainty))


def _edges() -> st.SearchStrategy[int]:
    return st.sampled_from(EDGES)


@st.composite
def _taken(draw: st.DrawFn, number: int, before: Taken | None) -> Taken:
    """A record that most often follows the one before it, sometimes of the same drug, sometimes beside it."""
    again = [before.drug] if before else []
    drug = draw(st.sampled_from((*again, *ORAL, *MINIMUM)))
    after = before.last + 1 if before else 0
    away = draw(st.one_of(st.integers(0, 40), st.integers(-90, 20), _edges(), _edges().map(lambda days: -days)))
    first = max(0, draw(st.one_of(st.just(after + away), st.just(after + away), st.integers(0, 700))))
    length = draw(st.one_of(st.integers(40, 120), _edges(), st.integers(1, 200)))
    return Taken(
        id=f"{drug}-{number}",
        drug=drug,
        first=first,
        last=first + length - 1,
        dose=MINIMUM[drug] * draw(st.sampled_from((1, 1, 1, 2, 2, 0.5))),
        stop=draw(st.sampled_from(STOPS)),
        reason=draw(st.sampled_from(REASONS)),
        form=draw(st.sampled_from(("statement", "statement", "request"))),
        adherence=draw(st.sampled_from(ADHERENCE)),
    )


@st.composite
def _courses(draw: st.DrawFn) -> list[Taken]:
    found: list[Taken] = []
    for number in range(draw(st.sampled_from((4, 5, 6, 3, 2, 1, 0)))):
        found.append(draw(_taken(number, found[-1] if found else None)))
    return found


def _share() -> st.SearchStrategy[float]:
    return st.sampled_from((0.9, 0.8, 0.7, 0.6, 0.45, 0.375, 0.3, 0.2, 0.1))


@st.composite
def _scores_of(draw: st.DrawFn, one: Taken) -> list[Scored]:
    """Scores as a clinic takes them: before a drug, after weeks of it, and late."""
    scale = draw(st.sampled_from(tuple(SCALES)))
    before = draw(st.one_of(st.integers(-9, 0), st.sampled_from((-31, -30, -29, 6, 7, 8))))
    after = draw(st.one_of(st.integers(26, 60), st.integers(26, 42)))
    late = draw(st.one_of(st.integers(60, 160), _edges(), st.integers(13, 15).map(lambda days: one.last - one.first + days)))
    days = (one.first + before, one.first + after, one.first + late)
    shares = (draw(st.sampled_from((0.8, 0.6, 0.4))), draw(_share()), draw(_share()))
    found = [Scored(scale, day, round(SCALES[scale] * share)) for day, share in zip(days, shares, strict=True)]
    return found[: draw(st.sampled_from((2, 3, 1, 0)))]


@st.composite
def _scored(draw: st.DrawFn) -> Scored:
    scale = draw(st.sampled_from(tuple(SCALES)))
    return Scored(scale, draw(st.integers(0, 900)), round(SCALES[scale] * draw(_share())))


@st.composite
def _depression(draw: st.DrawFn, taken: list[Taken]) -> Diagnosed:
    near = [one.first + away for one in taken for away in (0, 13, 14, 15, 27, 28, 29, 30)]
    onset = draw(
        st.one_of(st.integers(-30, 5), st.integers(-30, 5), st.integers(-1500, 500), st.none(), st.sampled_from((0, *near)))
    )
    recorded = draw(st.one_of(st.none(), st.integers(-30, 500)))
    return Diagnosed(draw(st.sampled_from(CODES)), onset, recorded, None, "active", "confirmed")


@st.composite
def _any_diagnosis(draw: st.DrawFn) -> Diagnosed:
    onset = draw(st.one_of(st.none(), st.integers(-800, 600)))
    abated = None if onset is None else draw(st.one_of(st.none(), st.integers(onset, onset + 400)))
    status = draw(st.sampled_from(("remission", "resolved", "inactive"))) if abated is not None else "active"
    certainty = draw(st.sampled_from(("confirmed", "provisional")))
    return Diagnosed(draw(st.sampled_from((*CODES, *OTHER_CODES))), onset, None, abated, status, certainty)


@st.composite
def _treated(draw: st.DrawFn, scores: list[Scored]) -> Treated:
    near = [one.day - away for one in scores for away in (13, 14, 15)]
    first = max(0, draw(st.one_of(st.integers(0, 800), st.sampled_from((0, *near)))))
    return Treated(draw(st.sampled_from(("psychotherapy", "ect", "tms"))), first, first + draw(st.integers(0, 90)))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Any life of a few drugs, scores, diagnoses and treatments.

    No two records of one drug begin or end on one day, and no two scores lie on one day: which of them has the last word
    there has tests of its own.
    """
    taken = draw(_courses())
    scores = [score for one in taken if draw(st.booleans()) for score in draw(_scores_of(one))]
    scores += draw(st.lists(_scored(), max_size=3))
    diagnoses = [draw(_depression(taken)), *draw(st.lists(_any_diagnosis(), max_size=1))]
    ends = [one.last + away for one in taken for away in (-1, 0, 1, 363, 364, 365)]
    begun = _distinct(taken, lambda one: (one.drug, one.first))
    return Life(
        as_of=draw(st.one_of(st.integers(500, 1000), st.just(1100), st.sampled_from((1100, *ends)))),
        born=draw(st.sampled_from(("1980-06-15", "1980-06-15", "1962-03-01", "2004-05-05"))),
        taken=tuple(_distinct(begun, lambda one: (one.drug, one.last))),
        scores=tuple(_distinct(scores, lambda one: one.day)),
        diagnoses=tuple(diagnoses[draw(st.sampled_from((0, 0, 0, 0, 0, 1))) :]),
        treatments=tuple(_distinct(draw(st.lists(_treated(scores), max_size=2)), lambda one: one.kind)),
    )


def _distinct(found: list[Some], key: Callable[[Some], object]) -> list[Some]:
    return list({key(one): one for one in reversed(found)}.values())[::-1]
