"""Vagus nerve stimulation under Medicare, in studies: four treatments that failed in the episode."""

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.judging import judge, verdict
from tests.factory.story import answer, chart_of
from tests.factory.table import rows

CASES = rows("""
    case                   | story                                                                                 | answer
    four drugs             | sertraline 42d lack; venlafaxine 42d lack; bupropion 42d lack; mirtazapine 42d lack   | met 4/4
    three drugs            | sertraline 42d lack; venlafaxine 42d lack; bupropion 42d lack                         | not-met 3/3
    four, one a day short  | sertraline 42d lack; venlafaxine 42d lack; bupropion 42d lack; mirtazapine 41d lack   | not-met 3/3
    one of them twice      | sertraline 42d lack; venlafaxine 42d lack; bupropion 42d lack; sertraline 42d lack    | not-met 3/3
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_where_the_line_is_drawn(row: dict[str, str]) -> None:
    """Four different medicines that failed in the episode are needed (medicare-ncd-160-18, recalled, R-156)."""
    assert row["answer"] == answer("ncd-160-18", row)


def test_the_tool_and_the_study_are_asked_for() -> None:
    """Which tool measured the failures, and which study, no record tells: both lines stay open and do not decide."""
    said = verdict(judge(chart_of(CASES[0]), criteria=("ncd-160-18",)), "ncd-160-18")
    lines = {finding.rule: (finding.truth, finding.informs_only) for finding in said.findings}
    assert (Truth.MAYBE, True) == lines["dedicated-tool"] == lines["approved-study"]
