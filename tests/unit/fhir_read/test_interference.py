"""Drugs that are no treatment of depression but bear on it: the days of their use."""

from datetime import date

import pytest

from fhir_trd.model.dates import LONG_AGO, When
from tests.unit.fhir_read.making import Json, reading, request

METOPROLOL = {"text": "metoprolol succinate 50 MG Extended Release Oral Tablet"}
REASON: Json = {"reasonCode": [{"text": "high blood pressure"}]}
MONTH = {"expectedSupplyDuration": {"value": 30, "unit": "days", "code": "d"}}
NEW_YEAR, MARCH = date(2024, 1, 1), date(2024, 3, 1)

DAYS: list[tuple[Json, When | None]] = [
    ({"status": "active"}, When(NEW_YEAR, date.max)),
    ({"status": "active", "authoredOn": ""}, When(LONG_AGO, date.max)),
    ({"status": "completed"}, When(NEW_YEAR, NEW_YEAR)),
    ({"status": "completed", "dispenseRequest": MONTH}, When(NEW_YEAR, date(2024, 1, 31))),
    ({"status": "stopped", "statusChanged": "2024-03-01"}, When(NEW_YEAR, MARCH)),
    ({"status": "stopped", "statusChanged": "2024-03-01", "authoredOn": ""}, When(MARCH, MARCH)),
    ({"status": "completed", "authoredOn": ""}, None),
    ({"status": "entered-in-error"}, None),
    ({"status": "active", "intent": "proposal"}, None),
    ({"status": "active", "doNotPerform": True}, None),
]


def days_of(order: Json) -> When | None:
    """The days of the one presence that an order tells of, if it tells of any."""
    found = [one.when for record in reading(order).records for one in record.presences]
    return found[0] if found else None


@pytest.mark.parametrize(("told", "expected"), DAYS)
@pytest.mark.parametrize("beside", [{}, REASON], ids=["bare", "with a reason"])
def test_an_order_tells_the_same_days_with_and_without_a_reason(told: Json, expected: When | None, beside: Json) -> None:
    """What an order says beside its days does not change them."""
    assert expected == days_of(request(medicationCodeableConcept=METOPROLOL, **told, **beside))


def test_the_fate_of_an_order_is_the_same_with_and_without_a_reason() -> None:
    """An order that is set aside is set aside for the same reason, whatever it says beside."""
    orders = [request(medicationCodeableConcept=METOPROLOL, **told) for told, _ in DAYS]
    assert [reading({**order, **REASON}).ledger for order in orders] == [reading(order).ledger for order in orders]
