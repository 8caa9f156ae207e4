"""One patient under two criteria sets that answer otherwise: the rule that makes the difference, found by judging again."""

import pytest

from fhir_trd.assessment import all_usable, compare
from fhir_trd.model.comparing import Change, Comparison
from fhir_trd.model.verdicts import Result
from tests.factory.judging import judge, knowledge
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

CASES = rows("""
    vignette             | against      | changes                          | turns
    V02 same class twice | fda          | distinct_by ingredient for class | sertraline-1 no to yes
    V17 partial          | delphi       | improvement_below 25 for 50      | sertraline-1 yes to no, venlafaxine-1 yes to no
    V01b orders only     | ema          | adherence_needed True for False  | sertraline-1 yes to maybe, venlafaxine-1 yes to maybe
    V04 below minimum    | medicare-tms | trials 1 for 2                   |
    V16b years suffice   | delphi       | reason_alone maybe for yes       | venlafaxine-1 yes to maybe, bupropion-1 yes to maybe
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['vignette']} {row['against']}")
def test_the_parameter_that_turns_the_answer(row: dict[str, str]) -> None:
    """The smallest change of the first set's rule that gives the other's answer is named, with the trials that turn."""
    found = compared(row["vignette"], "consensus", row["against"]).difference_for(row["against"])
    assert found is not None
    (way,) = found.ways[:1]
    assert row["changes"] == ", ".join(map(told, way.changes))
    assert row["turns"] == ", ".join(f"{turn.trial} {turn.ours} to {turn.theirs}" for turn in way.turns)


def test_sets_that_answer_alike_have_no_difference() -> None:
    """Where both sets say met, nothing makes a difference."""
    assert () == compared("V01 textbook", "consensus", "fda").differences


def test_a_rule_of_another_kind_is_named_with_what_it_found() -> None:
    """A set that counts otherwise altogether differs by its rule, and by what that rule found (it ignores dose and intent)."""
    found = compared("V18 low doses", "consensus", "cepeda").difference_for("cepeda")
    assert found is not None
    (change,) = found.ways[0].changes
    assert change.found is not None
    assert ("drugs-in-a-year", "") == (change.rule, change.parameter)
    assert "3 of 3" in change.found.because


@pytest.mark.parametrize("vignette", CHARTS)
def test_every_difference_stands_up_to_judging_again(vignette: str) -> None:
    """Every set that answers otherwise than the default has a difference, and no other set has one."""
    comparison = compare(judge(CHARTS[vignette], criteria=all_usable(knowledge())), knowledge())
    first, *others = comparison.assessment.verdicts
    otherwise = {verdict.criteria for verdict in others if verdict.result is not first.result}
    assert otherwise == {difference.criteria for difference in comparison.differences}
    assert all(way.changes for difference in comparison.differences for way in difference.ways)


def test_sets_that_cannot_be_asked_are_named_with_the_reason() -> None:
    """A set without its table is refused, by name and reason, and has no verdict."""
    comparison = compare(judge(CHARTS["V01 textbook"], criteria=all_usable(knowledge())), knowledge())
    refused = {one.criteria: one.reason for one in comparison.refused}
    assert {"athf-lf", "athf-sf"} == set(refused)
    assert all(refused.values())
    assert not set(refused) & {verdict.criteria for verdict in comparison.assessment.verdicts}
    assert Result.MET is comparison.assessment.verdicts[0].result


def compared(vignette: str, *criteria: str) -> Comparison:
    """A vignette under two sets."""
    return compare(judge(CHARTS[vignette], criteria=criteria), knowledge())


def told(change: Change) -> str:
    """A change of a parameter in few words."""
    return f"{change.parameter} {plain(change.theirs)} for {plain(change.ours)}"


def plain(value: object) -> str:
    """A value without a needless fraction."""
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
