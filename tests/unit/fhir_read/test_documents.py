"""Documents and lines: how resources are found in them, and what is said of those that are none."""

import json
from typing import Any

import pytest

from fhir_trd.fhir.decode import Fault, Raw, resources_in_document, resources_in_lines
from tests.unit.fhir_read.making import bundle, read_bytes, statement

PERSON = {"resourceType": "Patient", "id": "1"}


def found(body: bytes) -> list[str]:
    """The type and place of each resource of a document; of each fault what was found."""
    return [
        f"{one.resource_type} {one.where}" if isinstance(one, Raw) else one.found for one in resources_in_document(body, "x.json")
    ]


def document(**parts: Any) -> bytes:
    """A document as bytes."""
    return json.dumps(parts).encode()


HOLDERS = [
    (document(**PERSON), ["Patient x.json"]),
    (b"\xef\xbb\xbf" + document(**PERSON), ["Patient x.json"]),
    (document(id="1", resourceType="Patient"), ["Patient x.json"]),
    (bundle(PERSON, PERSON), ["Patient x.json entry[0]", "Patient x.json entry[1]"]),
    (bundle({"resourceType": "Bundle", "entry": [{"resource": PERSON}]}), ["Patient x.json entry[0] entry[0]"]),
    (document(resourceType="Parameters", parameter=[{"part": [{"resource": PERSON}]}]), ["Patient x.json parameter[0]"]),
    (document(resourceType="Bundle", type="collection"), []),
    (document(resourceType="Bundle", entry=[{"fullUrl": 7, "resource": PERSON}]), ["JSON of another shape"]),
]


@pytest.mark.parametrize(("body", "expected"), HOLDERS)
def test_resources_are_found_in_every_envelope(body: bytes, expected: list[str]) -> None:
    """One resource, Bundles, Bundles in Bundles and Parameters give their resources, in order, each with its place."""
    assert expected == found(body)


FAULTS = [
    (b"", "nothing (an empty file or only blanks)"),
    (b"  \n ", "nothing (an empty file or only blanks)"),
    (b"<Bundle/>", "XML or HTML"),
    (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer in place of the file"),
    (b"\x1f\x8b\x08\x00", "compressed bytes"),
    (b"\xff\xfe{\x00", "UTF-16 text"),
    (b"hello", "broken JSON at byte 0"),
    (b'{"a": NaN}', "broken JSON at byte 6"),
    (b'{"a": "b', "JSON that ends too early"),
    (b"[1, 2]", "JSON that is no object with a resourceType"),
    (b'{"a": 1}', "a JSON object without a resourceType"),
    (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "JSON nested too deep"),
]


@pytest.mark.parametrize(("body", "expected"), FAULTS)
def test_what_is_no_resource_is_said_without_its_content(body: bytes, expected: str) -> None:
    """A fault says what was found in general words, and where."""
    assert [expected] == found(body)


def test_a_cut_bundle_gives_its_whole_entries() -> None:
    """Of a file that was cut short, the entries before the cut are read, and the cut is reported."""
    body = bundle(PERSON, {**PERSON, "id": "2"}, {**PERSON, "id": "3"})
    assert ["JSON that ends too early", "Patient x.json entry[0]", "Patient x.json entry[1]"] == found(body[:-20])


@pytest.mark.parametrize("bad", [b'{"a": NaN}', b'{"a": "\x00"}', b"[" * 5000 + b"]" * 5000])
def test_a_broken_entry_does_not_hide_its_neighbours(bad: bytes) -> None:
    """Broken JSON, control signs or a bomb of depth in one entry cost that entry alone."""
    body = bundle(PERSON, PERSON).replace(b'"id": "1"', b'"id": "1", "extension": ' + bad, 1)
    read = read_bytes(body)
    assert (["Patient/1"], True) == ([one.patient for one in read.records], read.ledger.adds_up)
    assert 2 == len(read.faults)


def test_a_deletion_is_no_record() -> None:
    """What a history says was deleted is set aside, and so are its older versions, with the reason."""
    entries = [
        {"request": {"method": "DELETE", "url": "Patient/1"}},
        {"request": {"method": "PUT", "url": "Patient/1"}, "resource": PERSON},
        {"response": {"status": "404"}},
    ]
    pieces = resources_in_document(document(resourceType="Bundle", type="history", entry=entries), "x.json")
    asides = [piece.aside for piece in pieces if isinstance(piece, Raw)]
    assert ["a deletion, not a record", "deleted on the server", "an entry without a resource"] == asides


LINES = [
    ([json.dumps(PERSON).encode(), b"", b"\r\n"], ["Patient x line 1"]),
    ([b"\xef\xbb\xbf" + json.dumps(PERSON).encode() + b"\r\n"], ["Patient x line 1"]),
    ([json.dumps({"id": "1", "resourceType": "Patient"}).encode()], ["Patient x line 1"]),
    ([bundle(PERSON)], ["Patient x line 1 entry[0]"]),
    ([json.dumps({"a": 1, **json.loads(bundle(PERSON))}).encode()], ["Patient x line 1 entry[0]"]),
    ([b"oops", json.dumps(PERSON).encode()], ["broken JSON at byte 0", "Patient x line 2"]),
]


@pytest.mark.parametrize(("lines", "expected"), LINES)
def test_lines_are_resources(lines: list[bytes], expected: list[str]) -> None:
    """Each line is a resource with its number; blank lines are none, a bad line costs itself alone."""
    pieces = resources_in_lines(lines, "x")
    assert expected == [f"{one.resource_type} {one.where}" if isinstance(one, Raw) else one.found for one in pieces]


def test_a_fault_in_a_later_line_is_counted() -> None:
    """A line that starts like a resource and then breaks is faulty, not forgotten, whatever its type."""
    lines = [b'{"resourceType":"Encounter","id":', b'{"resourceType":"Basic","id":}', b'{"resourceType":"Basic"}']
    pieces = list(resources_in_lines(lines, "x"))
    assert all(isinstance(piece, Raw) for piece in pieces)


def test_a_fault_never_repeats_content() -> None:
    """What was found is told in general words: no name or text of a patient is repeated."""
    (fault,) = resources_in_document(b'{"resourceType": "Patient", "name": "Ada Secret" oops', "x.json")
    assert isinstance(fault, Raw | Fault)
    assert "Secret" not in repr(read_bytes(b'{"resourceType": "Patient", "name": "Ada Secret" oops').faults)


def test_a_large_attachment_costs_nothing_but_its_bytes() -> None:
    """Megabytes of an element that is not needed are skipped."""
    heavy = {**statement(), "extension": [{"url": "x", "valueBase64Binary": "A" * 20_000_000}]}
    (read,) = read_bytes(bundle(heavy)).records
    assert 1 == len(read.supplies)
