"""Days: how they are counted, and what an uncertain date does to them."""

from datetime import date

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.chart import Chart
from tests.factory.courses import courses_in
from tests.factory.judging import adequate, judge, judgement, outcome, trial
from tests.factory.medication import Json
from tests.factory.spec import MDD, spec


@pytest.mark.parametrize(("end", "answer"), [("2024-02-10", Truth.NO), ("2024-02-11", Truth.YES)])
def test_six_weeks_are_forty_two_days_with_both_ends(end: str, answer: Truth) -> None:
    """1 January to 11 February is 42 days and long enough for a six-week rule; a day less is not."""
    found = spec(f"""
        drug       | from       | to    | mg/day | stop
        sertraline | 2024-01-01 | {end} | 100    | lack
        """)
    assert judgement(found, "sertraline").answer == answer


@pytest.mark.parametrize(("end", "answer"), [("2024-01-27", Truth.NO), ("2024-01-28", Truth.YES)])
def test_four_weeks_are_twenty_eight_days_with_both_ends(end: str, answer: Truth) -> None:
    """1 to 28 January is long enough for a four-week rule; a day less is not."""
    found = spec(
        f"""
        drug       | from       | to    | mg/day | stop
        sertraline | 2024-01-01 | {end} | 100    | lack
        """,
        scores="2023-12-31 = 20; 2024-01-28 = 19",
    )
    assert judgement(found, "sertraline", "delphi").answer == answer


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2023", "2023", (1, 365)),
        ("2024-01", "2024-03", (31, 91)),
        ("2024-01-01", "2024-03", (61, 91)),
        ("2024-01", "2024-03-31", (61, 91)),
        ("2024-02", "2024-02", (1, 29)),
    ],
)
def test_a_partial_date_is_a_range(start: str, end: str, days: tuple[int, int]) -> None:
    """A year or a month stands for every day in it: the days run from the latest start to the earliest end, and the reverse."""
    found = spec(
        f"""
        drug       | from    | to    | mg/day | stop
        sertraline | {start} | {end} | 100    | lack
        """,
        conditions="F33.1 onset 2022-12-01",
    )
    assert adequate(found, "sertraline") == days


def test_a_drug_confirmed_as_current_is_taken_until_then() -> None:
    """A record still active and confirmed on the day of the judgement proves every day up to it."""
    found = spec(
        """
        drug       | from       | to      | mg/day
        sertraline | 2024-01-01 | ongoing | 100
        """,
        as_of="2024-03-31",
    )
    assert (trial(found, "sertraline").ongoing, adequate(found, "sertraline")) == (True, (91, 91))


def test_a_stale_active_record_proves_only_its_first_day() -> None:
    """A record that is active but was never confirmed later proves one day, though it may stand for all."""
    found = spec(
        """
        drug       | from       | to          | mg/day
        sertraline | 2024-01-01 | unconfirmed | 100
        """,
        as_of="2024-03-31",
    )
    assert (trial(found, "sertraline").ongoing, adequate(found, "sertraline")) == (True, (1, 91))


def test_the_day_is_the_one_written_down() -> None:
    """A time of day with its zone names the day as written, not the day somewhere else."""
    found = spec("""
        drug       | from                      | to                        | mg/day | stop
        sertraline | 2024-01-01T23:30:00-05:00 | 2024-02-11T00:15:00+09:00 | 100    | lack
        """)
    assert adequate(found, "sertraline") == (42, 42)


def test_what_lies_after_the_day_of_the_judgement_is_not_seen() -> None:
    """Later records are set aside, running ones are cut, and later scores are ignored."""
    found = spec(
        """
        drug        | from       | to         | mg/day
        sertraline  | 2024-01-01 | 2024-06-30 | 100
        venlafaxine | 2024-07-01 | 2024-09-30 | 150
        """,
        scores="2023-12-31 = 20; 2024-03-01 = 10",
        as_of="2024-02-20",
    )
    assert [one.drug.ingredient for one in found.history.trials] == ["sertraline"]
    assert adequate(found, "sertraline") == (51, 51)
    assert str(outcome(found, "sertraline").response) == "unknown"


def test_a_missing_end_is_closed_by_the_next_adequate_antidepressant() -> None:
    """The end of a record without one lies before the next antidepressant that reaches its minimum; a sleeping dose is none."""
    found = spec("""
        drug         | from       | to         | mg/day | stop
        escitalopram | 2024-01-05 | ?          | 20     |
        trazodone    | 2024-02-01 | 2024-02-20 | 50     |
        venlafaxine  | 2024-04-01 | 2024-06-30 | 150    | lack
        """)
    assert adequate(found, "escitalopram") == (1, 87)


def test_a_missing_end_without_a_next_drug_is_open_until_today() -> None:
    """With nothing after it, a record without an end may last until the day of the judgement."""
    found = spec(
        """
        drug         | from       | to | mg/day
        escitalopram | 2024-01-05 | ?  | 20
        """,
        as_of="2024-02-29",
    )
    assert adequate(found, "escitalopram") == (1, 56)


def test_a_status_nobody_knows_proves_no_day() -> None:
    """A statement of unknown status may stand for every day or for none."""
    found = spec(
        """
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-01 | 2024-03-31 | 100    | unknown
        """,
        adherence="unknown",
    )
    assert adequate(found, "sertraline") == (0, 91)


def test_a_drug_not_taken_is_no_trial() -> None:
    """A statement that the drug was not taken makes no trial."""
    found = spec("""
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-01 | 2024-03-31 | 100    | not-taken
        """)
    assert found.history.trials == ()


def test_an_order_begins_when_its_dosage_begins() -> None:
    """The start written in the dosage of an order goes before the day on which it was signed."""
    (order,) = courses_in("""
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-10 | 2024-03-31 | 100    | request
        """)
    chart = Chart(as_of="2024-12-31", conditions=MDD, courses=(order.with_extra(authoredOn="2023-12-20"),))
    assert trial(judge(chart), "sertraline").start.earliest == date(2024, 1, 10)


def test_steps_given_by_their_length_follow_one_another() -> None:
    """Dose steps that state how long they last begin where the one before ends."""
    steps = [(1, 25, 7), (2, 50, 14), (3, 100, 28)]
    order: Json = {
        "resourceType": "MedicationRequest",
        "id": "stepped",
        "status": "completed",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2024-01-01",
        "medicationCodeableConcept": {"text": "sertraline"},
        "dosageInstruction": [_step(*step) for step in steps],
    }
    found = spec("drug | from | to", more=(order,))
    only = trial(found, "sertraline")
    assert [(one.start.earliest, one.end.latest) for one in only.segments] == [
        (date(2024, 1, 1), date(2024, 1, 7)),
        (date(2024, 1, 8), date(2024, 1, 21)),
        (date(2024, 1, 22), date(2024, 2, 18)),
    ]
    assert adequate(found, "sertraline") == (42, 42)


def _step(sequence: int, mg: int, days: int) -> dict[str, object]:
    bounds = {"value": days, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
    repeat = {"boundsDuration": bounds, "frequency": 1, "period": 1, "periodUnit": "d"}
    dose = {"value": mg, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    return {"sequence": sequence, "timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": dose}]}
