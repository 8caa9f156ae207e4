"""Days, counts and scores look as certain as they are, and no more."""

from datetime import date

import pytest

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import LONG_AGO, Days, When, on
from fhir_trd.model.records import Score
from fhir_trd.model.trials import Outcome, Response
from fhir_trd.report.figures import between, day, days, dose, number, outcome


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (on(date(2024, 3, 1)), "2024-03-01"),
        (When(date(2024, 2, 1), date(2024, 2, 29)), "2024-02"),
        (When(date(2023, 2, 1), date(2023, 2, 28)), "2023-02"),
        (When(date(2021, 1, 1), date(2021, 12, 31)), "2021"),
        (When(date(2021, 1, 5), date(2021, 12, 31)), "2021-01-05…2021-12-31"),
        (When(date(2021, 1, 1), date(2022, 12, 31)), "2021-01-01…2022-12-31"),
        (When(LONG_AGO, date(2024, 3, 1)), "by 2024-03-01"),
        (When(date(2024, 3, 1), date.max), "from 2024-03-01"),
        (When(LONG_AGO, date.max), "not known"),
    ],
)
def test_a_day_is_shown_as_exactly_as_it_is_known(when: When, shown: str) -> None:
    """A year is shown as a year, a month as a month, an open end as open."""
    assert shown == day(when)


@pytest.mark.parametrize(("value", "shown"), [(100.0, "100"), (37.5, "37.5"), (0.25, "0.2"), (-12.0, "-12")])
def test_a_number_has_no_needless_zeros(value: float, shown: str) -> None:
    """Whole numbers are shown without a point, others with one decimal."""
    assert shown == number(value)


def test_a_count_shows_both_bounds_where_they_differ() -> None:
    """A certain count is one number, an uncertain one two."""
    assert ("61", "0–91", "1–2") == (days(Days(61, 61)), days(Days(0, 91)), between(1, 2))


def test_an_unknown_dose_is_never_zero() -> None:
    """A dose nobody recorded is called unknown."""
    assert ("unknown", "37.5 mg") == (dose(None), dose(37.5))


def score(value: float) -> Score:
    """A PHQ-9 total."""
    return Score(origin=Origin("Observation/1"), scale="phq-9", value=value, when=on(date(2024, 1, 1)))


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (
            Outcome(
                opens_on=1, response=Response.NON_RESPONSE, because="", improvement=15.0, baseline=score(20), endpoint=score(17)
            ),
            "no response (PHQ-9 20 → 17, 15 % better)",
        ),
        (
            Outcome(opens_on=1, response=Response.UNKNOWN, because="low_baseline", baseline=score(6), endpoint=score(5)),
            "unknown (PHQ-9 6 → 5, first score too low for a percentage)",
        ),
        (Outcome(opens_on=1, response=Response.REMISSION, because="", endpoint=score(3)), "remission (PHQ-9 3)"),
        (Outcome(opens_on=1, response=Response.UNKNOWN, because="outcome_unknown"), "unknown (outcome not recorded)"),
    ],
)
def test_an_outcome_shows_the_scores_it_rests_on(found: Outcome, shown: str) -> None:
    """An outcome is a word, with the scores or the reason behind it."""
    assert shown == outcome(found)
