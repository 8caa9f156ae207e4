"""What would settle an open verdict, or change one that is not met: found by answering facts and judging again."""

import pytest

from fhir_trd.assessment import all_usable, explained
from fhir_trd.criteria.facts import history_with, rulings_with
from fhir_trd.criteria.questions import open_facts
from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Result, Settling, Verdict
from tests.factory.judging import judge, knowledge, verdict
from tests.factory.spec import spec
from tests.spec.vignettes.charts import CHARTS


def test_one_missing_dose_settles_the_verdict_either_way() -> None:
    """An adequate dose of the first drug would meet the criteria, too low a dose would not."""
    assert ["dose of fluoxetine-1: adequate → met; too low → not-met"] == told(said("V09 missing dose").settled_by)


def test_two_vague_drugs_have_to_be_settled_together() -> None:
    """Where neither date is enough alone, the smallest group is both."""
    (settling,) = said("V16a a year each").settled_by
    assert [("dates", "venlafaxine-1"), ("dates", "bupropion-1")] == [(one.fact, one.trial) for one in settling.questions]
    assert ["met", "not-met", "not-met", "not-met"] == [str(branch.result) for branch in settling.branches]


def test_adherence_settles_the_set_that_wants_it_affirmed() -> None:
    """Only where it matters is it asked for whether the drugs were taken as prescribed."""
    assert {"adherence"} == {question.fact for question in said("V01b orders only", "ema").would_settle}
    assert () == said("V01b orders only").would_settle


def test_a_fact_that_cannot_change_the_verdict_is_not_asked_for() -> None:
    """Unknown adherence is flagged beside an unknown dose, but only the dose settles the verdict."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-08 | 2024-03-24 |        | lack
        bupropion  | 2024-03-25 | 2024-06-16 | 300    | lack
        """,
        adherence="unknown",
    )
    assert {"dose"} == {question.fact for question in verdict(found).would_settle}


def test_a_suspected_exclusion_is_settled_by_confirming_or_refuting_it() -> None:
    """If the suspected bipolar disorder is confirmed the set doesn't apply; if it is refuted the set is met."""
    found = spec(
        """
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-08 | 2024-03-17 | 100    | lack
        venlafaxine | 2024-03-18 | 2024-05-26 | 225    | lack
        """,
        conditions="F33.1 onset 2023-12-01; F31.81 recorded 2023-11-02 provisional",
    )
    (settling,) = verdict(found).settled_by
    assert [("confirmed", "excluded"), ("refuted", "met")] == [(*one.answers, str(one.result)) for one in settling.branches]


@pytest.mark.parametrize(
    ("vignette", "criteria", "change"),
    [
        ("V04 below minimum", "consensus", "dose of mirtazapine-1: adequate throughout → met"),
        ("V17 partial", "delphi", "outcome of sertraline-1, outcome of venlafaxine-1: it did not help, it did not help → met"),
        ("V14 response lost", "consensus", "outcome of sertraline-1: it did not help → met"),
    ],
)
def test_what_would_have_changed_a_near_miss(vignette: str, criteria: str, change: str) -> None:
    """A verdict that is not met names the smallest group of recorded facts that would have to be otherwise."""
    assert change in told(said(vignette, criteria).changed_by)


def test_a_met_verdict_has_nothing_to_settle_or_change() -> None:
    """What is settled asks for nothing."""
    found = said("V01 textbook")
    assert ((), (), ()) == (found.would_settle, found.settled_by, found.changed_by)


@pytest.mark.parametrize("vignette", CHARTS)
def test_every_branch_is_what_judging_gives(vignette: str) -> None:
    """Answering a group of facts really gives the result that is listed, and no single fact left out would settle it."""
    assessment = judge(CHARTS[vignette], criteria=all_usable(knowledge()))
    for found in assessment.verdicts:
        if found.result is Result.INDETERMINATE:
            check(assessment.history, found)


def check(history: History, found: Verdict) -> None:
    """Judge every branch again, and every single fact that is not in a group."""
    criteria = knowledge().criteria[found.criteria]
    facts = {fact.question: fact for fact in open_facts(history, criteria, rulings_of(history, criteria))}
    for settling in found.settled_by:
        for branch in settling.branches:
            chosen = [(facts[question], answer) for question, answer in zip(settling.questions, branch.answers, strict=True)]
            again = rulings_with(rulings_of(history_with(history, chosen), criteria), chosen)
            assert branch.result is result_of(again)
            assert branch.result is not Result.INDETERMINATE
    assert {question for settling in found.settled_by for question in settling.questions} <= set(found.would_settle)


def said(vignette: str, criteria: str = "consensus") -> Verdict:
    """The verdict of one set on a vignette, explained."""
    return verdict(explained(judge(CHARTS[vignette], criteria=(criteria,)), knowledge()), criteria)


def told(settlings: tuple[Settling, ...]) -> list[str]:
    """Groups of facts in short: which, and what each answer would give."""
    return [
        f"{', '.join(f'{one.fact} of {one.trial}' for one in settling.questions)}: "
        + "; ".join(f"{', '.join(branch.answers)} → {branch.result}" for branch in settling.branches)
        for settling in settlings
    ]
