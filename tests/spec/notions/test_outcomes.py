"""Outcomes: which two scores tell how well a trial worked, and when none do."""

import pytest

from fhir_trd.model.trials import Outcome, Response
from tests.factory.judging import improvement, outcome, trial
from tests.factory.spec import spec

SERTRALINE = """
    drug       | from       | to         | mg/day
    sertraline | 2024-01-01 | 2024-05-31 | 100
    """


def outcome_of(scores: str, *, drugs: str = SERTRALINE, days: int = 42) -> Outcome:
    """The outcome of sertraline, taken from 1 January, under these scores."""
    return outcome(spec(drugs, scores=scores), "sertraline", days)


def percent_of(scores: str, *, drugs: str = SERTRALINE, days: int = 42) -> float | None:
    """The improvement of sertraline in percent."""
    return improvement(spec(drugs, scores=scores), "sertraline", days)


@pytest.mark.parametrize(
    ("last", "percent", "response"),
    [
        (22, -10.0, Response.NON_RESPONSE),
        (16, 20.0, Response.NON_RESPONSE),
        (15, 25.0, Response.PARTIAL),
        (11, 45.0, Response.PARTIAL),
        (10, 50.0, Response.RESPONSE),
        (5, 75.0, Response.RESPONSE),
        (4, 80.0, Response.REMISSION),
    ],
)
def test_the_change_from_baseline_names_the_response(last: int, percent: float, response: Response) -> None:
    """From 25 percent a trial worked partly, from 50 percent it worked; a total in the remission range is remission."""
    found = outcome_of(f"2023-12-31 = 20; 2024-03-01 = {last}")
    assert (found.improvement, found.response) == (percent, response)


def test_remission_needs_no_baseline() -> None:
    """A total in the remission range is remission, whatever was before."""
    assert outcome_of("2024-03-01 = 4").response == Response.REMISSION


@pytest.mark.parametrize(
    ("day", "percent"),
    [("2023-12-01", None), ("2023-12-02", 10.0), ("2024-01-08", 10.0), ("2024-01-09", None)],
)
def test_a_baseline_lies_near_the_start(day: str, percent: float | None) -> None:
    """A baseline lies between 30 days before and 7 days after the start."""
    assert percent_of(f"{day} = 20; 2024-03-01 = 18") == percent


@pytest.mark.parametrize("scores", ["2023-12-20 = 24; 2024-01-02 = 20", "2023-12-30 = 20; 2024-01-03 = 24"])
def test_the_nearest_score_is_the_baseline(scores: str) -> None:
    """Of several scores the one nearest to the start is the baseline, on ties the earlier."""
    assert percent_of(f"{scores}; 2024-03-01 = 18") == 10.0


@pytest.mark.parametrize("days", [28, 42])
@pytest.mark.parametrize(
    ("day", "percent"),
    [("2024-01-27", None), ("2024-01-28", 10.0), ("2024-04-21", 10.0), ("2024-04-22", None)],
)
def test_an_endpoint_lies_between_day_28_and_day_112(day: str, percent: float | None, days: int) -> None:
    """Scores from day 28 to day 112 at the minimum dose tell the outcome; for a six-week rule too, if there is none later."""
    assert percent_of(f"2023-12-31 = 20; {day} = 18", days=days) == percent


def test_a_six_week_rule_looks_from_day_42_where_it_can() -> None:
    """With scores on day 30 and day 70 a four-week rule sees the early response, a six-week rule only the later score."""
    scores = "2023-12-31 = 20; 2024-01-30 = 9; 2024-03-10 = 18"
    early, late = (outcome_of(scores, days=days).response for days in (28, 42))
    assert (early, late) == (Response.RESPONSE, Response.NON_RESPONSE)


@pytest.mark.parametrize(
    ("later", "percent"),
    [("2024-03-10 = 16", 20.0), ("2024-03-21 = 16", 20.0), ("2024-03-22 = 16", 55.0)],
)
def test_a_response_counts_unless_it_is_soon_contradicted(later: str, percent: float) -> None:
    """A response stands unless a later score within 30 days takes it back; then the last score decides."""
    assert percent_of(f"2023-12-31 = 20; 2024-02-20 = 9; {later}") == percent


