"""A payer's list for esketamine: two classes and two augmentations of four weeks."""

import pytest

from tests.factory.judging import cell
from tests.factory.spec import spec
from tests.factory.table import rows

DRUGS = """
    drug         | from       | to         | mg/day | stop
    sertraline   | 2024-01-01 | 2024-02-11 | 100    | lack
    venlafaxine  | 2024-02-12 | 2024-12-30 | 225    | lack
    """
SCORES = "2024-02-12 = 20; 2024-03-25 = 20; 2024-04-15 = 20; 2024-05-26 = 19; 2024-08-01 = 20; 2024-09-11 = 19"
CASES = rows("""
    case                      | aripiprazole from | to         | lithium from | until      | answer
    two agents for four weeks | 2024-04-15        | 2024-05-12 | 2024-08-01   | 2024-08-28 | met 2/2
    one of them a day short   | 2024-04-15        | 2024-05-11 | 2024-08-01   | 2024-08-28 | not-met 2/2
    one agent                 | 2024-04-15        | 2024-05-12 |              |            | not-met 2/2
    no agent                  |                   |            |              |            | not-met 2/2
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Two classes of four weeks are not enough without two failed augmentations of four weeks each (qualchoice-esketamine)."""
    first = f"aripiprazole | {row['aripiprazole from']} | {row['to']} | 10 |" if row["to"] else ""
    second = f"lithium | {row['lithium from']} | {row['until']} | 900 |" if row["until"] else ""

    found = spec(f"{DRUGS}\n{first}\n{second}", scores=SCORES, criteria=("qualchoice-esketamine",))

    assert row["answer"] == cell(found, "qualchoice-esketamine")
