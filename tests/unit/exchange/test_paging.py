"""A page gives its resources line by line, and every entry is found or set aside with a reason."""

import pytest

from fhir_trd.fhir.exchange.membership import Members, members_in
from fhir_trd.fhir.exchange.paging import EMPTY, REMARK, UNREADABLE, on_one_line, page_in, page_of_one

PAGE = b"""{"resourceType": "Bundle", "total": 9,
  "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}], "entry": [
  {"resource": {"resourceType": "Patient", "id": "p"}, "search": {"mode": "match"}},
  {"resource": {"resourceType": "Medication", "id": "m"}, "search": {"mode": "include"}},
  {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "processing"}]}},
  {"search": {"mode": "match"}}, {"resource": {"id": "no type"}}]}"""


def test_every_entry_has_a_fate() -> None:
    """Matches and what they bring along are found; remarks, empty entries and what is no resource are counted."""
    page = page_in(PAGE)

    assert page is not None
    assert ["Patient/p", "Medication/m"] == [found.line.name.told for found in page.found]
    assert {REMARK: 1, EMPTY: 1, UNREADABLE: 1} == page.aside
    assert ["warning processing"] == [issue.told for issue in page.issues]
    assert ("b", 9) == (page.next, page.total)


@pytest.mark.parametrize("body", [b'{"resourceType": "Patient"}', b"<html>", b'{"resourceType": "Bundle", "entry": 7}'])
def test_what_is_no_bundle_is_no_page(body: bytes) -> None:
    """Another resource, a page for people and a Bundle of a strange form hold no page."""
    assert page_in(body) is None


def test_an_entry_that_is_none_spoils_no_other() -> None:
    """An entry that is null or a number is counted, a search of a strange form does not matter, and the others are found."""
    entries = b'null, 3, {"resource": {"resourceType": "Patient", "id": "p"}, "search": {"mode": 3}}'
    page = page_in(b'{"resourceType": "Bundle", "entry": [' + entries + b"]}")

    assert page is not None
    assert ["Patient/p"] == [found.line.name.told for found in page.found]
    assert {EMPTY: 2} == page.aside


@pytest.mark.parametrize(
    ("text", "kept", "halves"),
    [
        (rb"\ud800", rb"\ufffd", 1),
        (rb"x\uDFFF \ud800y", rb"x\ufffd \ufffdy", 2),
        (rb"\ud83d\ude00 \ud83d", rb"\ud83d\ude00 \ufffd", 1),
        (rb"\\ud800 \udc00", rb"\\ud800 \ufffd", 1),
    ],
)
def test_half_a_character_costs_no_page(text: bytes, kept: bytes, halves: int) -> None:
    """Unpaired surrogates are replaced and counted; pairs, escaped backslashes and every other byte stay as they were."""
    start, end = b'{"resourceType": "Patient", "id": "p", "n": 1.50, "x": "', b'"}'
    page = page_in(b'{"resourceType": "Bundle", "entry": [{"resource": ' + start + text + end + b"}]}")

    assert page is not None
    assert ([start + kept + end], halves) == ([found.body for found in page.found], page.halves)


def test_a_bundle_may_be_empty() -> None:
    """Nothing found is a result, also where the server writes null for it."""
    page = page_in(b'{"resourceType": "Bundle", "entry": null, "link": null}')

    assert page is not None
    assert () == page.found


def test_a_single_resource_is_a_page() -> None:
    """What is read by its id is the only one of its page; what is no resource is none."""
    page = page_of_one(b'{"resourceType": "Patient", "id": "p"}')

    assert page is not None
    assert ["Patient/p"] == [found.line.name.told for found in page.found]
    assert page_of_one(b"[]") is None


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"a" : 1.50, "b":"x\\ny"}', b'{"a" : 1.50, "b":"x\\ny"}'),
        (b'{"a" : 1.50,\r\n  "b":"x\\ny"}\n', b'{"a":1.50,"b":"x\\ny"}'),
    ],
)
def test_a_resource_stands_on_one_line(body: bytes, line: bytes) -> None:
    """Only breaks between the parts are taken out; numbers and words stay as they were written."""
    assert line == on_one_line(body)


def test_members_of_a_group_are_its_patients() -> None:
    """Each patient is a member once; those who left are named, unless they came back, and others than patients are counted."""
    body = b"""{"resourceType": "Group", "member": [
      {"entity": {"reference": "Patient/a"}}, {"entity": {"reference": "Patient/a"}},
      {"entity": {"reference": "Patient/b"}, "inactive": true}, {"entity": {"reference": "Patient/a"}, "inactive": true},
      {"entity": {"reference": "Device/d"}}, {}]}"""

    wanted = Members(("a",), {"member who left the group": 2, "member who is no patient on this server": 2}, ("b",))

    assert wanted == members_in(body)
    assert Members((), {}) == members_in(b'{"resourceType": "Group"}')


@pytest.mark.parametrize("body", [b'{"resourceType": "Patient"}', b"nothing"])
def test_what_is_no_group_has_no_members(body: bytes) -> None:
    """Another resource, or none, says nothing about members."""
    assert members_in(body) is None
