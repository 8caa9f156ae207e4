"""An international review of 2023: two antidepressants of six weeks that were taken."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                                | story                                          | adherence | answer
    two classes, six weeks each         | sertraline 42d lack; venlafaxine 42d lack      |           | met 2/2
    second: a day short                 | sertraline 42d lack; venlafaxine 41d lack      |           | not-met 1/1
    one class, six weeks each           | sertraline 42d lack; fluoxetine 42d lack       |           | met 2/2
    second: half the dose needed        | sertraline 42d lack; venlafaxine 75mg 42d lack |           | not-met 1/1
    second: 20 to 11, under half        | sertraline 42d lack; venlafaxine 42d 20>11     |           | met 2/2
    second: 20 to 10, half              | sertraline 42d lack; venlafaxine 42d 20>10     |           | not-met 1/1
    nobody says whether they were taken | sertraline 42d lack; venlafaxine 42d lack      | unknown   | indeterminate 0/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two drugs of six weeks count if it is on record that they were taken (mcintyre-2023)."""
    assert row["answer"] == answer("world-psychiatry", row)
