"""A superseded coverage rule of Medicare: two classes, or not tolerated, and psychotherapy that failed."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                         | story                                                                | answer
    two classes, six weeks each  | sertraline 42d lack; venlafaxine 42d lack; psychotherapy 60d         | indeterminate 2/2
    second: a day short          | sertraline 42d lack; venlafaxine 41d lack; psychotherapy 60d         | not-met 1/1
    one class, six weeks each    | sertraline 42d lack; fluoxetine 42d lack; psychotherapy 60d          | not-met 1/1
    second: half the dose needed | sertraline 42d lack; venlafaxine 75mg 42d lack; psychotherapy 60d    | not-met 1/1
    no psychotherapy             | sertraline 42d lack; venlafaxine 42d lack                            | indeterminate 2/2
    psychotherapy before         | sertraline 42d lack; venlafaxine 42d lack; earlier psychotherapy 60d | indeterminate 2/2
    second: not tolerated        | sertraline 42d lack; venlafaxine 10d intolerance; psychotherapy 60d  | indeterminate 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two classes of six weeks count, or those not tolerated; no record tells how psychotherapy went, so that a person is
    asked (medicare-lcd-l37086)."""
    assert row["answer"] == answer("lcd-l37086", row)
