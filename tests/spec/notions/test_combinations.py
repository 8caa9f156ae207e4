"""Combination counting: what the joint days of two antidepressants are worth to a set that counts them, and to all others."""

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.chart import Chart
from tests.factory.judging import cell, judge, judgement, varied
from tests.factory.spec import MDD
from tests.factory.table import rows

COUNTED = varied("fda", combination_counts=True)

CASES = rows("""
    sertraline              | bupropion               | plain        | counted
    2024-01-01 - 2024-06-30 | 2024-03-01 - 2024-06-30 | not-met 1/1  | met 2/2
    2024-01-01 - 2024-04-30 | 2024-01-21 - 2024-04-30 | not-met 0/0  | not-met 1/1
    2024-01-01 - 2024-04-30 | 2024-01-01 - 2024-04-30 | not-met 0/0  | not-met 1/1
    2024-01-01 - 2024-03-31 | 2024-03-01 - 2024-06-30 | met 2/2      | met 2/2
    2024-01-01 - 2024-08-31 | 2024-03-01 - 2024-05-31 | not-met 1/1  | met 2/2
    """)


def both(row: dict[str, str], conditions: str = MDD) -> Chart:
    """Two drugs that failed, in the days of a row."""
    (a, b), (c, d) = (row[name].split(" - ") for name in ("sertraline", "bupropion"))
    return Chart(
        as_of="2024-12-31",
        conditions=conditions,
        drugs=f"""
        drug       | from | to  | mg/day | stop
        sertraline | {a}  | {b} | 100    | lack
        bupropion  | {c}  | {d} | 300    | lack
        """,
    )


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['sertraline']}, {row['bupropion']}")
def test_a_joint_period_counts_once_where_a_set_counts_it(row: dict[str, str]) -> None:
    """The joint days are one trial, that of the later drug, under a set that counts combinations, and none under the others."""
    plain, counted = judge(both(row), criteria=("fda",)), judge(both(row), criteria=("fda",), known=COUNTED)
    assert (cell(plain, "fda"), cell(counted, "fda")) == (row["plain"], row["counted"])


def test_joint_days_of_a_combination_that_straddles_the_onset_are_open() -> None:
    """Which of the joint days lie in the episode is not counted apart: the later drug is neither sure nor out."""
    row = {"sertraline": "2023-01-01 - 2024-06-30", "bupropion": "2023-10-20 - 2024-06-30"}
    found = judge(both(row, "F33.1 onset 2023-11-10"), criteria=("fda",), known=COUNTED)
    assert judgement(found, "bupropion", "fda").answer == Truth.MAYBE
