"""The Canadian consensus of 2021: two antidepressants with less than half of improvement."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                         | story                                          | answer
    two classes, four weeks each | sertraline 28d lack; venlafaxine 28d lack      | met 2/2
    second: a day short          | sertraline 28d lack; venlafaxine 27d lack      | not-met 1/1
    one class, four weeks each   | sertraline 28d lack; fluoxetine 28d lack       | met 2/2
    second: half the dose needed | sertraline 28d lack; venlafaxine 75mg 28d lack | not-met 1/1
    second: 20 to 11, under half | sertraline 28d lack; venlafaxine 28d 20>11     | met 2/2
    second: 20 to 10, half       | sertraline 28d lack; venlafaxine 28d 20>10     | not-met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two drugs of four weeks count, of one class too, if less than half was gained (rybak-2021)."""
    assert row["answer"] == answer("canada", row)
