"""What is named as the difference between two sets really is it: put into the first set, it gives the answer of the other."""

from collections.abc import Iterator, Sequence

import pytest
from msgspec.structs import replace

from fhir_trd.assessment import all_usable, compare, verdicts_of
from fhir_trd.model.comparing import Change, Way
from fhir_trd.model.criteria import CriteriaSet, Rule, Value
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Result
from tests.factory.judging import judge, knowledge
from tests.spec.vignettes.charts import CHARTS


@pytest.mark.parametrize("vignette", CHARTS)
def test_each_way_turns_the_answer(vignette: str) -> None:
    """Every way that changes only numbers or words gives the answer of the other set, and none of its changes can be left out."""
    known = knowledge()
    comparison = compare(judge(CHARTS[vignette], criteria=all_usable(known)), known)
    history, base = comparison.assessment.history, known.criteria[known.default_criteria]
    answers = {verdict.criteria: verdict.result for verdict in comparison.assessment.verdicts}
    for one in comparison.differences:
        for way in filter(only_parameters, one.ways):
            assert answers[one.criteria] is answer(history, base, way.changes)
            assert all(answer(history, base, fewer) is not answers[one.criteria] for fewer in without_one(way.changes))


def test_a_set_of_many_differences_is_brought_down_to_what_is_needed() -> None:
    """Where neither one change nor two turn the answer, no change is named without which it turns all the same."""
    known = knowledge()
    comparison = compare(judge(CHARTS["V03 not tolerated"], criteria=("ndbh-2016", "medicare-tms")), known)
    (found,) = comparison.differences
    assert ("medicare-tms", "ndbh-2016") == (found.criteria, found.base)
    assert all(way.changes for way in found.ways)


def only_parameters(way: Way) -> bool:
    """Whether a way changes parameters only, and no whole rule."""
    return all(change.parameter for change in way.changes)


def without_one(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    """The changes, each left out in turn."""
    for left_out in changes:
        yield tuple(change for change in changes if change is not left_out)


def answer(history: History, base: CriteriaSet, changes: Sequence[Change]) -> Result:
    """What a set says once it is changed."""
    changed = replace(base, rules=tuple(turned(rule, changes) for rule in base.rules))
    known = replace(knowledge(), criteria={base.id: changed})
    return verdicts_of(history, known, (base.id,))[0].result


def turned(rule: Rule, changes: Sequence[Change]) -> Rule:
    """A rule with the parameters that are changed in it."""
    given: dict[str, Value | None] = {change.parameter: change.theirs for change in changes if change.rule == rule.name}
    some = next(iter(rule.parameters.values()))
    moved = {name: replace(rule.parameters.get(name, some), name=name, value=to) for name, to in given.items() if to is not None}
    kept = {name: value for name, value in rule.parameters.items() if name not in given}
    return replace(rule, parameters={**kept, **moved})
