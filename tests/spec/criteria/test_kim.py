"""A regional model: two treatments of 28 days in the episode; stimulation and seizure therapy count as treatments."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                   | story                                     | conditions             | answer
    two drugs of 28 days   | sertraline 28d lack; venlafaxine 28d lack |                        | met 2/2
    the second a day short | sertraline 28d; venlafaxine 27d           |                        | not-met 1/1
    first: before it       | sertraline 28d; venlafaxine 28d           | F33.1 onset 2024-01-20 | not-met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two different treatments, each begun after the one before, each drug for 28 days (kim-2020, R-124)."""
    assert row["answer"] == answer("kim", row)
