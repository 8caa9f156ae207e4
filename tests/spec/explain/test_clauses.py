"""Why a verdict is as it is: every rule, and every condition of every trial, with what was wanted, found, and where."""

import pytest

from fhir_trd.assessment import all_usable, explained
from fhir_trd.model.criteria import FAILED_TRIALS
from fhir_trd.model.truth import Truth, all_of
from fhir_trd.model.verdicts import Clause, Result, Verdict
from tests.factory.judging import judge, knowledge, verdict
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

CASES = rows("""
    vignette             | trial          | condition | relevant | truth | found
    V01 textbook         | sertraline-1   | duration  | yes      | yes   | 77 days
    V01 textbook         | venlafaxine-1  | outcome   | yes      | yes   | 11.8 percent better
    V03 not tolerated    | sertraline-1   | duration  | yes      | no    | 10 days
    V03 not tolerated    | sertraline-1   | outcome   | no       | no    | intolerance
    V04 below minimum    | mirtazapine-1  | duration  | yes      | no    | 21 days
    V08 previous episode | citalopram-1   | episode   | yes      | no    | previous
    V08 previous episode | citalopram-1   | adherence | no       | yes   | good
    V09 missing dose     | fluoxetine-1   | duration  | yes      | maybe | 0 to 94 days
    V12 for smoking      | bupropion-1    | purpose   | yes      | no    | other
    V13 bipolar          | sertraline-1   | duration  | no       | yes   | 70 days
    """)


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['vignette']} {row['trial']} {row['condition']}")
def test_each_condition_says_whether_it_was_asked_and_what_was_found(row: dict[str, str]) -> None:
    """A condition behind the first no, or behind an exclusion, is told as not relevant."""
    clause = the_clause(said(row["vignette"]), row["trial"], row["condition"])
    assert (row["relevant"] == "yes", row["truth"]) == (clause.relevant, str(clause.truth))
    assert row["found"] in clause.found


@pytest.mark.parametrize("vignette", CHARTS)
def test_the_relevant_conditions_of_a_trial_make_its_judgement(vignette: str) -> None:
    """The conditions that were asked, taken together, are the answer that the trial got; every clause has a source."""
    for found in explained(judge(CHARTS[vignette], criteria=all_usable(knowledge())), knowledge()).verdicts:
        assert all(clause.source and clause.place and clause.wanted for clause in found.clauses)
        rule = counting_rule(found)
        if rule and found.result is not Result.EXCLUDED:
            for judged in found.judgements:
                told = [one for one in found.clauses if (one.rule, one.trial) == (rule, judged.trial)]
                assert judged.answer is of_clauses(told)


def test_the_number_asked_for_stands_with_its_own_source() -> None:
    """The days wanted are those of the set, and the source is that of the number, not of the rule around it."""
    clause = the_clause(said("V01 textbook", "delphi"), "sertraline-1", "duration")
    counting = next(rule for rule in knowledge().criteria["delphi"].rules if rule.kind == FAILED_TRIALS)
    parameter = counting.parameters["adequate_days"]
    assert clause.wanted.startswith("28 days or more")
    assert (parameter.source, parameter.place) == (clause.source, clause.place)


def test_an_accepted_intolerance_settles_the_rest() -> None:
    """Where a stop for side effects is taken in place of a failure, length and outcome are no longer asked."""
    found = said("V03 not tolerated", "medicare-tms")
    asked = {clause.condition: clause.relevant for clause in found.clauses if clause.trial == "sertraline-1"}
    assert (False, False, True) == (asked["duration"], asked["outcome"], asked["intolerance"])


def said(vignette: str, criteria: str = "consensus") -> Verdict:
    """The verdict of one set on a vignette, explained."""
    return verdict(explained(judge(CHARTS[vignette], criteria=(criteria,)), knowledge()), criteria)


def the_clause(found: Verdict, trial: str, condition: str) -> Clause:
    """One condition of one trial."""
    return next(one for one in found.clauses if (one.trial, one.condition) == (trial, condition))


def counting_rule(found: Verdict) -> str:
    """The name of the first rule by which the set of a verdict judges trials, if it has one."""
    return next((rule.name for rule in knowledge().criteria[found.criteria].rules if rule.kind == FAILED_TRIALS), "")


def of_clauses(clauses: list[Clause]) -> Truth:
    """What the relevant clauses come to; a possible intolerance leaves open what the others refuse."""
    intolerance = [one.truth for one in clauses if one.condition == "intolerance" and one.relevant]
    others = all_of(one.truth for one in clauses if one.relevant and one.condition != "intolerance")
    if intolerance == [Truth.MAYBE] and others is not Truth.YES:
        setting = all_of(one.truth for one in clauses if one.condition in ("purpose", "route", "drug", "episode"))
        return Truth.NO if setting is Truth.NO else Truth.MAYBE
    return others
