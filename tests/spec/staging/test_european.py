"""The European staging method: weeks of failed trials of different classes."""

import pytest

from tests.factory.judging import judge
from tests.factory.spec import spec
from tests.factory.story import chart_of
from tests.factory.table import rows
from tests.spec.staging.stages import staged

CASES = rows("""
    case                             | story                                                         | stage
    nothing failed                   | sertraline 10d nausea                                         | no failed trial
    one class, 8 weeks               | sertraline 56d lack                                           | non-responder
    two drugs of one class, 8 and 10 | sertraline 56d lack; escitalopram 70d lack                    | non-responder
    two classes, 6 and 6 weeks       | sertraline 42d lack; venlafaxine 42d lack                     | TRD1
    two classes, 8 and 10 weeks      | sertraline 56d lack; venlafaxine 70d lack                     | TRD2
    three trials, 8, 8 and 10 weeks  | sertraline 56d lack; venlafaxine 56d lack; bupropion 70d lack | TRD3
    three trials, 10 weeks each      | sertraline 70d lack; venlafaxine 70d lack; bupropion 70d lack | TRD4
    three trials, 12 weeks each      | sertraline 84d lack; venlafaxine 84d lack; bupropion 84d lack | TRD5
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_the_stage_by_classes_and_weeks(row: dict[str, str]) -> None:
    """The highest stage whose weeks are reached holds, if two classes failed (R-105)."""
    assert row["stage"] == staged(judge(chart_of(row)), "european").answer


CHRONIC = """
    drug         | from       | to         | mg/day | stop
    sertraline   | 2024-01-01 | 2024-02-29 | 50     | lack
    venlafaxine  | 2024-03-01 | 2024-06-15 | 150    | lack
    aripiprazole | 2024-04-20 | 2024-06-15 | 5      | {stop}
    """


@pytest.mark.parametrize(
    ("as_of", "after", "stage"),
    [("2025-01-15", "18", "CRD"), ("2024-12-15", "18", "TRD2"), ("2025-01-15", "", "TRD2 to CRD")],
)
def test_a_year_in_spite_of_an_augmentation_is_chronic(as_of: str, after: str, stage: str) -> None:
    """Chronic needs a year since the first failed trial began, and an augmentation in vain; one that may be raises the most."""
    scores = f"2024-03-01 = 20; 2024-04-20 = 19; 2024-06-15 = {after}" if after else ""
    found = spec(CHRONIC.format(stop=""), scores=scores, as_of=as_of)
    assert stage == staged(found, "european").answer


def test_unknown_adherence_leaves_the_stage_as_it_is() -> None:
    """The terms by which a trial fails here do not ask for adherence to be affirmed."""
    assert "TRD1" == staged(judge(chart_of({"story": CASES[3]["story"], "adherence": "unknown"})), "european").answer


def test_a_dose_nobody_recorded_leaves_the_stage_open() -> None:
    """A trial that may have failed only raises the most."""
    found = spec("""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-08 | 2024-02-18 |        | lack
        venlafaxine | 2024-02-19 | 2024-04-15 | 225    | lack
        """)
    assert "non-responder to TRD1" == staged(found, "european").answer
