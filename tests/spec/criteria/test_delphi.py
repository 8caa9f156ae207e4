"""The Delphi consensus of 2022: two trials of four weeks with less than a quarter of improvement."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                                           | story                                       | answer
    second: 20 to 16, a fifth                      | sertraline 28d 20>16; venlafaxine 28d 20>16 | met 2/2
    second: 20 to 15, a quarter                    | sertraline 28d 20>16; venlafaxine 28d 20>15 | not-met 1/1
    second: 20 to 14, more                         | sertraline 28d 20>16; venlafaxine 28d 20>14 | not-met 1/1
    a reason alone cannot tell how much was gained | sertraline 28d lack; venlafaxine 28d lack   | indeterminate 0/2
    a day short of four weeks                      | sertraline 28d 20>16; venlafaxine 27d 20>16 | not-met 1/1
    two drugs of one class                         | sertraline 28d 20>16; fluoxetine 28d 20>16  | met 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two drugs count from four weeks on, and only if less than a quarter was gained; more is partial response
    (sforzini-2022)."""
    assert row["answer"] == answer("delphi", row)
