"""The earliest event of a phenotype library: a further antidepressant, an antipsychotic after one, or esketamine."""

import pytest

from tests.factory.story import answer
from tests.factory.table import rows

CASES = rows("""
    case                    | story                                           | conditions             | answer
    three drugs, a day each | sertraline 1d; venlafaxine 1d; mirtazapine 1d   | F33.1 onset 2023-12-01 | met 3/3
    one drug                | sertraline 60d                                  | F33.1 onset 2023-12-01 | not-met 1/1
    then an antipsychotic   | sertraline 10d; aripiprazole 1d                 | F33.1 onset 2023-12-01 | met 1/1
    esketamine alone        | esketamine 84mg 1d                              | F33.1 onset 2023-12-01 | met 1/1
    365 days after it       | sertraline 50d; venlafaxine 50d; mirtazapine 1d | F33.1 onset 2023-04-11 | met 3/3
    366 days after it       | sertraline 50d; venlafaxine 50d; mirtazapine 1d | F33.1 onset 2023-04-10 | not-met 3/3
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """The event lies within 365 days of a diagnosis of depression (ohdsi-phenotypes, R-127)."""
    assert row["answer"] == answer("ohdsi-1009", row)
