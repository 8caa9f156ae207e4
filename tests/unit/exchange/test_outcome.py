"""What a server's OperationOutcome says, without what it may repeat about a person."""

from importlib import import_module
from typing import Any

import msgspec
import pytest

from fhir_trd.fhir.exchange.harmless import ELEMENTS, HARMLESS
from fhir_trd.fhir.exchange.outcome import MOST_SHOWN, is_transient, issues_in, told_issues


def body(*issues: dict[str, Any], kind: str = "OperationOutcome") -> bytes:
    """An outcome with these issues."""
    return msgspec.json.encode({"resourceType": kind, "issue": issues})


@pytest.mark.parametrize("nonsense", [b"", b"[]", b"\xff", b"<html>", body({"severity": 5}), body(kind="Bundle"), b"[" * 9999])
def test_what_is_no_outcome_has_no_issues(nonsense: bytes) -> None:
    """Nonsense is no reason to stop reading an answer."""
    assert () == issues_in(nonsense)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Resource Patient/7 is not known", "Resource … is not known"),
        ("Failed to find 'Miller' by \"name\"", "Failed to find … by …"),
        ("Ms Miller-Smith was born in May", "… … was … in …"),
        ("Family name MILLER is too long", "… name … is too long"),
        ("beeblebrox has depression, says grace young", "… has …, … … …"),
        ("May Will see it: she will, she may", "… … see it: … …, … …"),
        ("the if-none-match header, a non-numeric id and a miller-smith", "the if-none-match header, a non-numeric id and a …"),
        ("it can't be updated", "it can't be updated"),
        ("Not found, specified in path: Observation.derivedFrom", "Not found, specified in path: Observation.derivedFrom"),
        ("Observation.component[9].value[x]: too long", "Observation.component[9].value[x]: too long"),
        ("Observation.subject:miller", "Observation.subject:…"),
        ("Patient.miller, Miller.subject and ann.miller", "…, … and ….…"),
        ("the element derivedFrom of a CarePlan", "the element derivedFrom of a CarePlan"),
        ("O'Neill is no name", "… is no name"),
        ("write to ann@example.org", "write to …"),
        ("two\n lines", "two lines"),
        ("Observation without subject", "Observation without subject"),
    ],
)
def test_free_text_is_masked(said: str, told: str) -> None:
    """Names, numbers, addresses and all that is quoted are masked; plain words stay."""
    (issue,) = issues_in(body({"severity": "error", "code": "invalid", "diagnostics": said}))

    assert told == issue.words


def test_an_issue_is_told_by_kind_place_and_words() -> None:
    """Severity, code, the path without its conditions, the codes of its details and its words make one line."""
    found = issues_in(
        body(
            {
                "severity": "error",
                "code": "value",
                "details": {"coding": [{"code": "MSG_BAD"}, {}], "text": "not allowed"},
                "diagnostics": "left out",
                "expression": ["Patient.name.where(family = 'x').given"],
                "location": ["left out"],
            }
        )
    )

    assert "error value at Patient.name.where.given: MSG_BAD not allowed" == told_issues(found)
    assert found[0].is_error


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Bundle.entry[0].resource.value[x]", "Bundle.entry[0].resource.value[x]"),
        ("/f:Patient/f:name[1]", "/f:Patient/f:name[1]"),
        ("Bundle.entry[0].resource/*Patient/Miller-7*/.name", "Bundle.entry[0].resource.name"),
        ("Patient.name.where(family.matches('Miller') and given = 'Ann').text", "Patient.name.where.text"),
        ("Patient.name.where(family = ') Miller').text", ""),
        ("/f:Patient/f:name[@value='Miller']", ""),
        ("Patient/7", ""),
    ],
)
def test_a_path_holds_names_of_elements_alone(said: str, told: str) -> None:
    """Conditions and remarks are left out, one inside another too; a path in which a value may be left is not shown."""
    (issue,) = issues_in(body({"severity": "error", "code": "invalid", "expression": [said]}))

    assert told == issue.where


def test_every_issue_is_told_and_a_flood_is_counted() -> None:
    """The first issues are told in full, and the rest by their number."""
    many = issues_in(body(*[{"severity": "warning", "code": "invalid"}] * (MOST_SHOWN + 2)))

    assert told_issues(many).endswith("; and 2 more")
    assert MOST_SHOWN == told_issues(many).count("warning invalid")
    assert not many[0].is_error
    assert "" == told_issues(())


def test_a_fault_that_passes_is_known_by_its_code() -> None:
    """The code transient may stand in any issue."""
    assert is_transient(body({"severity": "error", "code": "invalid"}, {"severity": "error", "code": "transient"}))
    assert not is_transient(body({"severity": "error", "code": "invalid"}))


def test_words_that_are_shown_are_no_names_and_no_illness() -> None:
    """What people are called, in large or small letters, and what they suffer from is in no list of harmless words."""
    names = {"Miller", "Smith", "Grace", "May", "Will", "Rose", "Mark", "Young", "Hope", "Drew"}
    states = {"depression", "suicide", "pregnant", "male", "female", "married", "divorced"}

    assert frozenset() == HARMLESS & (names | states | {name.lower() for name in names})


def test_elements_are_those_of_the_standard() -> None:
    """Each name that passes as an element is one of a type that is written, or of a value in it."""
    written = ("Observation", "CarePlan", "Provenance", "Device", "Bundle", "OperationOutcome")
    values = ("Reference", "CodeableConcept", "Coding", "Identifier", "Meta", "Period", "Quantity", "Annotation", "Narrative")
    kinds = (*written, *values, "Extension", "Range", "Ratio")
    modules = [import_module(f"fhir.resources.R4B.{kind.lower()}") for kind in kinds]
    models = [each for module in modules for each in vars(module).values() if hasattr(each, "model_fields")]

    known = {field.alias for model in models for field in model.model_fields.values()}
    assert frozenset({"resourceType"}) == ELEMENTS - known
