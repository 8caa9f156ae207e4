"""Small invented resources, and how they are read: only what a test is about is spelt out."""

import json
from functools import cache
from typing import Any

from fhir_trd.fhir.decode import resources_in_document
from fhir_trd.fhir.read.records import Reading, read_records
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.issues import Fate
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord, Supply

Json = dict[str, Any]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SERTRALINE_50 = {"coding": [{"system": RXNORM, "code": "312941"}]}
SOMEONE = {"reference": "Patient/1"}
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}


@cache
def knowledge() -> Knowledge:
    """The shipped tables, loaded once."""
    return load_knowledge()


def statement(**more: Any) -> Json:
    """A completed statement about sertraline 50 mg from January to March 2024."""
    return {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "completed",
        "subject": SOMEONE,
        "medicationCodeableConcept": SERTRALINE_50,
        "effectivePeriod": {"start": "2024-01-01", "end": "2024-03-31"},
        **more,
    }


def request(**more: Any) -> Json:
    """An order of 1 January 2024 for sertraline 50 mg."""
    return {
        "resourceType": "MedicationRequest",
        "id": "r",
        "status": "completed",
        "intent": "order",
        "subject": SOMEONE,
        "medicationCodeableConcept": SERTRALINE_50,
        "authoredOn": "2024-01-01",
        **more,
    }


def dispense(**more: Any) -> Json:
    """Sertraline 50 mg, handed over on 1 January 2024."""
    return {
        "resourceType": "MedicationDispense",
        "id": "d",
        "status": "completed",
        "subject": SOMEONE,
        "medicationCodeableConcept": SERTRALINE_50,
        "whenHandedOver": "2024-01-01",
        **more,
    }


def dosage(amount: float | None = None, unit: str = "mg", **more: Any) -> Json:
    """One instruction in R4: so much, once a day unless another timing is given."""
    dose = {"doseAndRate": [{"doseQuantity": {"value": amount, "unit": unit}}]} if amount is not None else {}
    return {"timing": DAILY, **dose, **more}


def lasting(days: int, **more: Any) -> Json:
    """A daily timing that holds for so many days."""
    return {"repeat": {**DAILY["repeat"], "boundsDuration": {"value": days, "code": "d"}, **more}}


def bundle(*resources: Json, kind: str = "collection") -> bytes:
    """A Bundle of these resources."""
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}).encode()


def reading(*resources: Json) -> Reading:
    """What is read from these resources."""
    return read_bytes(bundle(*resources))


def read_bytes(body: bytes) -> Reading:
    """What is read from a document."""
    return read_records(resources_in_document(body, "bundle.json"), knowledge())


def record(*resources: Json) -> PatientRecord:
    """The record of the one patient of these resources."""
    (only,) = reading(*resources).records
    return only


def supply(*resources: Json) -> Supply:
    """The one supply of these resources."""
    (only,) = record(*resources).supplies
    return only


def doses(*resources: Json) -> list[tuple[float, float] | None]:
    """The doses of the steps of the one supply: least and most, None where not known."""
    return [(step.dose.least, step.dose.most) if step.dose else None for step in supply(*resources).steps]


def days(*resources: Json) -> list[tuple[str, str]]:
    """First and last day of each step, as far as known exactly."""
    return [(str(step.start.earliest), str(step.end.latest) if step.end else "open") for step in supply(*resources).steps]


def set_aside(*resources: Json) -> list[str]:
    """The reasons for which resources were set aside."""
    return [entry.reason for entry in reading(*resources).ledger.counts if entry.fate is Fate.SET_ASIDE]


def issues(*resources: Json) -> list[tuple[str, str]]:
    """Kind and path of each issue of the one patient."""
    return [(issue.kind, issue.origin.path) for issue in record(*resources).issues]
