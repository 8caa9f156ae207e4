"""Which drug a record is about."""

import pytest

from fhir_trd.fhir.read.codes import eleven_digits
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG, SEVERAL_DRUGS
from fhir_trd.fhir.slices import CodingSlice, ConceptSlice
from tests.unit.fhir_read.making import RXNORM, issues, knowledge, record, set_aside, statement, supply

IN_WORDS = [
    ("Sertraline 100 mg tablet", [("sertraline", "", 100, "mg")]),
    ("Zoloft 50mg", [("sertraline", "", 50, "mg")]),
    ("venlafaxine XR 75 mg capsule", [("venlafaxine", "", 75, "mg")]),
    ("Effexor-XR 37,5 mg", [("venlafaxine", "", 37.5, "mg")]),
    ("Escitalopram (Lexapro) 10mg", [("escitalopram", "", 10, "mg")]),
    ("SERTRALINE HYDROCHLORIDE 50MG", [("sertraline", "", 50, "mg")]),
    ("Paroxetine 25 mg CR tablet", [("paroxetine", "controlled-release", 25, "mg")]),
    ("sertraline 50 mg + 100 mg", [("sertraline", "", None, "mg")]),
    ("selegiline (Emsam) 6 mg/24 hr patch", [("selegiline", "transdermal", 6, "mg/24h")]),
    ("Fluoxetine 20 mg/5 mL oral solution", [("fluoxetine", "", 4, "mg/mL")]),
    ("quetiapine 1,000 mg", [("quetiapine", "", 1000, "mg")]),
    ("olanzapine/fluoxetine 6 mg/25 mg", [("olanzapine", "", 6, "mg"), ("fluoxetine", "", 25, "mg")]),
    ("desvenlafaxine 50 mg", [("desvenlafaxine", "", 50, "mg")]),
    ("Fluoxétine 20 mg", [("fluoxetine", "", 20, "mg")]),
]


@pytest.mark.parametrize(("text", "expected"), IN_WORDS)
def test_a_drug_is_found_in_words(text: str, expected: list[tuple[str, str, float | None, str]]) -> None:
    """Names, brands, salts and forms tell the drug; a single strength is taken, several are not."""
    product = Desk(knowledge()).finder.in_text(text).product
    assert product is not None
    assert expected == [(part.drug.ingredient, part.drug.variant, part.strength, part.unit) for part in product.parts]


NOT_FOUND = [
    ("sertralinex 50 mg", NO_DRUG),
    ("lisinopril 10 mg", NO_DRUG),
    ("", NO_DRUG),
    ("Sertraline, formerly fluoxetine", SEVERAL_DRUGS),
]


@pytest.mark.parametrize(("text", "why"), NOT_FOUND)
def test_a_name_inside_another_word_is_no_drug(text: str, why: str) -> None:
    """A drug is never found inside another word, and never picked among several that are not one product."""
    assert why == Desk(knowledge()).finder.in_text(text).why_not


def test_a_brand_tells_its_purpose() -> None:
    """A brand for smoking cessation says what the drug was for."""
    assert "smoking" == supply(statement(medicationCodeableConcept={"text": "Zyban 150 mg"})).brand_purpose


def test_a_match_by_words_is_noted() -> None:
    """A drug that was found by its name and not by a code says so."""
    assert ("text_matched",) == supply(statement(medicationCodeableConcept={"text": "sertraline"})).notes


def test_a_code_without_strength_takes_it_from_the_words() -> None:
    """A code for the ingredient alone leaves the strength to the text beside it."""
    concept = ConceptSlice((CodingSlice(RXNORM, "36437"),), "Sertraline 100 mg")
    product = Desk(knowledge()).finder.in_concept(concept).product
    assert product is not None
    assert (100, True) == (product.parts[0].strength, product.strength_from_text)


def test_an_unknown_code_leaves_it_to_the_words() -> None:
    """A code no table knows does not hide a name that is known."""
    concept = {"coding": [{"system": RXNORM, "code": "1", "display": "sertraline 50 MG"}]}
    assert "sertraline" == supply(statement(medicationCodeableConcept=concept)).drug.ingredient


def test_codes_of_different_drugs_are_noted() -> None:
    """Codes that name different drugs are noted, and the first is taken."""
    both = {"coding": [{"system": RXNORM, "code": "36437"}, {"system": RXNORM, "code": "4493"}]}
    assert "sertraline" == supply(statement(medicationCodeableConcept=both)).drug.ingredient
    assert [("codes-disagree", "medication")] == issues(statement(medicationCodeableConcept=both))


@pytest.mark.parametrize(
    ("code", "expected"),
    [("0049-4900-30", "00049490030"), ("00049-490-30", "00049049030"), ("00049490030", "00049490030"), ("49-4900", "49-4900")],
)
def test_national_drug_codes_have_one_form(code: str, expected: str) -> None:
    """The 5-4-2 form has a zero where the written form left one out."""
    assert expected == eleven_digits(code)


def test_another_drug_leaves_an_empty_record() -> None:
    """A patient of whom only other drugs are known has a record that says so, up to the latest day."""
    other = record({**statement(), "resourceType": "MedicationRequest", "intent": "order", "authoredOn": "2024-06-01",
                    "medicationCodeableConcept": {"text": "lisinopril"}})  # fmt: skip
    assert ((), "2024-06-01") == (other.supplies, str(other.latest))


def test_a_drug_of_no_interest_is_set_aside() -> None:
    """Another drug is set aside with that reason."""
    assert [NO_DRUG] == set_aside(statement(medicationCodeableConcept={"text": "lisinopril"}))


def test_a_record_without_medication_is_set_aside() -> None:
    """A record that names no medication at all says so."""
    assert ["names no medication"] == set_aside(statement(medicationCodeableConcept=None))
