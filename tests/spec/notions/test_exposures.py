"""One drug in time: what joins records into a trial, and what parts them."""

import pytest

from fhir_trd.model.trials import Link
from tests.factory.chart import Chart
from tests.factory.judging import adequate, cell, judge, trial, trials
from tests.factory.spec import spec


def restarted(first_end: str) -> Chart:
    """Fluoxetine stopped on a day and resumed on 25 February, then mirtazapine."""
    return Chart(
        as_of="2023-07-20",
        conditions="F33.1 onset 2022-12-10",
        drugs=f"""
            drug        | from       | to          | mg/day | stop
            fluoxetine  | 2023-01-02 | {first_end} | 20     | other
            fluoxetine  | 2023-02-25 | 2023-04-30  | 20     | lack
            mirtazapine | 2023-05-01 | 2023-07-16  | 30     | lack
            """,
        scores="2023-01-02 = 18; 2023-04-20 = 15; 2023-07-15 = 14",
    )


@pytest.mark.parametrize(
    ("first_end", "longest"),
    [
        ("2023-02-10", 105),  # 14 days without supply: tolerated, not counted
        ("2023-02-09", 65),  # 15 days: the run begins again
        ("2023-01-25", 65),  # 30 days: still one trial
    ],
)
def test_a_break_inside_a_trial_is_tolerated_for_fourteen_days(first_end: str, longest: int) -> None:
    """A break of up to 14 days stays inside the adequate run, a longer one begins a new run; up to 30 days it is one trial."""
    assert adequate(judge(restarted(first_end)), "fluoxetine") == (longest, longest)


def test_more_than_thirty_days_without_supply_make_a_restart() -> None:
    """After 31 days without supply the same drug is a new exposure, marked as a restart."""
    first, second = trials(judge(restarted("2023-01-24")), "fluoxetine")
    assert ((first.adequate.most, second.adequate.most), second.relation.kind) == ((23, 65), Link.RESTART)


@pytest.mark.parametrize("first_end", ["2023-02-10", "2023-02-09", "2023-01-24"])
def test_a_restart_is_never_a_second_drug(first_end: str) -> None:
    """However long the pause, fluoxetine counts once."""
    found = judge(restarted(first_end))
    assert (cell(found, "consensus"), cell(found, "fda")) == ("met 2/2", "met 2/2")


@pytest.mark.parametrize(("again", "kind"), [("2024-07-30", Link.RESTART), ("2024-07-31", Link.SEPARATE)])
def test_half_a_year_apart_is_a_new_context(again: str, kind: Link) -> None:
    """The same drug after up to 180 days without it is a restart; after more it stands for itself."""
    found = spec(f"""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-01-31 | 100
        sertraline | {again}    | 2024-09-30 | 100
        """)
    assert trials(found, "sertraline")[1].relation.kind == kind


@pytest.mark.parametrize(
    ("low_until", "again", "last", "days"),
    [("2024-02-03", "2024-02-04", "2024-02-25", 42), ("2024-02-04", "2024-02-05", "2024-02-26", 22)],
)
def test_a_dip_below_the_minimum_is_a_break(low_until: str, again: str, last: str, days: int) -> None:
    """Fourteen days at a low dose are tolerated but not counted; fifteen begin the run again."""
    found = spec(f"""
        drug       | from       | to          | mg/day
        sertraline | 2024-01-01 | 2024-01-20  | 100
                   | 2024-01-21 | {low_until} | 25
                   | {again}    | {last}      | 100
        """)
    assert adequate(found, "sertraline") == (days, days)


def test_a_pause_is_not_counted() -> None:
    """Days on hold lie inside the trial and are not days at the minimum dose."""
    found = spec("""
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-01 | 2024-01-31 | 100    |
        sertraline | 2024-02-01 | 2024-02-10 | 100    | on-hold
        sertraline | 2024-02-11 | 2024-03-10 | 100    |
        """)
    assert adequate(found, "sertraline") == (60, 60)


def test_early_refills_are_used_up_later() -> None:
    """Two fills of 30 days, the second five days early, cover 60 days."""
    found = spec("""
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-01 | 2024-01-30 | 100    | dispense 30
        sertraline | 2024-01-26 | 2024-02-24 | 100    | dispense 30
        """)
    assert adequate(found, "sertraline") == (60, 60)


def test_a_brand_is_the_same_drug() -> None:
    """A change from the generic name to a brand is the same trial."""
    found = spec("""
        drug       | from       | to         | mg/day | by
        sertraline | 2024-01-01 | 2024-01-31 | 100    | rxnorm
        Zoloft     | 2024-02-01 | 2024-02-29 | 100    | text
        """)
    assert adequate(found, "sertraline") == (60, 60)


def test_two_failures_of_one_drug_count_once() -> None:
    """The same ingredient never counts twice, whatever the criteria ask for."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
        sertraline | 2024-06-01 | 2024-08-31 | 100    | lack
        """)
    assert (cell(found, "consensus"), cell(found, "fda")) == ("not-met 1/1", "not-met 1/1")


def test_the_best_exposure_speaks_for_the_drug() -> None:
    """A drug first not tolerated and later taken long enough without success counts."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-01-10 | 100    | intolerance
        sertraline | 2024-04-01 | 2024-06-30 | 100    | lack
        """)
    assert cell(found) == "not-met 1/1"


def test_an_enantiomer_is_another_drug_of_the_same_class() -> None:
    """Citalopram and escitalopram are two drugs and one class, and the pair is noted."""
    found = spec("""
        drug         | from       | to         | mg/day | stop
        citalopram   | 2024-01-01 | 2024-03-31 | 20     | lack
        escitalopram | 2024-04-01 | 2024-06-30 | 10     | lack
        """)
    assert (cell(found, "consensus"), cell(found, "fda")) == ("not-met 1/1", "met 2/2")
    noted = {note for drug in ("citalopram", "escitalopram") for note in trial(found, drug).notes + trial(found, drug).drug.notes}
    assert "enantiomer_or_metabolite_pair" in noted


@pytest.mark.parametrize(
    ("end", "answer"),
    [("2023-07-01", "met 2/2"), ("2023-10-20", "not-met 1/1"), ("2023", "indeterminate 1/2")],
)
def test_courses_that_only_may_touch_are_not_surely_one(end: str, answer: str) -> None:
    """A failed course whose end is known to the year may be apart from a later, successful one: neither is taken for granted."""
    found = spec(
        f"""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2023-02-01 | {end}      | 100    | lack
        sertraline  | 2023-11-01 | 2024-02-29 | 100    | remission
        venlafaxine | 2024-03-10 | 2024-06-30 | 150    | lack
        """,
        conditions="F33.1 onset 2023-01-10",
    )
    assert cell(found) == answer
