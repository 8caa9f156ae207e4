"""A register study: the second change of antidepressant within a year of the diagnosis."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case              | story                                              | conditions                         | answer
    two changes       | sertraline 10d; venlafaxine 10d; mirtazapine 10d   | F33.1 onset 2023-12-01             | met 2/2
    second on day 365 | sertraline 100d; venlafaxine 100d; mirtazapine 10d | F33.1 onset 2023-07-20             | met 2/2
    second on day 366 | sertraline 100d; venlafaxine 100d; mirtazapine 10d | F33.1 onset 2023-07-19             | not-met 1/1
    one change        | sertraline 60d lack; venlafaxine 60d lack          | F33.1 onset 2023-12-01             | not-met 1/1
    suspected         | sertraline 10d; venlafaxine 10d; mirtazapine 10d   | F33.1 onset 2023-12-01 provisional | not-met 0/0
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Both changes lie within 365 days of the first diagnosis; how long each drug lasted is not asked (gronemann-2021,
    R-125)."""
    assert row["answer"] == answer("gronemann", row)
