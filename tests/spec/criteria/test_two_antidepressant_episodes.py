"""The rule of a published package for notes: one antidepressant mentioned twice, then another one twice."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                   | story                                  | answer
    two drugs of 28 days   | sertraline 28d; venlafaxine 28d        | met 2/2
    the second a day short | sertraline 28d; venlafaxine 27d        | not-met 0/0
    the first a day short  | sertraline 27d; venlafaxine 28d        | not-met 0/0
    both at once           | sertraline 60d; venlafaxine 60d beside | not-met 0/0
    one drug               | sertraline 90d                         | not-met 0/0
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """The two mentions of a drug span 28 days, and the second drug is not mentioned inside the course of the first
    (cardinal-pythonlib, R-129)."""
    assert row["answer"] == answer("two-antidepressant-episodes", row)
