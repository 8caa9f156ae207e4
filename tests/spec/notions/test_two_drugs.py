"""Two antidepressants in time: switch, cross-taper, combination, and drugs that stand apart."""

import pytest

from fhir_trd.model.trials import Link
from fhir_trd.model.truth import Truth
from tests.factory.judging import cell, improvement, judgement, trial
from tests.factory.spec import spec


@pytest.mark.parametrize(
    ("start", "kind", "overlap", "alone"),
    [("2024-03-02", Link.SWITCH, 30, (91, 121)), ("2024-03-01", Link.COMBINATION, 31, (60, 91))],
)
def test_more_than_thirty_days_together_are_a_combination(start: str, kind: Link, overlap: int, alone: tuple[int, int]) -> None:
    """Thirty days of two adequate drugs are a cross-taper; from 31 days each drug counts only for its time alone."""
    found = spec(f"""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-03-31 | 100    | lack
        venlafaxine | {start}    | 2024-06-30 | 150    | lack
        """)
    first, second = trial(found, "sertraline"), trial(found, "venlafaxine")
    assert (second.relation.kind, second.relation.overlap_days.most) == (kind, overlap)
    assert (first.countable.least, second.countable.least) == alone
    assert cell(found) == "met 2/2"


def test_a_long_taper_at_a_low_dose_is_still_a_switch() -> None:
    """More than 30 days together, but no more than 30 with both at the minimum dose, are a switch with its overlap."""
    found = spec("""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-03-01 | 100    |
                    | 2024-03-02 | 2024-03-31 | 25     | lack
        venlafaxine | 2024-02-15 | 2024-06-30 | 150    | lack
        """)
    relation = trial(found, "venlafaxine").relation
    assert (relation.kind, relation.overlap_days.most) == (Link.SWITCH, 46)


def test_the_drug_that_outlasts_its_partner_counts_for_its_longer_time_alone() -> None:
    """If the first drug goes on after the second ends, it counts for the longer time alone, and the second not at all."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-08-31 | 100    | lack
        bupropion  | 2024-03-01 | 2024-05-31 | 300    | lack
        """)
    assert trial(found, "sertraline").countable.least == 92
    said = judgement(found, "bupropion")
    assert (said.answer, "combination" in said.reasons) == (Truth.NO, True)
    assert cell(found) == "not-met 1/1"


def test_two_drugs_begun_on_one_day_count_only_for_time_alone() -> None:
    """Of two drugs begun together only the one that goes on alone for long enough counts."""
    found = spec("""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-03-31 | 100    | lack
        venlafaxine | 2024-01-01 | 2024-06-30 | 150    | lack
        """)
    answers = judgement(found, "sertraline").answer, judgement(found, "venlafaxine").answer
    assert answers == (Truth.NO, Truth.YES)


def test_two_drugs_taken_together_throughout_make_no_trial() -> None:
    """Two drugs begun and ended together yield no trial at all."""
    found = spec("""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-06-30 | 100    | lack
        venlafaxine | 2024-01-01 | 2024-06-30 | 150    | lack
        """)
    assert cell(found) == "not-met 0/0"


@pytest.mark.parametrize("criteria", ["consensus", "fda", "ema", "delphi", "cigna-esketamine", "medicare-tms"])
def test_a_joint_period_after_an_inadequate_start_counts_nowhere(criteria: str) -> None:
    """If the first drug was not yet adequate when the second joined it, their joint time counts in none of the sets."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-04-30 | 100    | lack
        bupropion  | 2024-01-21 | 2024-04-30 | 300    | lack
        """)
    answers = {drug: judgement(found, drug, criteria) for drug in ("sertraline", "bupropion")}
    assert {drug: said.answer for drug, said in answers.items()} == {"sertraline": Truth.NO, "bupropion": Truth.NO}
    assert all("combination" in said.reasons for said in answers.values())


@pytest.mark.parametrize(("start", "kind"), [("2024-08-28", Link.SWITCH), ("2024-08-29", Link.SEPARATE)])
def test_half_a_year_without_a_drug_ends_a_switch(start: str, kind: Link) -> None:
    """A drug begun within 180 days after another is a switch; later it stands for itself."""
    found = spec(f"""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-02-29 | 100    | lack
        venlafaxine | {start}    | 2024-10-31 | 150    | lack
        """)
    assert trial(found, "venlafaxine").relation.kind == kind


@pytest.mark.parametrize(("until", "percent"), [("2024-03-03", 10.0), ("2024-03-04", None)])
def test_only_a_next_trial_of_two_weeks_closes_the_window(until: str, percent: float | None) -> None:
    """A score 20 days after a second drug began still tells of the first, if the second lasted less than 14 days."""
    found = spec(
        f"""
        drug        | from       | to         | mg/day
        sertraline  | 2024-01-01 | 2024-03-31 | 100
        mirtazapine | 2024-02-20 | {until}    | 30
        """,
        scores="2023-12-31 = 20; 2024-03-25 = 18",
    )
    assert improvement(found, "sertraline") == percent


def test_a_sleeping_dose_beside_it_changes_nothing() -> None:
    """Trazodone 50 mg at night is co-medication: no combination, and the sertraline counts in full."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-06-30 | 100    | lack
        trazodone  | 2024-02-01 | 2024-06-30 | 50     |
        """)
    assert trial(found, "trazodone").relation.kind == Link.CO_MEDICATION
    assert trial(found, "sertraline").countable.least == 182
