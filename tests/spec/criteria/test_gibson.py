"""A claims study: the points of a staging, given to adequate courses of two years whatever became of them."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                          | story                                                                       | answer
    four plain courses            | sertraline 42d; venlafaxine 42d; bupropion 42d; mirtazapine 42d             | met 4/4
    three plain courses           | sertraline 42d; venlafaxine 42d; bupropion 42d                              | not-met 3/3
    three plain and one too short | sertraline 42d; venlafaxine 42d; bupropion 42d; mirtazapine 41d             | not-met 3/3
    two raised and long courses   | sertraline 100mg 70d; venlafaxine 225mg 70d                                 | met 4/4
    three and a half points       | sertraline 100mg 70d; venlafaxine 225mg 69d                                 | not-met 3/3
    one long ago                  | sertraline 42d; pause 650d; venlafaxine 42d; bupropion 42d; mirtazapine 42d | not-met 3/3
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """More than 3.5 points in 24 months meet it; how a drug worked is not asked (gibson-2010, R-106)."""
    day = "2026-06-01" if "pause" in row["story"] else "2024-12-31"
    assert row["answer"] == answer("gibson", {**row, "as_of": day})
