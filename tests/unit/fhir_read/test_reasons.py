"""Why a drug was given, and why it was stopped."""

import pytest

from fhir_trd.model.records import StopReason
from tests.unit.fhir_read.making import SOMEONE, Json, dispense, issues, request, statement, supply

STATUS_REASON = "http://terminology.hl7.org/CodeSystem/medicationrequest-status-reason"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
DEPRESSION = {
    "resourceType": "Condition",
    "id": "c",
    "subject": SOMEONE,
    "code": {"coding": [{"system": ICD, "code": "F33.1"}]},
}


def coded(code: str) -> Json:
    """A concept with an ICD code."""
    return {"coding": [{"system": ICD, "code": code}]}


PURPOSES = [
    ({}, ()),
    ({"reasonCode": [coded("F33.1")]}, ("depression",)),
    ({"reasonCode": [coded("F17.210")]}, ("smoking",)),
    ({"reasonCode": [coded("S82.0")]}, ("other-recorded-reason",)),
    ({"reasonCode": [{"text": "for depression"}]}, ("depression",)),
    ({"reasonCode": [{"text": "the usual"}]}, ("unrecognised",)),
    ({"reasonCode": [coded("F33.1"), coded("F17.210")]}, ("depression", "smoking")),
    ({"reasonReference": [{"reference": "Condition/c"}]}, ("depression",)),
    ({"reasonReference": [{"display": "Depression"}]}, ("depression",)),
    ({"reason": [{"concept": coded("F33.1")}]}, ("depression",)),
    ({"reason": [{"reference": {"reference": "Condition/c"}}]}, ("depression",)),
]


@pytest.mark.parametrize(("told", "expected"), PURPOSES)
def test_recorded_reasons_are_purposes(told: Json, expected: tuple[str, ...]) -> None:
    """Reasons as codes, words, references and R5 pairs are purposes; one that no table knows is not taken for another."""
    assert expected == supply(DEPRESSION, request(**told)).purposes


def test_a_reason_that_leads_nowhere_is_noted() -> None:
    """A reason that was not read is unknown, not absent."""
    assert [("unresolved-reference", "reasonReference")] == issues(request(reasonReference=[{"reference": "Condition/gone"}]))


STOPS = [
    (statement(statusReason=[{"text": "lack of efficacy"}]), StopReason.LACK_OF_EFFICACY),
    (statement(statusReason=[{"text": "Stopped: side effects"}]), StopReason.INTOLERANCE),
    (statement(statusReason=[{"text": "only partial response"}]), StopReason.PARTIAL),
    (request(statusReason={"text": "inadequate response"}), StopReason.LACK_OF_EFFICACY),
    (request(statusReason={"text": "see letter"}), None),
    (request(statusReason={"coding": [{"system": STATUS_REASON, "code": "sintol"}]}), StopReason.INTOLERANCE),
    (dispense(statusReasonCodeableConcept={"text": "adverse drug reaction"}), StopReason.INTOLERANCE),
    (statement(statusReason=[{"text": "side effects"}, {"text": "lack of efficacy"}]), StopReason.LACK_OF_EFFICACY),
    (statement(), None),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "expected"), STOPS)
def test_stop_reasons_are_categories(resource: Json, expected: StopReason | None) -> None:
    """Codes and words tell why a drug was stopped; of several reasons, that it did not work says most."""
    assert expected is supply(resource).stop_reason


@pytest.mark.parametrize(
    "words",
    [
        "not because of lack of efficacy; moved abroad",
        "no lack of efficacy, patient recovered",
        "family doubted efficacy? ineffective contraception",
        "possibly side effects",
        "denies side effects",
    ],
)
def test_words_that_deny_or_doubt_a_reason_settle_nothing(words: str) -> None:
    """A reason that is denied or doubted is recorded as some other reason, never as the one it names or its opposite."""
    assert StopReason.OTHER is supply(statement(statusReason=[{"text": words}])).stop_reason
