"""Procedures, stays in hospital, and reactions."""

import pytest

from tests.unit.fhir_read.making import RXNORM, SOMEONE, Json, record, set_aside, statement

CPT = "http://www.ama-assn.org/go/cpt"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
DEPRESSION = {"resourceType": "Condition", "id": "c", "subject": SOMEONE, "code": {"coding": [{"system": ICD, "code": "F33.1"}]}}


def procedure(**more: object) -> Json:
    """A course of ECT in May 2024."""
    return {
        "resourceType": "Procedure",
        "id": "p",
        "status": "completed",
        "subject": SOMEONE,
        "code": {"coding": [{"system": CPT, "code": "90870"}]},
        "performedPeriod": {"start": "2024-05-01", "end": "2024-05-20"},
        **more,
    }


def stay(**more: object) -> Json:
    """Ten days in hospital in May 2024."""
    return {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": SOMEONE,
        "period": {"start": "2024-05-01", "end": "2024-05-10"},
        **more,
    }


TREATMENTS = [
    (procedure(), ("ect", "2024-05-01", "2024-05-20")),
    (procedure(performedPeriod=None, performedDateTime="2024-05-03"), ("ect", "2024-05-03", "2024-05-03")),
    (procedure(performedPeriod=None, occurrenceDateTime="2024-05-03"), ("ect", "2024-05-03", "2024-05-03")),
    (procedure(code={"text": "Cognitive behavioural therapy, session"}), ("psychotherapy", "2024-05-01", "2024-05-20")),
    (procedure(status="in-progress"), ("ect", "2024-05-01", "2024-05-20")),
]


@pytest.mark.parametrize(("resource", "expected"), TREATMENTS)
def test_a_procedure_is_a_treatment(resource: Json, expected: tuple[str, str, str]) -> None:
    """Codes and words tell the treatment; its days are read in all forms."""
    (one,) = record(resource).treatments
    assert expected == (one.kind, str(one.start.earliest), str(one.end.latest))


PCS, SNOMED = "http://www.cms.gov/Medicare/Coding/ICD10", "http://snomed.info/sct"
SIDES = [
    ({"coding": [{"system": PCS, "code": "GZB3ZZZ"}]}, "bilateral"),
    ({"coding": [{"system": PCS, "code": "GZB1ZZZ"}]}, "unilateral"),
    ({"coding": [{"system": PCS, "code": "GZB4ZZZ"}]}, ""),
    ({"coding": [{"system": SNOMED, "code": "284468008"}]}, "bilateral"),
    ({"coding": [{"system": CPT, "code": "90870"}], "text": "ECT, bitemporal"}, "bilateral"),
    ({"coding": [{"system": CPT, "code": "90870"}], "text": "ECT, right unilateral"}, "unilateral"),
    ({"coding": [{"system": CPT, "code": "90870"}], "text": "ECT, unilateral, later bilateral"}, ""),
    ({"coding": [{"system": CPT, "code": "90870"}]}, ""),
]


@pytest.mark.parametrize(("code", "side"), SIDES)
def test_the_side_of_a_treatment(code: Json, side: str) -> None:
    """Codes, else words, tell whether both sides of the head were treated; where they say two things, nobody knows."""
    (one,) = record(procedure(code=code)).treatments
    assert side == one.side


NO_TREATMENTS = [
    (procedure(status="not-done"), "not done: status not-done"),
    (procedure(status="entered-in-error"), "entered in error"),
    (procedure(code={"text": "appendectomy"}), "not a treatment of interest"),
    (stay(status="cancelled"), "a visit that did not happen"),
    (stay(**{"class": {"code": "AMB"}}), "not a stay in hospital"),
    (stay(period=None), "a stay without a date"),
    (stay(status="entered-in-error"), "entered in error"),
]


@pytest.mark.parametrize(("resource", "reason"), NO_TREATMENTS)
def test_what_did_not_happen_is_set_aside(resource: Json, reason: str) -> None:
    """What was not done, was an error or does not matter is set aside with the reason."""
    assert [reason] == set_aside(resource)


