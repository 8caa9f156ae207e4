"""Where two dose tables agree about a record, its histories under both are the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from fhir_trd.history.agreement import tables_agree
from fhir_trd.history.build import build_history
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import NO_DAYS, on
from fhir_trd.model.records import Dose, EndFrom, Kind, PatientRecord, Step, Supply
from fhir_trd.model.trials import History, Trial
from tests.factory.chart import Chart
from tests.factory.judging import knowledge, record_of
from tests.property.charts import charts

TABLE, OTHER = "mgh-atrq", "label"
MULTIPLES = (0.3, 0.45, 0.5, 0.75, 0.99, 1.0, 1.4, 1.5, 2.0, 3.0)
"""Shares of the minimum around every limit that a table sets."""


def at_other_doses(record: PatientRecord, data: st.DataObject) -> PatientRecord:
    """The same record, with doses around the limits of either table, some of them ranges, as needed, or on top of others."""
    return structs.replace(record, supplies=tuple(_redosed(supply, data) for supply in record.supplies))


def without_raised(history: History) -> tuple[Trial, ...]:
    """The trials but for their days at a raised dose."""
    return tuple(structs.replace(trial, raised=NO_DAYS) for trial in history.trials)


def _redosed(supply: Supply, data: st.DataObject) -> Supply:
    minimum = supply.drug.minimum.get(data.draw(st.sampled_from([TABLE, OTHER])), 1.0)
    least, most = sorted(data.draw(st.tuples(st.sampled_from(MULTIPLES), st.sampled_from(MULTIPLES))))
    dose = data.draw(st.sampled_from([Dose(least * minimum, most * minimum), Dose(most * minimum, most * minimum), None]))
    as_needed = data.draw(st.sampled_from([False, False, False, True]))
    steps = tuple(structs.replace(step, dose=dose, as_needed=as_needed) for step in supply.steps)
    return structs.replace(supply, steps=steps, in_addition=data.draw(st.sampled_from([False, False, False, True])))


@given(charts(), st.sampled_from([None, 1940, 1990]), st.data())
def test_tables_that_agree_give_one_history(chart: Chart, born: int | None, data: st.DataObject) -> None:
    """If no dose lies between their limits, every trial, day and outcome is the same under both tables."""
    record = at_other_doses(record_of(chart.body()), data)
    record = structs.replace(record, born=on(date(born, 1, 1)) if born else None)
    known = knowledge()
    one, other = (build_history(record, known, as_of=date(2024, 12, 31), dose_table=table) for table in (TABLE, OTHER))
    if tables_agree(record, one, OTHER, known.conventions):
        assert structs.replace(other, dose_table=TABLE) == one
    if tables_agree(record, one, OTHER, known.conventions, raised=False):
        assert without_raised(other) == without_raised(one)


@pytest.mark.parametrize(("dose", "agreed"), [(30, True), (100, False), (150, False), (300, True)])
def test_a_dose_between_two_limits_is_no_agreement(dose: float, agreed: bool) -> None:
    """Venlafaxine is enough from 150 or from 75 mg on, and counts as raised from half as much again on."""
    drug = knowledge().formulary.drugs["venlafaxine", ""]
    step = Step(on(date(2024, 1, 1)), on(date(2024, 6, 1)), Dose(dose, dose))
    supply = Supply(origin=Origin("MedicationStatement/1"), kind=Kind.REPORTED, drug=drug, steps=(step,), end_from=EndFrom.STATED)
    record = PatientRecord(patient="Patient/1", born=on(date(1990, 1, 1)), supplies=(supply,))
    history = build_history(record, knowledge(), as_of=date(2024, 12, 31), dose_table=TABLE)
    assert agreed == tables_agree(record, history, OTHER, knowledge().conventions)
