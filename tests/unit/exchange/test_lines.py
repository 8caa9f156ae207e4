"""A line of NDJSON tells what it is and whom it is about, whatever else it holds."""

import pytest

from fhir_trd.fhir.exchange.lines import Line, Name, id_in, line_of, references_in

ABOUT = Name("Condition", "c")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"}}', Line(ABOUT, "p")),
        (
            b'{"id":"c","resourceType":"Condition","patient":{"reference":"https://a/fhir/Patient/p/_history/2"}}',
            Line(ABOUT, "p", "https://a/fhir/"),
        ),
        (b'{"resourceType":"Condition","id":"c","subject":{"reference":"Group/g"}}', Line(ABOUT, "")),
        (b'{"resourceType":"Condition","id":"c","subject":null}', Line(ABOUT, "")),
        (b'{"resourceType":"Condition","id":"c","subject":"Patient/p"}', Line(ABOUT, "")),
        (b'{"resourceType":"Condition","id":7}', Line(Name("Condition", ""), "")),
        (b'{"resourceType":"Patient","id":"p"}', Line(Name("Patient", "p"), "p")),
        (b'{"resourceType":7}', None),
        (b'{"id":"c"}', None),
        (b"[1]", None),
        (b"nothing", None),
        (b'"\xff"', None),
    ],
)
def test_a_line_is_known_by_its_name(body: bytes, line: Line | None) -> None:
    """Type, id and patient are found; a strange element takes no resource away, and what is none is none."""
    assert line == line_of(body)


def test_a_name_is_told_as_a_reference() -> None:
    """The name of a resource reads as a reference to it."""
    assert "Condition/c" == ABOUT.told


@pytest.mark.parametrize(
    ("reference", "identity"),
    [
        ("Medication/m", "m"),
        ("Medication/m/_history/3", "m"),
        ("https://a.example.org/fhir/Medication/m", "m"),
        ("Patient/m", ""),
        ("#m", ""),
        ("urn:uuid:0b1c6a1e-0000-4000-8000-000000000000", ""),
        ("Medication?code=1", ""),
        ("", ""),
    ],
)
def test_the_id_in_a_reference_is_that_of_the_type(reference: str, identity: str) -> None:
    """Only a reference to the type names an id, in each of its forms."""
    assert identity == id_in(reference, "Medication")


def test_references_are_found_at_any_depth() -> None:
    """Every reference to a type is found, wherever it stands; in what is no JSON there is none."""
    body = b'{"a":[{"reference":"Medication/1"},{"b":{"reference":"Medication/2"}}],"c":{"reference":"Patient/3"}}'

    assert ["Medication/1", "Medication/2"] == list(references_in(body, "Medication"))
    assert [] == list(references_in(b"{", "Medication"))
