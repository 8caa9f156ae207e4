"""A study of primary-care prescriptions: two switches, each from a drug that lasted six weeks."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                              | story                                                      | answer
    two switches after six weeks each | sertraline 43d; venlafaxine 43d; mirtazapine 1d            | met 2/2
    the second a day short            | sertraline 43d; venlafaxine 42d; mirtazapine 1d            | not-met 1/1
    98 days from one to the next      | sertraline 43d; pause 97d; venlafaxine 43d; mirtazapine 1d | met 2/2
    99 days from one to the next      | sertraline 43d; pause 98d; venlafaxine 43d; mirtazapine 1d | not-met 1/1
    only two drugs                    | sertraline 60d lack; venlafaxine 60d lack                  | not-met 0/0
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """From the first to the last prescription lie 42 days, and no more than 98 to the next drug; the third may be short
    (fabbri-2021, R-126)."""
    assert row["answer"] == answer("fabbri", row)
