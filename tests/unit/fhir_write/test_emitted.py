"""What is written for any vignette proposes, and orders nothing: every element of every Bundle is walked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fhir_trd.fhir.write.bundle import bundle_for
from tests.factory.judging import judge
from tests.spec.vignettes.charts import CHARTS

ORDERS = {"MedicationRequest", "ServiceRequest", "RequestGroup", "DeviceRequest", "Task", "MedicationStatement"}
DOSES = {"dosage", "dosageInstruction", "doseAndRate", "doseQuantity", "dailyAmount", "quantity", "productCodeableConcept"}
AMOUNT = re.compile(r"\d\s*(mg|mcg|µg|mmol|ml)\b", re.IGNORECASE)


def elements(part: Any) -> Iterator[tuple[str, Any]]:
    """Every element below, by its name."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield name, inner
            yield from elements(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from elements(inner)


@pytest.mark.parametrize("vignette", sorted(CHARTS))
def test_nothing_that_is_written_is_an_order(vignette: str) -> None:
    """No resource of any Bundle orders a drug or an act, and no element holds a dose as an order."""
    found = list(elements(bundle_for([judge(CHARTS[vignette])])))
    assert set() == {value for name, value in found if name == "resourceType"} & ORDERS
    assert set() == {name for name, _ in found} & DOSES
    assert {"proposal"} == {value for name, value in found if name == "intent"}


@pytest.mark.parametrize("vignette", sorted(CHARTS))
def test_no_activity_names_an_amount(vignette: str) -> None:
    """Activities have not started, carry a code of their own, and name no amount of any drug."""
    activities = [detail for name, detail in elements(bundle_for([judge(CHARTS[vignette])])) if name == "detail"]
    assert {"not-started"} == {detail["status"] for detail in activities}
    assert [] == [detail["code"]["text"] for detail in activities if not detail["code"]["coding"]]
    assert [] == [detail["description"] for detail in activities if AMOUNT.search(detail["description"])]
