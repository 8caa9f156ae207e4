"""An algorithm on hospital records: a third different antidepressant is begun."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                        | story                                                      | answer
    three drugs, a day each     | sertraline 1d; venlafaxine 1d; mirtazapine 1d              | met 3/3
    two drugs                   | sertraline 60d lack; venlafaxine 60d lack                  | not-met 2/2
    the first again is no third | sertraline 10d; venlafaxine 10d; pause 60d; sertraline 10d | not-met 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Three different drugs, whenever, at any dose, for however long (mood-2026, R-123)."""
    assert row["answer"] == answer("mood", row)
