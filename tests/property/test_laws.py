"""Laws that hold for every record, whatever it says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Assessment, Result
from fhir_trd.report.contract import assessment_json
from tests.factory.chart import Chart
from tests.factory.courses import Course, DoseStep
from tests.factory.judging import SIX, cells, judge, varied, verdict
from tests.property.charts import MINIMUM, charts, day, onsets, successions

CLINICAL = ("consensus", "fda", "ema", "delphi", "cigna-esketamine")
TOWARD_MET = {Result.NOT_MET: 0, Result.INDETERMINATE: 1, Result.MET: 2}


def days_by_trial(found: Assessment) -> dict[str, tuple[int, int]]:
    """The days at the minimum dose of each trial."""
    return {trial.id: (trial.adequate.least, trial.adequate.most) for trial in found.history.trials}


def nearness(found: Assessment, criteria: str) -> int:
    """How near to met an answer is."""
    return TOWARD_MET[verdict(found, criteria).result]


def never_nearer(before: Assessment, after: Assessment, criteria: Iterable[str] = CLINICAL) -> bool:
    """Whether no clinical set moved toward met."""
    return all(nearness(after, one) <= nearness(before, one) for one in criteria)


@given(charts(), st.randoms(use_true_random=False))
def test_the_order_of_resources_never_matters(chart: Chart, shuffler: Random) -> None:
    """Shuffling the resources of a record changes nothing that is said about it."""
    shuffled = list(chart.resources())
    shuffler.shuffle(shuffled)
    other = Chart(as_of=chart.as_of, more=tuple(one for one in shuffled if one["resourceType"] != "Patient"))
    assert assessment_json(judge(other)) == assessment_json(judge(chart))


@given(charts(), st.data())
def test_a_duplicate_record_changes_nothing(chart: Chart, data: st.DataObject) -> None:
    """The same record under another id changes neither days nor answers."""
    if not chart.courses:
        return
    course = data.draw(st.sampled_from(chart.courses))
    twice = replace(chart, courses=(*chart.courses, replace(course, id=f"{course.id}-again")))
    before, after = judge(chart), judge(twice)
    assert (days_by_trial(after), cells(after)) == (days_by_trial(before), cells(before))


@given(successions(with_scores=True), st.data())
def test_a_record_split_in_two_changes_nothing(chart: Chart, data: st.DataObject) -> None:
    """One record told as two that follow each other has the same days and the same answers."""
    number = data.draw(st.integers(0, len(chart.courses) - 1))
    first, second = _split(chart.courses[number], data.draw(st.floats(0, 1)))
    told_twice = replace(chart, courses=(*chart.courses[:number], first, second, *chart.courses[number + 1 :]))
    before, after = judge(chart), judge(told_twice)
    assert (days_by_trial(after), cells(after)) == (days_by_trial(before), cells(before))


def _split(course: Course, place: float) -> tuple[Course, Course]:
    (step,) = course.steps
    length = (date.fromisoformat(step.end) - date.fromisoformat(step.start)).days
    last = (date.fromisoformat(step.start) + timedelta(days=int(place * max(length - 1, 0)))).isoformat()
    if length == 0:
        return course, replace(course, id=f"{course.id}-again")
    next_day = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    return (
        replace(course, steps=(replace(step, end=last),), stop=""),
        replace(course, id=f"{course.id}-on", steps=(replace(step, start=next_day),)),
    )


@given(charts(), st.data())
def test_a_vaguer_date_never_reverses_an_answer(chart: Chart, data: st.DataObject) -> None:
    """Writing a date only as a month or a year may open a settled answer, and never turns it round."""
    if not chart.courses:
        return
    number = data.draw(st.integers(0, len(chart.courses) - 1))
    edge, letters = data.draw(st.sampled_from([("start", 4), ("start", 7), ("end", 4), ("end", 7)]))
    vaguer = _vaguer(chart.courses[number], edge, letters)
    opened = replace(chart, courses=(*chart.courses[:number], vaguer, *chart.courses[number + 1 :]))
    before, after = judge(chart), judge(opened)
    turned = {one for one in SIX if {verdict(before, one).result, verdict(after, one).result} == {Result.MET, Result.NOT_MET}}
    assert turned == set()


def _vaguer(course: Course, edge: str, letters: int) -> Course:
    (step,) = course.steps
    start, end = (step.start[:letters], step.end) if edge == "start" else (step.start, step.end[:letters])
    return replace(course, steps=(DoseStep(start, end, step.dose),))


@given(successions(with_scores=True), st.integers(1, 27), st.sampled_from([("intolerance", ""), ("lack", "F17.210")]))
def test_a_trial_that_cannot_count_never_brings_an_answer_nearer(chart: Chart, length: int, kind: tuple[str, str]) -> None:
    """A short trial stopped for side effects, or one for another purpose, moves no clinical set toward met."""
    free = sorted(set(MINIMUM) - {course.drug for course in chart.courses})[0]
    start = (date.fromisoformat(max(course.end for course in chart.courses)) - date.fromisoformat(day(0))).days + 20
    stop, reason = kind
    added = Course(
        "added-1", free, (DoseStep(day(start), day(start + length - 1), str(MINIMUM[free])),), stop=stop, reason=reason
    )
    assert never_nearer(judge(chart), judge(replace(chart, courses=(*chart.courses, added))))


@given(successions(), st.data())
def test_a_lower_dose_never_brings_an_answer_nearer(chart: Chart, data: st.DataObject) -> None:
    """Lowering the dose of a course below the minimum moves no clinical set toward met."""
    number = data.draw(st.integers(0, len(chart.courses) - 1))
    course = chart.courses[number]
    lower = replace(course, steps=(replace(course.steps[0], dose=f"{MINIMUM[course.drug] / 2:g}"),))
    lowered = replace(chart, courses=(*chart.courses[:number], lower, *chart.courses[number + 1 :]))
    assert never_nearer(judge(chart), judge(lowered))


@given(successions(), st.data())
def test_a_shorter_course_never_brings_an_answer_nearer(chart: Chart, data: st.DataObject) -> None:
    """Ending a course earlier moves no clinical set toward met."""
    number = data.draw(st.integers(0, len(chart.courses) - 1))
    step = chart.courses[number].steps[0]
    length = (date.fromisoformat(step.end) - date.fromisoformat(step.start)).days
    end = date.fromisoformat(step.start) + timedelta(days=data.draw(st.integers(0, length)))
    shorter = replace(chart.courses[number], steps=(replace(step, end=end.isoformat()),))
    shortened = replace(chart, courses=(*chart.courses[:number], shorter, *chart.courses[number + 1 :]))
    assert never_nearer(judge(chart), judge(shortened))


@given(charts(), st.sampled_from(CLINICAL))
def test_asking_for_more_days_never_brings_an_answer_nearer(chart: Chart, criteria: str) -> None:
    """From six weeks on, a longer minimum moves no clinical set toward met."""
    answers = [
        nearness(judge(chart, criteria=(criteria,), known=varied(criteria, adequate_days=days)), criteria)
        for days in (42, 56, 84)
    ]
    assert answers == sorted(answers, reverse=True)


@given(charts())
def test_two_classes_are_two_drugs(chart: Chart) -> None:
    """Who meets the default criteria meets the ones that ask for two drugs of any class."""
    found = judge(chart)
    assert verdict(found, "consensus").result != Result.MET or verdict(found, "fda").result == Result.MET


@given(charts())
def test_the_stricter_outcome_implies_the_milder(chart: Chart) -> None:
    """Who meets the four-week criteria with trials of six weeks meets the six-week ones, whose outcome rule is milder."""
    found = judge(chart)
    strict = verdict(found, "delphi")
    counted = {said.trial for said in strict.judgements if said.answer is Truth.YES}
    long_enough = all(trial.inside.least >= 42 for trial in found.history.trials if trial.id in counted)
    assert strict.result != Result.MET or not long_enough or verdict(found, "fda").result == Result.MET


@given(charts(), onsets())
def test_an_exclusion_dominates_and_leaves_the_counts(chart: Chart, onset: str) -> None:
    """A confirmed bipolar disorder excludes every set and changes no count."""
    bipolar = onset.replace("F33.1", "F31.81")
    before, after = judge(chart), judge(replace(chart, conditions=f"{chart.conditions}; {bipolar}"))
    assert {said.result for said in after.verdicts} == {Result.EXCLUDED}
    assert [(said.least, said.most) for said in after.verdicts] == [(said.least, said.most) for said in before.verdicts]


@given(successions(with_scores=True, stops=("",)), st.sampled_from(["request", "dispense 30"]))
def test_the_kind_of_record_changes_neither_days_nor_answers(chart: Chart, form: str) -> None:
    """The same courses stated, ordered or dispensed have the same days, and the same answers but for proven adherence."""
    stated = replace(chart, adherence="unknown", courses=tuple(replace(course, reason="") for course in chart.courses))
    other = replace(stated, courses=tuple(replace(course, form=form) for course in stated.courses))
    before, after = judge(stated), judge(other)
    assert days_by_trial(after) == days_by_trial(before)
    assert {one: said for one, said in cells(after).items() if one != "ema"} == {
        one: said for one, said in cells(before).items() if one != "ema"
    }
