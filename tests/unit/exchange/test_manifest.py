"""The manifest of a Bulk Data export, and the Bundles of what was deleted."""

import json
from typing import Any

import pytest

from fhir_trd.fhir.exchange.lines import Name
from fhir_trd.fhir.exchange.manifest import Listed, Manifest, deletions_in, manifest_in

FILE = {"type": "Condition", "url": "https://files.example.org/1", "count": 2}


def test_a_manifest_names_its_files() -> None:
    """The moment, the files with type and count, and whether they want a token are read."""
    found = _manifest(transactionTime="2024-06-30T00:00:00Z", requiresAccessToken=False, output=[FILE])

    assert Manifest(instant="2024-06-30T00:00:00Z", output=(Listed(FILE["url"], "Condition", 2, False),)) == found


def test_what_a_manifest_leaves_out_is_taken_for_the_usual() -> None:
    """Without requiresAccessToken a file wants one, and null stands for an empty list."""
    found = _manifest(output=[{"url": "f"}], deleted=None, error=None, outcome=None, link=None)

    assert Manifest(output=(Listed("f", "", None, True),)) == found


def test_outcomes_are_read_under_both_names() -> None:
    """What version 3 calls outcome and the versions before call error are one list."""
    found = _manifest(output=[], outcome=[{"url": "new"}], error=[{"url": "old"}])

    assert ("new", "old") == tuple(file.url for file in found.outcomes)


def test_a_manifest_with_pages_says_where_the_next_lies() -> None:
    """The link called next is where the manifest goes on."""
    links = [{"relation": "self", "url": "x"}, {"relation": "next", "url": "page/2"}]

    assert "page/2" == _manifest(output=[], link=links).following


def test_files_organized_by_patient_have_no_type() -> None:
    """Where files are put together by patient, the type a file is listed with is not that of its lines."""
    assert "" == _manifest(output=[FILE], outputOrganizedBy="Patient").output[0].kind


@pytest.mark.parametrize("kind", ["../../etc", "", None, "Condition/1"])
def test_a_type_that_is_none_is_left_out(kind: str | None) -> None:
    """What is no name of a type can never become part of a file's name."""
    assert "" == _manifest(output=[{**FILE, "type": kind}]).output[0].kind


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"output": 1}', b'{"output": [{"type": "Patient"}]}', b"\xff"])
def test_what_is_no_manifest_is_told_as_none(body: bytes) -> None:
    """A page for people, another shape, or a file without address is no manifest."""
    assert manifest_in(body) is None


def test_deletions_are_what_a_bundle_would_delete() -> None:
    """Only entries that delete count, by relative or absolute address; what is no address of a resource is left."""
    asked = [("DELETE", "Patient/1"), ("DELETE", "https://ehr.example/Condition/a-b.c"), ("PUT", "Patient/2"), ("DELETE", "?")]
    bundle = {"resourceType": "Bundle", "entry": [{"request": {"method": method, "url": url}} for method, url in asked]}

    assert (Name("Patient", "1"), Name("Condition", "a-b.c")) == deletions_in(json.dumps(bundle).encode())
    assert () == deletions_in(b"<html>")


def _manifest(**parts: Any) -> Manifest:
    found = manifest_in(json.dumps(parts).encode())
    assert found is not None
    return found
