"""A payer's list for esketamine: two classes of eight weeks, and augmentation or psychotherapy."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                          | story                                                                | answer
    two classes, eight weeks each | sertraline 56d lack; venlafaxine 56d lack; psychotherapy 60d         | met 2/2
    second: a day short           | sertraline 56d lack; venlafaxine 55d lack; psychotherapy 60d         | not-met 1/1
    one class, eight weeks each   | sertraline 56d lack; fluoxetine 56d lack; psychotherapy 60d          | not-met 1/1
    second: half the dose needed  | sertraline 56d lack; venlafaxine 75mg 56d lack; psychotherapy 60d    | not-met 1/1
    no psychotherapy              | sertraline 56d lack; venlafaxine 56d lack                            | indeterminate 2/2
    psychotherapy before          | sertraline 56d lack; venlafaxine 56d lack; earlier psychotherapy 60d | indeterminate 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two classes of eight weeks count if augmentation or psychotherapy in the episode is on record too (carefirst-
    esketamine)."""
    assert row["answer"] == answer("carefirst-esketamine", row)
