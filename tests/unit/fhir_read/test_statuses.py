"""What the status of a record says about taking the drug."""

import pytest

from fhir_trd.model.records import Adherence, Kind, Taking
from tests.unit.fhir_read.making import SERTRALINE_50, SOMEONE, Json, dispense, record, request, set_aside, statement, supply

R5 = "http://hl7.org/fhir/CodeSystem/medication-statement-adherence"
SNOMED = "http://snomed.info/sct"
ADMINISTRATION = {
    "resourceType": "MedicationAdministration",
    "id": "a",
    "status": "completed",
    "subject": SOMEONE,
    "medicationCodeableConcept": SERTRALINE_50,
    "effectiveDateTime": "2024-01-05",
    "dosage": {"dose": {"value": 50, "unit": "mg"}},
}


def recorded(adherence: str) -> Json:
    """An R5 statement with this word on adherence."""
    code = {"code": {"coding": [{"system": R5, "code": adherence}]}}
    drug = {"concept": SERTRALINE_50}
    return {**statement(status="recorded", adherence=code, medication=drug), "medicationCodeableConcept": None}


TAKEN = [
    (statement(status="active"), Taking.TAKEN),
    (statement(status="completed"), Taking.TAKEN),
    (statement(status="stopped"), Taking.TAKEN),
    (statement(status="on-hold"), Taking.PAUSED),
    (statement(status="not-taken"), Taking.NOT_TAKEN),
    (statement(status="unknown"), Taking.UNKNOWN),
    (statement(status="active", taken="n"), Taking.NOT_TAKEN),
    (statement(status="active", taken="y"), Taking.TAKEN),
    (statement(status="active", taken="unk"), Taking.UNKNOWN),
    (statement(status="active", wasNotTaken=True), Taking.NOT_TAKEN),
    (recorded("taking"), Taking.TAKEN),
    (recorded("not-taking"), Taking.NOT_TAKEN),
    (recorded("on-hold"), Taking.PAUSED),
    (recorded("stopped"), Taking.TAKEN),
    (recorded("unknown"), Taking.UNKNOWN),
    (request(status="active"), Taking.TAKEN),
    (request(status="on-hold"), Taking.UNKNOWN),
    (request(status="unknown"), Taking.UNKNOWN),
    (dispense(), Taking.TAKEN),
    (ADMINISTRATION, Taking.TAKEN),
]


@pytest.mark.parametrize(("resource", "expected"), TAKEN)
def test_the_status_tells_whether_it_was_taken(resource: Json, expected: Taking) -> None:
    """Each status, in each version of FHIR, has one meaning for taking."""
    assert expected is supply(resource).taking


NO_EVIDENCE = [
    (statement(status="entered-in-error"), "entered in error"),
    (statement(status="intended"), "planned, not taken: status intended"),
    (request(status="draft"), "planned, not taken: status draft"),
    (request(status="cancelled"), "no evidence of use: status cancelled"),
    (request(intent="plan"), "planned, not taken: intent plan"),
    (request(intent="proposal"), "planned, not taken: intent proposal"),
    (request(doNotPerform=True), "an order not to give it"),
    (dispense(status="in-progress"), "planned, not taken: status in-progress"),
    (dispense(status="declined"), "no evidence of use: status declined"),
    (dispense(status="Mr. Smith"), "no evidence of use: status not known to FHIR"),
    ({**ADMINISTRATION, "status": "not-done"}, "no evidence of use: status not-done"),
]


@pytest.mark.parametrize(("resource", "reason"), NO_EVIDENCE)
def test_what_is_no_evidence_is_set_aside_with_the_reason(resource: Json, reason: str) -> None:
    """Plans, cancellations and errors are no evidence of use, and the ledger says why."""
    assert [reason] == set_aside(resource)


KINDS = [
    (statement(), Kind.REPORTED),
    (request(), Kind.ORDERED),
    (request(reportedBoolean=True), Kind.REPORTED),
    (request(reportedReference={"reference": "Patient/1"}), Kind.REPORTED),
    (dispense(), Kind.DISPENSED),
    (ADMINISTRATION, Kind.ADMINISTERED),
]


@pytest.mark.parametrize(("resource", "kind"), KINDS)
def test_the_resource_type_tells_how_strong_the_evidence_is(resource: Json, kind: Kind) -> None:
    """Given, handed over, reported and ordered are told apart."""
    assert kind is supply(resource).kind


@pytest.mark.parametrize(("code", "expected"), [("1156699004", Adherence.GOOD), ("702565001", Adherence.POOR)])
def test_the_adherence_extension_is_read(code: str, expected: Adherence) -> None:
    """How reliably an ordered drug is taken is told by an extension of US Core."""
    told = {"url": "medicationAdherence", "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": code}]}}
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence"
    assert expected is supply(request(extension=[{"url": url, "extension": [told]}])).adherence


def test_an_administration_is_a_dose_on_its_day() -> None:
    """What was given on a day covers that day, with that dose."""
    (step,) = supply(ADMINISTRATION).steps
    assert step.dose is not None
    assert step.start == step.end
    assert 50 == step.dose.most


def test_a_planned_drug_leaves_a_patient_without_supplies() -> None:
    """A patient of whom only a plan is known still has a record: an empty one."""
    assert () == record(request(intent="plan")).supplies
