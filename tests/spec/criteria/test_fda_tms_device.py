"""What devices for magnetic stimulation are cleared for: one antidepressant without response."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                                  | story                      | answer
    one drug, six weeks                   | sertraline 42d lack        | met 1/1
    one drug, a day short of six weeks    | sertraline 41d lack        | not-met 0/0
    not tolerated after ten days          | sertraline 10d intolerance | not-met 0/0
    improved by half (20 to 10)           | sertraline 42d 20>10       | not-met 0/0
    improved by less than half (20 to 11) | sertraline 42d 20>11       | met 1/1
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """One drug of six weeks that brought no response is enough; intolerance is not (fda-tms-clearance, R-157)."""
    assert row["answer"] == answer("fda-tms-device", row)
