"""The European staging method: weeks of failed trials of different classes."""

import pytest

from tests.factory.judging import judge
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


def test_a_dose_nobody_recorded_leaves_the_stage_open() -> None:
    """A trial that may have failed only raises the most."""
    found = staged(judge(chart_of({"story": CASES[3]["story"], "adherence": "unknown"})), "european")
    assert "TRD1" == found.answer
