"""A payer's list for esketamine: three drugs of four weeks with less than a quarter of improvement, and an augmentation."""

import pytest

from tests.factory.judging import cell
from tests.factory.spec import spec
from tests.factory.table import rows

DRUGS = """
    drug         | from       | to         | mg/day | stop
    sertraline   | 2024-01-01 | 2024-02-11 | 100    | lack
    bupropion    | 2024-02-12 | 2024-03-24 | 300    | lack
    venlafaxine  | 2024-03-25 | 2024-12-30 | 225    | lack
    """
SCORES = "2024-01-01 = 20; 2024-02-11 = 19; 2024-03-24 = 19; 2024-05-05 = 19; 2024-06-15 = 20; 2024-07-26 = 19"
CASES = rows("""
    case                      | aripiprazole from | to         | lithium from | until | answer
    one agent for six weeks   | 2024-06-15        | 2024-07-26 |              |       | met 3/3
    the agent for four weeks  | 2024-06-15        | 2024-07-12 |              |       | met 3/3
    a day short of four weeks | 2024-06-15        | 2024-07-11 |              |       | not-met 3/3
    no agent                  |                   |            |              |       | not-met 3/3
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Three drugs of four weeks in a life, one of them in this episode, are not enough without a failed augmentation
    (bcbsnd-esketamine)."""
    first = f"aripiprazole | {row['aripiprazole from']} | {row['to']} | 10 |" if row["to"] else ""
    second = f"lithium | {row['lithium from']} | {row['until']} | 900 |" if row["until"] else ""

    found = spec(f"{DRUGS}\n{first}\n{second}", scores=SCORES, criteria=("bcbsnd-esketamine",))

    assert row["answer"] == cell(found, "bcbsnd-esketamine")
