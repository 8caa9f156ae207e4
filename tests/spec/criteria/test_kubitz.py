"""A claims study: two regimens left for another, antipsychotics among them."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                    | story                                                      | conditions             | answer
    three drugs, a day each | sertraline 1d; venlafaxine 1d; mirtazapine 1d              |                        | met 3/3
    two drugs               | sertraline 60d lack; venlafaxine 60d lack                  |                        | not-met 2/2
    with an antipsychotic   | sertraline 28d lack; venlafaxine 28d lack; aripiprazole 1d |                        | met 3/3
    first: before it        | sertraline 10d; venlafaxine 10d; mirtazapine 10d           | F33.1 onset 2024-01-05 | not-met 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Three different drugs begun in the episode stand for two regimens that failed (kubitz-2013, R-122)."""
    assert row["answer"] == answer("kubitz", row)
