"""What an answer leaves open: a fact settles no more than it tells."""

import pytest

from fhir_trd.assessment import explained
from tests.factory.judging import knowledge, verdict
from tests.factory.spec import spec
from tests.spec.explain.test_what_if import told

PAIR = (
    "dose of sertraline-1, dates of sertraline-1: adequate, as long as may be → met; adequate, as short as may be → not-met; "
    "too low, as long as may be → not-met; too low, as short as may be → not-met"
)


@pytest.mark.parametrize(
    ("end", "dose", "groups"),
    [
        ("?", "?", [PAIR]),
        ("?", "100", ["dates of sertraline-1: as long as may be → met; as short as may be → not-met"]),
        ("2024-03", "?", ["dose of sertraline-1: adequate → met; too low → not-met"]),
        ("2024-03-24", "?", ["dose of sertraline-1: adequate → met; too low → not-met"]),
    ],
)
def test_a_dose_alone_settles_nothing_where_the_end_is_missing_too(end: str, dose: str, groups: list[str]) -> None:
    """Dose and end are asked for together, unless the trial was long enough on any day on which it may have ended."""
    found = spec(f"""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-08 | {end}      | {dose} | lack
        bupropion  | 2024-03-25 | 2024-06-16 | 300    | lack
        """)
    assert groups == told(verdict(found).settled_by)


def test_a_dose_that_would_have_been_adequate_says_nothing_of_the_episode() -> None:
    """Of a low dose begun before the episode it stays open how many of its days would have counted."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2023-10-01 | 2024-01-20 | 25     | lack
        bupropion  | 2024-03-25 | 2024-06-16 | 300    | lack
        """,
        conditions="F33.1 onset 2023-12-20",
    )
    changed = told(verdict(explained(found, knowledge())).changed_by)
    assert ["dose of sertraline-1: adequate throughout → indeterminate"] == changed
