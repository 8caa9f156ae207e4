"""A register study: three treatments of 28 days in the episode."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                   | story                                            | answer
    three drugs of 28 days | sertraline 28d; venlafaxine 28d; mirtazapine 28d | met 3/3
    the third a day short  | sertraline 28d; venlafaxine 28d; mirtazapine 27d | not-met 2/2
    two drugs              | sertraline 60d lack; venlafaxine 60d lack        | not-met 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Three different drugs, each begun after the one before, each for 28 days (lundberg-2023, R-124)."""
    assert row["answer"] == answer("lundberg", row)
