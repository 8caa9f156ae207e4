"""The same study as read by a later program: every drug must last six weeks, the last one too."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                     | story                                            | answer
    three drugs of six weeks | sertraline 43d; venlafaxine 43d; mirtazapine 43d | met 2/2
    the third a day short    | sertraline 43d; venlafaxine 43d; mirtazapine 42d | not-met 1/1
    only two drugs           | sertraline 60d lack; venlafaxine 60d lack        | not-met 0/0
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """The drug switched to must last its 42 days itself (fabbri-reimplemented, R-126)."""
    assert row["answer"] == answer("fabbri-every-drug", row)
