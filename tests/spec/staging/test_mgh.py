"""The staging of the Massachusetts General Hospital: points for failed trials and for how hard each was tried."""

import pytest

from tests.factory.judging import judge
from tests.factory.spec import spec
from tests.spec.staging.sessions import sessions
from tests.spec.staging.stages import staged
from tests.spec.vignettes.charts import CHARTS

SESSIONS = sessions("ect", 6)
AFTER = {"2024-11-20 = 4": "1", "2024-11-20 = 9": "4", "2024-12-20 = 4": "4", "2024-12 = 4": "1 to 4"}
POINTS_OF_VIGNETTES = {
    "V01 textbook": "3.5",
    "V02 same class twice": "4",
    "V03 not tolerated": "1",
    "V07 augmentation": "2.5",
    "V08 previous episode": "2",
    "V09 missing dose": "1 to 3",
    "V15 third too young": "4",
}


@pytest.mark.parametrize(("vignette", "points"), POINTS_OF_VIGNETTES.items(), ids=POINTS_OF_VIGNETTES)
def test_the_points_of_the_vignettes(vignette: str, points: str) -> None:
    """Every vignette has the points that were worked out by hand."""
    assert points == staged(judge(CHARTS[vignette]), "mgh-s").answer


def test_two_plain_failures_are_two_points() -> None:
    """A failed trial at the minimum dose, for no longer than needed, is one point."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-11 | 50     | lack
        paroxetine | 2024-02-12 | 2024-03-24 | 20     | lack
        """)
    assert "2" == staged(found, "mgh-s").answer


def test_each_way_of_trying_harder_adds_half_a_point() -> None:
    """A raised dose, a long trial and an agent added count half a point each: 2 + 1.5."""
    found = spec(
        """
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-04-07 | 200    | lack
        venlafaxine  | 2024-04-08 | 2024-06-15 | 150    | lack
        aripiprazole | 2024-05-19 | 2024-06-15 | 5      | lack
        """,
        scores="2024-04-08 = 20; 2024-05-19 = 19; 2024-06-15 = 18",
    )
    assert "3.5" == staged(found, "mgh-s").answer


def test_each_agent_that_failed_adds_half_a_point() -> None:
    """One trial with lithium and later aripiprazole, both known to have failed, is two points."""
    found = spec(
        """
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-03-09 | 50     | lack
        lithium      | 2024-01-01 | 2024-01-31 | 900    | lack
        aripiprazole | 2024-02-01 | 2024-03-09 | 5      | lack
        """,
    )
    assert "2" == staged(found, "mgh-s").answer


def test_an_agent_that_may_have_helped_only_raises_the_most() -> None:
    """One trial with two agents of which nobody knows how they worked has half a point for each at most."""
    found = spec("""
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-03-03 | 50     | lack
        lithium      | 2024-01-01 | 2024-02-04 | 900    |
        aripiprazole | 2024-02-05 | 2024-03-03 | 5      |
        """)
    assert "1 to 2" == staged(found, "mgh-s").answer


def test_every_way_and_ect_together() -> None:
    """Three plain failures, one raised, long and augmented, and a course of ECT: 3 + 2.5 + 3."""
    found = spec(
        """
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-02-11 | 50     | lack
        paroxetine   | 2024-02-12 | 2024-03-24 | 20     | lack
        fluoxetine   | 2024-03-25 | 2024-05-05 | 20     | lack
        venlafaxine  | 2024-05-06 | 2024-08-04 | 225    | lack
        aripiprazole | 2024-06-17 | 2024-08-04 | 5      | lack
        """,
        scores="2024-05-06 = 20; 2024-06-16 = 19; 2024-08-04 = 18",
        treatments=SESSIONS,
    )
    assert "8.5" == staged(found, "mgh-s").answer


def test_a_short_drug_stopped_for_side_effects_adds_nothing() -> None:
    """A drug stopped on day 10 for side effects is no failure; nine weeks of the next are one point."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-01-10 | 50     | nausea
        duloxetine | 2024-01-11 | 2024-03-14 | 60     | lack
        """)
    assert "1" == staged(found, "mgh-s").answer


def test_six_sessions_of_ect_add_three_points() -> None:
    """Six sessions in the episode are a course; a single record of ECT may be one, or one session (R-104)."""
    drug = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-11 | 50     | lack
        """
    assert ["4", "1 to 4"] == [staged(spec(drug, treatments=told), "mgh-s").answer for told in (SESSIONS, "ect 2024-11-04")]


def test_ect_that_brought_remission_adds_nothing() -> None:
    """ECT counts unless a score of remission follows the last session within 30 days (R-104)."""
    drug = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-11 | 50     | lack
        """
    after = {score: staged(spec(drug, treatments=SESSIONS, scores=score), "mgh-s").answer for score in AFTER}
    assert AFTER == after


def test_one_day_told_twice_is_one_session() -> None:
    """Six records of one day are one session: they may be a course only if other sessions went unrecorded."""
    drug = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-11 | 50     | lack
        """
    told = "; ".join(["ect 2024-11-04"] * 6)
    assert "1 to 4" == staged(spec(drug, treatments=told), "mgh-s").answer


def test_a_dose_raised_before_the_episode_is_not_sure_to_count() -> None:
    """Of a trial that straddles the onset, the days at a raised dose may all lie before it."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2023-12-10 | 2024-01-05 | 100    |
                   | 2024-01-06 | 2024-02-28 | 50     | lack
        """,
        conditions="F33.1 onset 2024-01-01",
        as_of="2024-04-01",
    )
    assert "1 to 1.5" == staged(found, "mgh-s").answer


def test_a_drug_taken_twice_counts_by_its_better_trial() -> None:
    """The same ingredient never counts twice: a plain trial and a long one are 1.5 points."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-11 | 50     | lack
        sertraline | 2024-06-01 | 2024-08-15 | 50     | lack
        """)
    assert "1.5" == staged(found, "mgh-s").answer


COMBINED = """
    drug       | from       | to         | mg/day | stop
    sertraline | 2024-01-01 | 2024-03-05 | 50     | lack
    bupropion  | {}         | 2024-10-31 | 300    | lack
    """


def test_a_vague_start_bounds_the_points_of_a_combination() -> None:
    """Whichever day of the month the second drug began, its points lie between those of the whole month."""
    vague = staged(spec(COMBINED.format("2024-01   ")), "mgh-s")
    assert vague.least is not None
    assert vague.most is not None
    for day in ("2024-01-01", "2024-01-10", "2024-01-20", "2024-01-31"):
        exact = staged(spec(COMBINED.format(day)), "mgh-s")
        assert exact.is_settled
        assert vague.least <= (exact.least or 0) <= vague.most


def test_the_ways_told_are_those_of_the_trial_that_gives_the_points() -> None:
    """Where the second trial of a drug was the better one, its raised dose and its length are what is told."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-11 | 50     | lack
        sertraline | 2024-06-01 | 2024-11-29 | 200    | lack
        """)
    (part,) = staged(found, "mgh-s").parts
    assert (2, "counts: dose raised, taken for long") == (part.least, part.because)
