"""The European research group: two trials of four weeks, and a MADRS of 22 or more after them."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                         | story                                          | scores              | answer
    two classes, four weeks each | sertraline 28d lack; venlafaxine 28d lack      | MADRS 2024-12-20=22 | met 2/2
    second: a day short          | sertraline 28d lack; venlafaxine 27d lack      | MADRS 2024-12-20=22 | not-met 1/1
    one class, four weeks each   | sertraline 28d lack; fluoxetine 28d lack       | MADRS 2024-12-20=22 | met 2/2
    second: half the dose needed | sertraline 28d lack; venlafaxine 75mg 28d lack | MADRS 2024-12-20=22 | not-met 1/1
    MADRS 21 after them          | sertraline 28d lack; venlafaxine 28d lack      | MADRS 2024-12-20=21 | not-met 2/2
    no MADRS                     | sertraline 28d lack; venlafaxine 28d lack      |                     | indeterminate 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two drugs of four weeks count, of one class too, while the latest MADRS is 22 or more; without a MADRS it stays open
    (gsrd-2018)."""
    assert row["answer"] == answer("gsrd", row)
