"""The European indication of esketamine: two treatments in a moderate to severe episode."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                         | story                                                | conditions             | answer
    two classes, six weeks each  | sertraline 42d lack; venlafaxine 42d lack            |                        | met 2/2
    second: a day short          | sertraline 42d lack; venlafaxine 41d lack            |                        | not-met 1/1
    one class, six weeks each    | sertraline 42d lack; fluoxetine 42d lack             |                        | met 2/2
    second: half the dose needed | sertraline 42d lack; venlafaxine 75mg 42d lack       |                        | not-met 1/1
    second: 20 to 11, under half | sertraline 42d lack; venlafaxine 42d 20>11           |                        | met 2/2
    first: before it             | sertraline 42d lack; pause 60d; venlafaxine 42d lack | F33.1 onset 2024-03-20 | not-met 1/1
    confirmed bipolar            | sertraline 42d lack; venlafaxine 42d lack            | F33.1; F31.81          | excluded 0/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two drugs of six weeks count, of one class too; how severe it is stands on the checklist (spravato-eu-label)."""
    assert row["answer"] == answer("eu-esketamine", row)
