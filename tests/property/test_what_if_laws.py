"""Laws of the what-if: what is supposed gives what is listed, and nothing that would settle a verdict is kept back."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fhir_trd.criteria.facts import Fact, history_with, rulings_with
from fhir_trd.criteria.questions import open_facts
from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Result, Verdict
from tests.factory.chart import Chart
from tests.factory.judging import SIX, judge, knowledge, verdict
from tests.property.charts import MINIMUM, charts, successions

DOSES = {"adequate": 2, "too low": 0.5}
ENDS = {"as long as may be": "latest", "as short as may be": "earliest"}


def result_with(history: History, criteria: str, chosen: list[tuple[Fact, str]]) -> Result:
    """The result of a set if these facts were so."""
    chosen_set = knowledge().criteria[criteria]
    return result_of(rulings_with(rulings_of(history_with(history, chosen), chosen_set), chosen))


def open_verdicts(chart: Chart) -> Iterator[tuple[History, Verdict, dict[object, Fact]]]:
    """Every open verdict on a chart, with the facts that it hangs on."""
    found = judge(chart)
    for said in found.verdicts:
        if said.result is Result.INDETERMINATE:
            criteria = knowledge().criteria[said.criteria]
            facts = open_facts(found.history, criteria, rulings_of(found.history, criteria))
            yield found.history, said, {fact.question: fact for fact in facts}


@given(charts())
def test_every_listed_answer_gives_the_listed_result_in_any_order(chart: Chart) -> None:
    """Supposing the answers of a branch, first to last or last to first, gives its result."""
    for history, said, facts in open_verdicts(chart):
        for settling in said.settled_by:
            for branch in settling.branches:
                chosen = [(facts[one], answer) for one, answer in zip(settling.questions, branch.answers, strict=True)]
                results = {result_with(history, said.criteria, chosen), result_with(history, said.criteria, chosen[::-1])}
                assert {branch.result} == results


@given(charts())
def test_a_single_fact_that_is_not_listed_settles_nothing(chart: Chart) -> None:
    """A fact that no group holds leaves the verdict open under one of its answers at least."""
    for history, said, facts in open_verdicts(chart):
        listed = {settling.questions[0] for settling in said.settled_by if not settling.questions[1:]}
        left = [fact for question, fact in facts.items() if question not in listed]
        always = [fact for fact in left if Result.INDETERMINATE not in _results(history, said.criteria, fact)]
        assert [] == always


def _results(history: History, criteria: str, fact: Fact) -> set[Result]:
    return {result_with(history, criteria, [(fact, answer)]) for answer in fact.answers}


@given(successions(with_scores=True), st.data())
def test_a_dose_found_later_gives_what_was_foretold(chart: Chart, data: st.DataObject) -> None:
    """Where one missing dose settles a verdict, writing that dose into the record gives the result that was listed for it."""
    number = data.draw(st.integers(0, len(chart.courses) - 1))
    missing = judge(_with_dose(chart, number, "?"))
    written = {
        answer: judge(_with_dose(chart, number, f"{MINIMUM[chart.courses[number].drug] * times:g}"))
        for answer, times in DOSES.items()
    }
    for criteria in SIX:
        for settling in verdict(missing, criteria).settled_by:
            if [question.fact for question in settling.questions] == ["dose"]:
                foretold = {branch.answers[0]: branch.result for branch in settling.branches}
                assert foretold == {answer: verdict(found, criteria).result for answer, found in written.items()}


def _with_dose(chart: Chart, number: int, dose: str) -> Chart:
    course = chart.courses[number]
    told = replace(course, steps=(replace(course.steps[0], dose=dose),))
    return replace(chart, courses=(*chart.courses[:number], told, *chart.courses[number + 1 :]))


@given(successions(stops=("lack", "lack", "", "partial", "intolerance")), st.data(), st.sampled_from(["?", 7, 4]))
def test_an_end_found_later_gives_what_was_foretold(chart: Chart, data: st.DataObject, letters: int | str) -> None:
    """Where one missing end settles a verdict, writing its bounds into the record gives what was listed, if no drug joins in."""
    number = data.draw(st.integers(0, len(chart.courses) - 1))
    end = chart.courses[number].end[:letters] if isinstance(letters, int) else letters
    missing = judge(_with_end(chart, number, end))
    if any("combination" in trial.doubts for trial in missing.history.trials):
        return
    ends = {trial.id: trial.end for trial in missing.history.trials}
    vague = f"{chart.courses[number].drug}-1"
    for criteria in SIX:
        for settling in verdict(missing, criteria).settled_by:
            if [(question.fact, question.trial) for question in settling.questions] == [("dates", vague)]:
                foretold = {branch.answers[0]: branch.result for branch in settling.branches}
                written = {answer: _with_end(chart, number, str(getattr(ends[vague], side))) for answer, side in ENDS.items()}
                assert foretold == {answer: verdict(judge(told), criteria).result for answer, told in written.items()}


def _with_end(chart: Chart, number: int, end: str) -> Chart:
    course = chart.courses[number]
    told = replace(course, steps=(replace(course.steps[0], end=end),))
    return replace(chart, courses=(*chart.courses[:number], told, *chart.courses[number + 1 :]))
