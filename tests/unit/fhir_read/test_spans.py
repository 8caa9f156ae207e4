"""When a drug was started and stopped, and how that is known."""

import pytest

from fhir_trd.model.dates import LONG_AGO
from fhir_trd.model.records import EndFrom
from tests.unit.fhir_read.making import Json, days, dispense, dosage, issues, request, statement, supply

DAILY_50 = [dosage(1, "tablet")]
MONTH = {"value": 30, "code": "d"}


def allowed(**more: object) -> Json:
    """What an order allows."""
    return {"dispenseRequest": more}


SPANS = [
    (statement(), "2024-01-01", "2024-03-31", EndFrom.STATED),
    (statement(effectivePeriod={}, effectiveDateTime="2024-01-05"), "2024-01-05", "open", EndFrom.NOT_KNOWN),
    (statement(effectivePeriod={"start": "2024-01-01T23:30:00-05:00"}), "2024-01-01", "open", EndFrom.NOT_KNOWN),
    (dispense(daysSupply=MONTH), "2024-01-01", "2024-01-30", EndFrom.SUPPLY),
    (dispense(quantity={"value": 60}, dosageInstruction=DAILY_50), "2024-01-01", "2024-02-29", EndFrom.SUPPLY),
    (dispense(), "2024-01-01", "open", EndFrom.NOT_KNOWN),
    (dispense(whenHandedOver="", whenPrepared="2024-01-03"), "2024-01-03", "open", EndFrom.NOT_KNOWN),
    (request(**allowed(expectedSupplyDuration=MONTH)), "2024-01-01", "2024-01-30", EndFrom.SUPPLY),
    (request(**allowed(expectedSupplyDuration=MONTH, numberOfRepeatsAllowed=2)), "2024-01-01", "2024-03-30", EndFrom.SUPPLY),
    (request(**allowed(quantity={"value": 10}), dosageInstruction=DAILY_50), "2024-01-01", "2024-01-10", EndFrom.SUPPLY),
    (request(), "2024-01-01", "open", EndFrom.NOT_KNOWN),
    (
        request(
            dosageInstruction=[dosage(50, timing={"repeat": {"boundsPeriod": {"start": "2024-02-01", "end": "2024-02-28"}}})]
        ),
        "2024-02-01",
        "2024-02-28",
        EndFrom.STATED,
    ),
    (
        dispense(daysSupply=MONTH, dosageInstruction=[dosage(50, timing={"repeat": {"boundsPeriod": {"end": "2024-12-31"}}})]),
        "2024-01-01",
        "2024-01-30",
        EndFrom.SUPPLY,
    ),
]


@pytest.mark.parametrize(("resource", "start", "end", "end_from"), SPANS)
def test_start_and_end_are_told_by_the_best_that_is_known(resource: Json, start: str, end: str, end_from: EndFrom) -> None:
    """Stated days come first, then the plan, then what was handed out; of a dispensing, what was handed out comes first."""
    assert [(start, end)] == days(resource)
    assert end_from is supply(resource).end_from


def test_a_year_is_a_year_wide() -> None:
    """A date that is only a year is that whole year, never its first day."""
    step = supply(statement(effectivePeriod={"start": "2021", "end": "2022-02"})).steps[0]
    assert step.end is not None
    assert ("2021-01-01", "2021-12-31") == (str(step.start.earliest), str(step.start.latest))
    assert ("2022-02-01", "2022-02-28") == (str(step.end.earliest), str(step.end.latest))


def test_a_statement_without_a_start_began_no_later_than_it_was_made() -> None:
    """Without any start, all that is sure is the day on which someone said so."""
    start = supply(statement(effectivePeriod={}, dateAsserted="2024-05-01")).steps[0].start
    assert (LONG_AGO, "2024-05-01") == (start.earliest, str(start.latest))


def test_a_record_without_any_date_is_kept() -> None:
    """A record without a date is kept, and says that it has none."""
    assert [("no-date", "")] == issues(statement(effectivePeriod={}))


ODD_DATES = [
    ({"effectivePeriod": {"start": "2021-02-30"}}, ("unreadable-date", "effective")),
    ({"effectivePeriod": {"start": "last spring"}}, ("unreadable-date", "effective")),
    ({"effectivePeriod": {"start": "1900-01-01"}}, ("sentinel-date", "effective")),
    ({"effectivePeriod": {"start": "2024-03-01", "end": "2024-01-01"}}, ("end-before-start", "")),
]


@pytest.mark.parametrize(("odd", "expected"), ODD_DATES)
def test_an_odd_date_is_noted_and_taken_as_unknown(odd: Json, expected: tuple[str, str]) -> None:
    """Impossible dates, words and dates that stand for unknown are noted and not used."""
    assert expected in issues(statement(**odd))


@pytest.mark.parametrize("days_supply", [0, -30])
def test_an_impossible_supply_is_unknown(days_supply: int) -> None:
    """A supply of no days or fewer says nothing about the end."""
    odd = dispense(daysSupply={"value": days_supply, "unit": "d"})
    assert [("2024-01-01", "open")] == days(odd)
    assert [("impossible-quantity", "daysSupply")] == issues(odd)


def test_an_active_statement_without_an_end_goes_on() -> None:
    """What is active and has no end is ongoing, confirmed on the day it was asserted."""
    ongoing = supply(statement(status="active", effectivePeriod={"start": "2024-01-01"}, dateAsserted="2024-05-01"))
    assert (True, "2024-05-01") == (ongoing.ongoing, str(ongoing.asserted))


def test_a_stated_end_ends_an_active_statement() -> None:
    """What is active but has an end is not ongoing."""
    assert not supply(statement(status="active")).ongoing
