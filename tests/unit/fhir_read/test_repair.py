"""What does not fit is mended or left out, and costs nothing else."""

from typing import Any

import pytest

from tests.unit.fhir_read.making import (
    SOMEONE,
    Json,
    dosage,
    doses,
    issues,
    read_bytes,
    reading,
    record,
    request,
    statement,
    supply,
)

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
MENDED = [
    ({"dosage": [dosage("100", "mg")]}, "dosage[0].doseAndRate[0].doseQuantity.value"),
    (
        {"dosage": [dosage(100, timing={"repeat": {"frequency": "1", "period": 1, "periodUnit": "d"}})]},
        "dosage[0].timing.repeat.frequency",
    ),
    ({"dosage": [{**dosage(100), "doseAndRate": dosage(100)["doseAndRate"][0]}]}, "dosage[0].doseAndRate"),
    ({"dosage": [{**dosage(100), "sequence": "one"}]}, "dosage[0].sequence"),
    ({"dosage": [{**dosage(100), "text": {"a": 1}}]}, "dosage[0].text"),
    ({"dosage": [dosage(100)], "dateAsserted": 20240101}, "dateAsserted"),
    ({"dosage": [dosage(100)], "status": ["completed"], "dateAsserted": None}, "status"),
    ({"dosage": [dosage(100)], "effectiveDateTime": True}, "effectiveDateTime"),
]


@pytest.mark.parametrize(("odd", "path"), MENDED)
def test_a_bad_element_costs_only_itself(odd: Json, path: str) -> None:
    """A wrong type is read as meant where the meaning is plain, else left out; both are noted with the path."""
    assert [(100, 100)] == doses(statement(**odd))
    assert path in [where for _, where in issues(statement(**odd))]


def test_a_code_that_is_a_number_is_read() -> None:
    """A code written as a number is the same code."""
    concept = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": 312941}]}
    assert "sertraline" == supply(statement(medicationCodeableConcept=concept)).drug.ingredient


@pytest.mark.parametrize("odd", [7, "x", [], [[]], [1, 2], {"a": {}}, True])
@pytest.mark.parametrize("element", ["dosage", "reasonCode", "statusReason", "effectivePeriod", "contained", "extension", "meta"])
def test_any_kind_anywhere_is_survived(element: str, odd: Any) -> None:
    """No element of any other kind costs the record."""
    assert "sertraline" == supply(statement(**{element: odd})).drug.ingredient


@pytest.mark.parametrize("odd", [7, [], ["x"], {"reference": 7}])
def test_a_subject_of_another_kind_attributes_nothing(odd: Any) -> None:
    """A subject that can't be read is no subject, and the resource still has its place in the ledger."""
    read = reading(statement(subject=odd))
    assert (1, True) == (read.ledger.read, read.ledger.adds_up)


def test_a_number_that_no_float_holds_is_left_out() -> None:
    """A number beyond all bounds is left out by its path, and the rest is read."""
    body = b'{"resourceType": "MedicationStatement", "id": "s", "status": "active", "subject": {"reference": "Patient/1"}, '
    body += b'"medicationCodeableConcept": {"text": "sertraline 50 mg"}, '
    body += b'"dosage": [{"doseQuantity": {"value": 1e999, "unit": "mg"}}]}'
    (read,) = read_bytes(body).records
    assert [None] == [step.dose for step in read.supplies[0].steps]
    assert ["dosage[0].doseQuantity.value"] == [issue.origin.path for issue in read.issues if issue.kind == "wrong-type"]


def test_text_that_is_not_utf8_is_read_as_far_as_it_goes() -> None:
    """Bytes of another encoding in one text cost those characters, and that is noted."""
    body = b'{"resourceType": "MedicationStatement", "id": "s", "status": "active", "subject": {"reference": "Patient/1"}, '
    body += b'"medicationCodeableConcept": {"text": "sertraline 50 mg, caf\xe9"}}'
    (read,) = read_bytes(body).records
    assert "sertraline" == read.supplies[0].drug.ingredient
    assert "bytes that are not UTF-8 where UTF-8 text was wanted" in [issue.found for issue in read.issues]


def test_the_last_of_two_equal_names_counts() -> None:
    """An element that is written twice counts as it was written last."""
    body = b'{"resourceType": "MedicationStatement", "id": "s", "status": "active", "status": "on-hold", '
    body += b'"subject": {"reference": "Patient/1"}, "medicationCodeableConcept": {"text": "sertraline"}}'
    (read,) = read_bytes(body).records
    assert "paused" == read.supplies[0].taking


ODD_TWICE = [
    (
        {"resourceType": "Condition", "code": {"coding": [{"system": ICD, "code": "F33.1", "display": 7}]}},
        {"code.coding[0].display"},
    ),
    (
        {"resourceType": "Condition", "code": {"text": "depression"}, "verificationStatus": {"text": 7}},
        {"verificationStatus.text"},
    ),
    (
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
            "effectiveDateTime": "2024-01-01",
            "valueQuantity": {"value": 120, "unit": 7},
        },
        {"valueQuantity.unit"},
    ),
]


@pytest.mark.parametrize(("odd", "paths"), ODD_TWICE)
def test_what_is_odd_is_noted_with_each_resource_that_has_it(odd: Json, paths: set[str]) -> None:
    """Equal elements are understood once, but what is odd about them is told of every resource they stand in."""
    read = record(*({"id": name, "subject": SOMEONE, **odd} for name in ("a", "b")))
    kind = odd["resourceType"]
    expected = {(f"{kind}/{name}", path) for name in ("a", "b") for path in paths}
    assert expected == {(issue.origin.resource, issue.origin.path) for issue in read.issues}


def test_issues_never_hold_what_was_written() -> None:
    """An issue tells kinds and paths, never a value or a text."""
    odd = statement(dateAsserted="Mrs. Secret said so", dosage=[{"text": {"Secret": 1}}], effectivePeriod="Secret")
    assert "Secret" not in repr(record(odd).issues)


def test_a_list_where_one_is_wanted_is_read() -> None:
    """A reason that is one concept or a list of them is the same reason."""
    reason = {"text": "major depression"}
    one, many = supply(request(reasonCode=reason)), supply(request(reasonCode=[reason]))
    assert (("depression",), ("depression",)) == (one.purposes, many.purposes)


def test_an_unneeded_type_is_set_aside_by_name() -> None:
    """A resource of a type that no rule needs is set aside as such."""
    (entry,) = reading({"resourceType": "Appointment", "subject": SOMEONE}).ledger.counts
    assert "not needed: Appointment" == entry.reason