@pytest.mark.parametrize("kind", [{"code": "ACUTE"}, [{"coding": [{"code": "IMP"}]}], "inpatient"])
def test_a_stay_is_known_in_every_version(kind: object) -> None:
    """The class of an encounter is a coding, a list of concepts or a word."""
    assert 1 == len(record(stay(**{"class": kind})).stays)


FOR_WHAT = [
    ({}, None),
    ({"reasonCode": [{"text": "Major depressive disorder"}]}, True),
    ({"reasonCode": [{"text": "broken leg"}]}, False),
    ({"reason": [{"text": "Major depressive disorder"}]}, True),
    ({"diagnosis": [{"condition": {"reference": "Condition/c"}}]}, True),
    ({"diagnosis": [{"condition": [{"reference": {"reference": "Condition/c"}}]}]}, True),
    ({"reason": [{"value": [{"concept": {"text": "Major depressive disorder"}}]}]}, True),
]


@pytest.mark.parametrize(("told", "expected"), FOR_WHAT)
def test_a_stay_tells_what_it_was_for(told: Json, expected: bool | None) -> None:
    """Reasons and diagnoses tell whether a stay was for depression; without any, it is not known."""
    (one,) = record(DEPRESSION, stay(**told)).stays
    assert expected is one.for_depression


def adverse_event(**more: object) -> Json:
    """An adverse event of 10 February 2024."""
    return {"resourceType": "AdverseEvent", "id": "a", "actuality": "actual", "subject": SOMEONE, "date": "2024-02-10", **more}


def test_an_adverse_event_is_linked_to_the_record_it_blames() -> None:
    """The record of a drug that is blamed gives the drug and the link."""
    blamed = adverse_event(suspectEntity=[{"instance": {"reference": "MedicationStatement/s"}}])
    (reaction,) = record(statement(), blamed).reactions
    assert ("sertraline", "MedicationStatement/s", "2024-02-10") == (
        reaction.ingredient,
        reaction.supply,
        str(reaction.when and reaction.when.latest),
    )


SUSPECTS = [
    {"instance": {"reference": "Medication/m"}},
    {"instance": {"display": "sertraline"}},
    {"instanceCodeableConcept": {"text": "sertraline"}},
]  # fmt: skip


@pytest.mark.parametrize("suspect", SUSPECTS)
def test_a_drug_may_be_blamed_in_every_form(suspect: Json) -> None:
    """A medication, words and a concept can be blamed."""
    tablet = {"resourceType": "Medication", "id": "m", "code": {"coding": [{"system": RXNORM, "code": "312941"}]}}
    (reaction,) = record(tablet, adverse_event(suspectEntity=[suspect])).reactions
    assert "sertraline" == reaction.ingredient


def test_harm_that_might_have_been_is_set_aside() -> None:
    """A potential event did not happen."""
    assert ["harm that might have been"] == set_aside(adverse_event(actuality="potential"))


def allergy(**more: object) -> Json:
    """An intolerance to sertraline, recorded in 2020."""
    return {
        "resourceType": "AllergyIntolerance",
        "id": "i",
        "patient": SOMEONE,
        "code": {"text": "sertraline"},
        "recordedDate": "2020-03-01",
        **more,
    }


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ({}, "2020-03-01"),
        ({"onsetDateTime": "2019-01-05"}, "2019-01-05"),
        ({"reaction": [{"onset": "2018-01-01"}]}, "2018-01-01"),
    ],
)
def test_an_allergy_to_a_drug_is_a_reaction(told: Json, day: str) -> None:
    """An allergy is a reaction on the day it began, else on the day it was recorded."""
    (reaction,) = record(allergy(**told)).reactions
    assert ("sertraline", day) == (reaction.ingredient, str(reaction.when and reaction.when.latest))


NO_ALLERGIES = [
    (allergy(verificationStatus={"coding": [{"code": "refuted"}]}), "an allergy that was ruled out or entered in error"),
    (allergy(code={"text": "peanuts"}), "no drug that the tables know"),
]


@pytest.mark.parametrize(("resource", "reason"), NO_ALLERGIES)
def test_other_allergies_are_set_aside(resource: Json, reason: str) -> None:
    """What was ruled out or is no drug we know is set aside."""
    assert [reason] == set_aside(resource)
