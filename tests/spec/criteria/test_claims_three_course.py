"""The algorithm of claims studies: two adequate courses of six weeks, then the start of a third."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                                              | story                                                       | answer
    two courses of six weeks and the start of a third | sertraline 42d; venlafaxine 42d; mirtazapine 1d             | met 2/2
    the second a day short                            | sertraline 42d; venlafaxine 41d; mirtazapine 1d             | not-met 1/1
    no third                                          | sertraline 42d lack; venlafaxine 42d lack                   | not-met 2/2
    180 days between two courses                      | sertraline 42d; pause 180d; venlafaxine 42d; mirtazapine 1d | met 2/2
    181 days between two courses                      | sertraline 42d; pause 181d; venlafaxine 42d; mirtazapine 1d | not-met 1/1
    an augmentation is the third                      | sertraline 42d; venlafaxine 42d; aripiprazole 1mg 1d        | met 2/2
    the first at half the dose                        | sertraline 25mg 42d; venlafaxine 42d; mirtazapine 1d        | not-met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two courses of six weeks at the minimum dose, no more than 180 days apart, and then any third one (zhdanava-2021,
    R-120)."""
    assert row["answer"] == answer("claims-three-course", row)
