"""A payer's list for magnetic stimulation: two classes of four weeks, or not tolerated."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                                    | story                                            | answer
    two classes, four weeks each            | sertraline 28d lack; venlafaxine 28d lack        | met 2/2
    second: a day short                     | sertraline 28d lack; venlafaxine 27d lack        | not-met 1/1
    one class, four weeks each              | sertraline 28d lack; fluoxetine 28d lack         | not-met 1/1
    second: half the dose needed            | sertraline 28d lack; venlafaxine 75mg 28d lack   | not-met 1/1
    second: 20 to 11, under half            | sertraline 28d lack; venlafaxine 28d 20>11       | met 2/2
    second: 20 to 10, half                  | sertraline 28d lack; venlafaxine 28d 20>10       | not-met 1/1
    the second not tolerated after ten days | sertraline 28d lack; venlafaxine 10d intolerance | met 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two classes of four weeks count, and those not tolerated (connecticare-tms)."""
    assert row["answer"] == answer("connecticare-tms", row)
