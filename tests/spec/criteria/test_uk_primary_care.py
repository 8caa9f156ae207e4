"""A British study of 2013: one antidepressant of six weeks that was taken, and a BDI-II of 14 or more."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                             | story               | scores                 | adherence | answer
    one drug, six weeks, BDI-II 14   | sertraline 42d lack | BDI-II 2024-02-11 = 14 | good      | met 1/1
    BDI-II 13 is remission           | sertraline 42d lack | BDI-II 2024-02-11 = 13 | good      | not-met 0/0
    no BDI-II                        | sertraline 42d lack |                        | good      | indeterminate 1/1
    a day short of six weeks         | sertraline 41d lack | BDI-II 2024-02-11 = 14 | good      | not-met 0/0
    nobody says whether it was taken | sertraline 42d lack | BDI-II 2024-02-11 = 14 | unknown   | indeterminate 0/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """One drug of six weeks counts if it was taken and the latest BDI-II is 14 or more (thomas-2013)."""
    assert row["answer"] == answer("uk-primary-care", row)
