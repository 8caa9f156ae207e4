"""Laws that hold for the published algorithms too, whatever they ignore."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from fhir_trd.model.verdicts import Result
from tests.factory.chart import Chart
from tests.factory.courses import DoseStep
from tests.factory.judging import cells, judge, verdict
from tests.property.charts import charts, successions
from tests.spec.criteria.test_algorithms import PRESETS

ANY = st.one_of(charts(with_scores=False), successions())


@given(ANY, st.data())
def test_a_duplicate_record_changes_no_algorithm(chart: Chart, data: st.DataObject) -> None:
    """The same record under another id changes no answer."""
    assume(chart.courses)
    course = data.draw(st.sampled_from(chart.courses))
    twice = replace(chart, courses=(*chart.courses, replace(course, id=f"{course.id}-again")))
    assert cells(judge(chart, criteria=PRESETS)) == cells(judge(twice, criteria=PRESETS))


@given(ANY, st.data())
def test_a_vaguer_date_never_reverses_an_algorithm(chart: Chart, data: st.DataObject) -> None:
    """A day known only to the month or to the year turns no answer from met to not met, nor back."""
    assume(chart.courses)
    at = data.draw(st.integers(0, len(chart.courses) - 1))
    letters = data.draw(st.sampled_from([4, 7]))
    is_start = data.draw(st.booleans())
    (step,) = chart.courses[at].steps
    start, end = (step.start[:letters], step.end) if is_start else (step.start, step.end[:letters])
    vaguer = replace(chart.courses[at], steps=(DoseStep(start, end, step.dose),))
    opened = replace(chart, courses=(*chart.courses[:at], vaguer, *chart.courses[at + 1 :]))
    before, after = judge(chart, criteria=PRESETS), judge(opened, criteria=PRESETS)
    pairs = {one: {verdict(before, one).result, verdict(after, one).result} for one in PRESETS}
    assert {one for one, results in pairs.items() if results == {Result.MET, Result.NOT_MET}} == set()
