"""A payer's list for esketamine: two classes of six weeks with at most a quarter of improvement."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                        | story                                       | answer
    second: 20 to 15, a quarter | sertraline 42d 20>16; venlafaxine 42d 20>15 | met 2/2
    second: 20 to 14, more      | sertraline 42d 20>16; venlafaxine 42d 20>14 | not-met 1/1
    a reason alone              | sertraline 42d lack; venlafaxine 42d lack   | indeterminate 0/2
    second: a day short         | sertraline 42d 20>16; venlafaxine 41d 20>16 | not-met 1/1
    two drugs of one class      | sertraline 42d 20>16; fluoxetine 42d 20>16  | not-met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two classes of six weeks count, and exactly a quarter is still too little; a reason alone stays open (cigna-
    esketamine)."""
    assert row["answer"] == answer("cigna-esketamine", row)
