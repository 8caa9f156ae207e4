"""Invented charts for the laws: any few courses of a few drugs, any scores, any onset."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.factory.chart import Chart
from tests.factory.courses import Course, DoseStep

AS_OF = "2024-12-31"
FIRST_DAY = date(2023, 1, 1)
MINIMUM = {"sertraline": 50, "fluoxetine": 20, "venlafaxine": 150, "bupropion": 300, "mirtazapine": 15}
# Said more than once so that answers of every kind are common: most invented trials are adequate, and failed.
STOPS = ("lack", "lack", "lack", "lack", "", "partial", "intolerance", "remission", "other")
REASONS = ("F33.1", "F33.1", "", "", "", "", "F17.210")


def day(offset: int) -> str:
    """The day so many days after the first day of all charts."""
    return (FIRST_DAY + timedelta(days=offset)).isoformat()


def doses(drug: str) -> st.SearchStrategy[str]:
    """A dose at the minimum or above it, less often below it, across it, or unknown."""
    least = MINIMUM[drug]
    enough = [f"{least}", f"{2 * least}"]
    return st.sampled_from([*enough, *enough, *enough, f"{least / 2:g}", f"{least / 2:g}-{2 * least}", "?"])


@st.composite
def courses(
    draw: st.DrawFn,
    number: int,
    *,
    drug: str = "",
    earliest: int = 0,
    latest: int = 500,
    known: bool = False,
    stops: tuple[str, ...] = STOPS,
) -> Course:
    """One course; ``known`` courses state their dose exactly."""
    drug = drug or draw(st.sampled_from(sorted(MINIMUM)))
    start = draw(st.integers(earliest, latest))
    length = draw(st.one_of(st.integers(1, 150), st.integers(40, 150)))
    dose = draw(doses(drug).filter(lambda text: not known or text.isdigit()))
    reason = draw(st.sampled_from(REASONS))
    step = DoseStep(day(start), day(start + length - 1), dose)
    return Course(f"{drug}-{number}", drug, (step,), stop=draw(st.sampled_from(stops)), reason=reason)


def scores(*, at_most: int = 6) -> st.SearchStrategy[str]:
    """A few PHQ-9 totals on any days."""
    one = st.tuples(st.integers(-40, 700), st.integers(0, 27)).map(lambda pair: f"{day(pair[0])} = {pair[1]}")
    return st.lists(one, max_size=at_most, unique_by=lambda phrase: phrase[:10]).map("; ".join)


def onsets() -> st.SearchStrategy[str]:
    """A confirmed depression with a documented onset, most often before the first drug."""
    return st.one_of(st.integers(-60, 0), st.integers(-60, 300)).map(lambda offset: f"F33.1 onset {day(offset)}")


@st.composite
def charts(draw: st.DrawFn, *, with_scores: bool = True) -> Chart:
    """Any chart: up to four courses that may overlap, repeat and meet each other."""
    wanted = draw(st.sampled_from([2, 3, 4, 1, 0]))
    return Chart(
        as_of=AS_OF,
        conditions=draw(onsets()),
        scores=draw(scores()) if with_scores else "",
        courses=tuple(draw(courses(number)) for number in range(1, wanted + 1)),
        adherence=draw(st.sampled_from(["good", "good", "unknown", "poor"])),
    )


@st.composite
def successions(draw: st.DrawFn, *, with_scores: bool = False, stops: tuple[str, ...] = STOPS) -> Chart:
    """Charts in which different drugs follow one another, each dose known exactly, never two at once."""
    free = 0
    found: list[Course] = []
    for number, drug in enumerate(draw(st.permutations(sorted(MINIMUM)))[: draw(st.sampled_from([2, 3, 4, 1]))], start=1):
        course = draw(courses(number, drug=drug, earliest=free, latest=free + 40, known=True, stops=stops))
        free = (date.fromisoformat(course.end) - FIRST_DAY).days + 1
        found.append(course)
    return Chart(
        as_of="2026-12-31",
        conditions=draw(onsets()),
        scores=draw(scores()) if with_scores else "",
        courses=tuple(found),
    )
