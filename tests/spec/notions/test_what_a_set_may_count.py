"""What counts only where a set says so: a response that was lost again, and an augmentation."""

import dataclasses

from msgspec.structs import replace

from fhir_trd.model.criteria import Rule
from fhir_trd.model.knowledge import Knowledge
from tests.factory.judging import cell, judge, judgement, knowledge, varied
from tests.spec.vignettes.charts import CHARTS


def counting_losses(*criteria: str) -> Knowledge:
    """The shipped tables with sets that count a lost response as a failure."""
    known = knowledge()
    changed = {
        one: replace(known.criteria[one], rules=tuple(_with_losses(rule) for rule in known.criteria[one].rules))
        for one in criteria
    }
    return replace(known, criteria=dict(known.criteria) | changed)


def _with_losses(rule: Rule) -> Rule:
    if rule.kind != "failed_trials":
        return rule
    flag = replace(rule.parameters["combination_counts"], name="loss_of_response_counts", value=True)
    return replace(rule, parameters=dict(rule.parameters) | {"loss_of_response_counts": flag})


def test_a_lost_response_is_a_failure_only_where_a_set_says_so() -> None:
    """Seventy percent better and then lost again: no failure by default, one where losses count, and then two classes failed."""
    chart = CHARTS["V14 response lost"]
    sets = ("consensus", "fda")
    plain, counting = judge(chart, criteria=sets), judge(chart, criteria=sets, known=counting_losses(*sets))
    assert ["not-met 1/1", "not-met 1/1"] == [cell(plain, one) for one in sets]
    assert ["met 2/2", "met 2/2"] == [cell(counting, one) for one in sets]


def test_a_lost_response_that_counts_says_so() -> None:
    """The reason stands beside the answer."""
    found = judge(CHARTS["V14 response lost"], criteria=("consensus",), known=counting_losses("consensus"))
    said = judgement(found, "sertraline")
    assert ("yes", True) == (str(said.answer), "loss_of_response" in said.reasons)


def test_a_lost_response_changes_nothing_where_none_was_lost() -> None:
    """Under a set that counts losses a sustained response is still a response."""
    scores = "2023-09-01 = 20; 2023-11-10 = 6; 2024-01-12 = 7; 2024-05-01 = 7; 2024-07-13 = 15"
    chart = dataclasses.replace(CHARTS["V14 response lost"], scores=scores)
    found = judge(chart, criteria=("consensus",), known=counting_losses("consensus"))
    assert "responded" in judgement(found, "sertraline").reasons


def test_a_failed_augmentation_counts_as_a_treatment_only_where_a_set_says_so() -> None:
    """One drug and one failed augmentation are two treatments by drug where augmentations count, and never by class."""
    chart, sets = CHARTS["V07 augmentation"], ("consensus", "fda")
    found = [judge(chart, criteria=(one,), known=varied(one, augmentation_counts=True)) for one in sets]
    assert ["not-met 1/1", "met 2/2"] == [cell(one, name) for one, name in zip(found, sets, strict=True)]
