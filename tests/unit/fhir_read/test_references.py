"""References in all their forms."""

import json
from typing import Any

import pytest

from fhir_trd.fhir.references import Shelf, Target, target_of
from tests.unit.fhir_read.making import RXNORM, Json, issues, read_bytes, record, request, set_aside, statement, supply

TABLET = {
    "resourceType": "Medication",
    "id": "m",
    "code": {"coding": [{"system": RXNORM, "code": "312941"}]},
}
TARGETS = [
    ("Patient/1", Target("Patient", "1")),
    ("https://example.test/fhir/Patient/1", Target("Patient", "1")),
    ("Patient/1/_history/3", Target("Patient", "1")),
    ("#m", Target("#", "m")),
    ("urn:uuid:0c", Target("", "urn:uuid:0c")),
    ("nobody", None),
    ("", None),
]


@pytest.mark.parametrize(("reference", "expected"), TARGETS)
def test_a_reference_names_its_target(reference: str, expected: Target | None) -> None:
    """Relative, absolute, versioned, contained and urn references are understood."""
    assert expected == target_of(reference)


def referring(reference: Json, **more: Any) -> Json:
    """A statement about the medication behind this reference."""
    plain = statement(medicationReference=reference, **more)
    del plain["medicationCodeableConcept"]
    return plain


@pytest.mark.parametrize("reference", ["Medication/m", "https://example.test/fhir/Medication/m/_history/2"])
def test_a_medication_is_found_by_reference(reference: str) -> None:
    """The product of a Medication resource is that of whoever refers to it, and both are sources."""
    read = record(TABLET, referring({"reference": reference}))
    assert ("sertraline", ("Medication/m", "MedicationStatement/s")) == (read.supplies[0].drug.ingredient, read.sources)


def test_a_contained_medication_is_found() -> None:
    """A medication inside the statement is found by its local id."""
    assert "sertraline" == supply(referring({"reference": "#m"}, contained=[TABLET])).drug.ingredient


def test_a_medication_of_ingredients_is_understood() -> None:
    """A product without a code is known by its ingredients and their strength."""
    strength = {"numerator": {"value": 50, "unit": "mg"}, "denominator": {"value": 1, "unit": "tablet"}}
    made_of = [{"itemCodeableConcept": {"text": "sertraline"}, "strength": strength}]
    product = {"resourceType": "Medication", "id": "m", "ingredient": made_of}
    sig = [{"text": "2 tablets daily"}]
    (step,) = supply(product, referring({"reference": "Medication/m"}, dosage=sig)).steps
    assert step.dose is not None
    assert 100 == step.dose.most


def test_a_urn_is_found_by_full_url() -> None:
    """In a transaction, urn references are those of full URLs, for the patient and for the medication."""
    entries = [
        {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient"}},
        {"fullUrl": "urn:uuid:m", "resource": {**TABLET, "id": "other"}},
        {"resource": referring({"reference": "urn:uuid:m"}, subject={"reference": "urn:uuid:p"})},
    ]
    (read,) = read_bytes(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()).records
    assert ("Patient/p", "sertraline") == (read.patient, read.supplies[0].drug.ingredient)


def test_a_reference_that_leads_nowhere_is_set_aside_as_such() -> None:
    """A medication that was not read is not the same as another drug."""
    assert ["its medication reference points to nothing that was read"] == set_aside(referring({"reference": "Medication/gone"}))


def test_the_words_on_a_reference_are_used_where_it_leads_nowhere() -> None:
    """The display of a reference names the drug if nothing else does, and that is noted."""
    pale = referring({"reference": "Medication/gone", "display": "sertraline 50 mg"})
    assert "sertraline" == supply(pale).drug.ingredient
    assert [("unresolved-reference", "medicationReference")] == issues(pale)


def test_the_words_on_a_logical_reference_are_used() -> None:
    """A reference with nothing but a display names the drug."""
    assert "sertraline" == supply(referring({"display": "sertraline 50 mg"})).drug.ingredient


def test_a_pair_of_concept_and_reference_is_read() -> None:
    """In R5 a medication is a pair, either half of which may tell."""
    r5 = request(medication={"reference": {"reference": "Medication/m"}})
    del r5["medicationCodeableConcept"]
    assert "sertraline" == supply(TABLET, r5).drug.ingredient


SUBJECTS = [
    (None, "no patient reference"),
    ({"display": "someone"}, "no patient reference"),
    ({"reference": "Group/1"}, "its subject is a Group, not a patient"),
    ({"reference": "#p"}, "its patient is contained and has no identity of its own"),
    ({"reference": "someone"}, "its patient reference is malformed"),
    ({"identifier": {"value": "9"}}, "its patient is named by an identifier that no patient read has"),
]


@pytest.mark.parametrize(("subject", "reason"), SUBJECTS)
def test_nothing_is_attributed_by_guessing(subject: Json | None, reason: str) -> None:
    """A record that names no patient is set aside, even beside the one patient there is."""
    assert [reason] == set_aside({"resourceType": "Patient", "id": "1"}, statement(subject=subject))


def test_a_patient_is_found_by_identifier() -> None:
    """A subject named by an identifier only is the patient that has it."""
    number = {"system": "https://example.test/mrn", "value": "9"}
    person = {"resourceType": "Patient", "id": "p", "identifier": [number]}
    assert "Patient/p" == record(person, statement(subject={"identifier": number})).patient


def test_near_comes_before_far() -> None:
    """The same id in two files means two things: each file refers to its own, and a stranger to neither."""
    shelf: Shelf[str] = Shelf()
    shelf.put("here", ("Medication/1",), "a")
    shelf.put("there", ("Medication/1",), "b")
    assert ("here", "there", None) == tuple(shelf.get("Medication/1", scope) for scope in "abc")


def test_far_is_found_if_there_is_one() -> None:
    """What only one other file holds is found from anywhere."""
    shelf: Shelf[str] = Shelf()
    shelf.put("there", ("Medication/1",), "b")
    assert "there" == shelf.get("Medication/1", "c")
