"""The guideline of the US veterans: two adequate trials before magnetic stimulation."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                         | story                                          | answer
    two classes, six weeks each  | sertraline 42d lack; venlafaxine 42d lack      | met 2/2
    second: a day short          | sertraline 42d lack; venlafaxine 41d lack      | not-met 1/1
    one class, six weeks each    | sertraline 42d lack; fluoxetine 42d lack       | met 2/2
    second: half the dose needed | sertraline 42d lack; venlafaxine 75mg 42d lack | not-met 1/1
    second: 20 to 11, under half | sertraline 42d lack; venlafaxine 42d 20>11     | met 2/2
    second: 20 to 10, half       | sertraline 42d lack; venlafaxine 42d 20>10     | not-met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two drugs of six weeks count, of one class too; the guideline sets no number of its own (va-dod-2022)."""
    assert row["answer"] == answer("va-dod", row)