def test_without_a_response_the_last_score_decides() -> None:
    """Of several scores below response the last one in the window is the endpoint."""
    assert percent_of("2023-12-31 = 20; 2024-03-01 = 12; 2024-04-01 = 15") == 25.0


@pytest.mark.parametrize(("day", "percent"), [("2024-03-14", 10.0), ("2024-03-15", None)])
def test_the_window_closes_two_weeks_after_the_end(day: str, percent: float | None) -> None:
    """A score up to 14 days after the last day still tells of the trial."""
    drugs = """
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-02-29 | 100
        """
    assert percent_of(f"2023-12-31 = 20; {day} = 18", drugs=drugs) == percent


@pytest.mark.parametrize(("day", "percent"), [("2024-03-24", 10.0), ("2024-03-25", None)])
def test_the_window_closes_two_weeks_after_the_next_drug_began(day: str, percent: float | None) -> None:
    """A score up to 14 days after the next antidepressant began still tells of the one before."""
    drugs = """
        drug        | from       | to         | mg/day
        sertraline  | 2024-01-01 | 2024-03-31 | 100
        venlafaxine | 2024-03-10 | 2024-06-30 | 150
        """
    assert percent_of(f"2023-12-31 = 20; {day} = 18", drugs=drugs) == percent


@pytest.mark.parametrize(("day", "percent"), [("2024-02-27", None), ("2024-02-28", 10.0)])
def test_days_are_counted_from_the_minimum_dose(day: str, percent: float | None) -> None:
    """Day 1 is the first day at the minimum dose, not the first day of the drug."""
    drugs = """
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-01-31 | 25
                   | 2024-02-01 | 2024-05-31 | 100
        """
    assert percent_of(f"2023-12-31 = 20; {day} = 18", drugs=drugs) == percent


@pytest.mark.parametrize(
    ("scores", "response", "because"),
    [
        ("2023-12-31 = 9; 2024-03-01 = 8", Response.UNKNOWN, "low_baseline"),
        ("2023-12-31 = 9; 2024-03-01 = 4", Response.REMISSION, ""),
        ("2023-12-31 = 20; MADRS 2024-03-01 = 30", Response.UNKNOWN, "outcome_unknown"),
        ("2023-12-31 = 20", Response.UNKNOWN, "outcome_unknown"),
        ("2023-12-31 = 20; 2024 = 18", Response.UNKNOWN, "outcome_unknown"),
        ("2023-12-31 = 20; 2024-03-01 = 18 preliminary", Response.UNKNOWN, "outcome_unknown"),
        ("2023-12-31 = 20; 2024-03-01 = 18 entered-in-error", Response.UNKNOWN, "outcome_unknown"),
        ("", Response.UNKNOWN, "outcome_unknown"),
    ],
)
def test_an_outcome_that_cannot_be_told_is_unknown(scores: str, response: Response, because: str) -> None:
    """A mild baseline, two scales, one score, a year or an unfinished score tell no outcome; remission is told anyway."""
    found = outcome_of(scores)
    assert found.response == response
    assert response != Response.UNKNOWN or found.because == because


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_finished_score_counts(status: str) -> None:
    """Final, amended and corrected scores count."""
    assert percent_of(f"2023-12-31 = 20; 2024-03-01 = 18 {status}") == 10.0


def test_another_scale_is_judged_on_its_own_terms() -> None:
    """Two totals of one clinician-rated scale tell the outcome as well."""
    found = outcome_of("MADRS 2023-12-31 = 30; MADRS 2024-03-01 = 20")
    assert (round(found.improvement or 0, 1), found.response) == (33.3, Response.PARTIAL)


@pytest.mark.parametrize(("later", "lost"), [(15, True), (14, True), (13, False)])
def test_losing_half_of_the_gain_is_a_loss_of_response(later: int, lost: bool) -> None:
    """After a response, a later score on the drug that gives back at least half of the gain is a loss of response."""
    found = trial(spec(SERTRALINE, scores=f"2023-12-31 = 20; 2024-02-29 = 8; 2024-05-15 = {later}"), "sertraline")
    assert (found.outcome_for(42).response, found.loss_of_response) == (Response.RESPONSE, lost)
