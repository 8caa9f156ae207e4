"""A prediction from claims: three antidepressants, or one antipsychotic, in the 365 days up to the day of assessment."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                                    | story                                                              | answer
    three drugs, ten days each, at any dose | sertraline 25mg 10d; venlafaxine 37.5mg 10d; mirtazapine 7.5mg 10d | met 3/3
    the first last taken 365 days ago       | sertraline 25mg 1d; venlafaxine 37.5mg 10d; mirtazapine 7.5mg 10d  | not-met 2/2
    the first last taken 364 days ago       | sertraline 25mg 2d; venlafaxine 37.5mg 10d; mirtazapine 7.5mg 10d  | met 3/3
    two drugs                               | sertraline 60d lack; venlafaxine 60d lack                          | not-met 2/2
    one drug and an antipsychotic           | sertraline 30d; aripiprazole 1d                                    | met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Any dose on any day of the 365 counts, one day before them does not (cepeda-2018, R-121)."""
    assert row["answer"] == answer("cepeda", row)
