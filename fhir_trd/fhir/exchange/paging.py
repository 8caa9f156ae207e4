"""One page of what a server found: the resources in it, each as a line, what is none of them, and where the next page is."""

import re
from collections import Counter
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.lines import Line, line_of
from fhir_trd.fhir.exchange.outcome import OutcomeIssue, issues_in

OUTCOME = "OperationOutcome"
EMPTY, UNREADABLE, REMARK = "entry without a resource", "entry that holds no resource", "remark of the server"
"""What is set aside of a page."""

_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<half>u[dD][89a-fA-F]..)|.)", re.DOTALL)
"""An escaped character; one of those that come in pairs, alone, is half a character, which no text may hold."""


class _Search(Struct, frozen=True):
    mode: str | None = None


class _Entry(Struct, frozen=True):
    resource: msgspec.Raw = msgspec.Raw()
    search: msgspec.Raw = msgspec.Raw()


class _Link(Struct, frozen=True):
    relation: str | None = None
    url: str | None = None


class _Bundle(Struct, frozen=True, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    entry: tuple[msgspec.Raw, ...] | None = None
    link: tuple[_Link, ...] | None = None
    total: int | None = None


_BUNDLE = msgspec.json.Decoder(_Bundle)
_ENTRY = msgspec.json.Decoder(_Entry)
_SEARCH = msgspec.json.Decoder(_Search)
"""Made once and at the start: two threads that are the first to read a type at the same time end the whole process."""


class Found(Struct, frozen=True):
    """A resource as the server gave it, on one line, and what tells it from others."""

    line: Line
    body: bytes


class Page(Struct, frozen=True, kw_only=True):
    """One page. Every entry is either among the found or set aside with a reason; ``total`` is what the server says there is.

    ``halves``: how many halves of a character were replaced, which would make the whole page unreadable.
    """

    found: tuple[Found, ...]
    aside: Mapping[str, int] = {}
    issues: tuple[OutcomeIssue, ...] = ()
    next: str = ""
    total: int | None = None
    halves: int = 0


def page_in(body: bytes) -> Page | None:
    """The page of a search, or of an operation that answers like one; None where the body is none."""
    bundle, halves = _bundle(body), 0
    if bundle is None:
        body, halves = _without_halves(body)
        bundle = _bundle(body) if halves else None
    if bundle is None or bundle.resource_type != "Bundle":
        return None
    entries = [_entry(each) for each in bundle.entry or ()]
    judged = [_judged(entry) for entry in entries]
    remarks = [entry.resource for entry, one in zip(entries, judged, strict=True) if one == REMARK]
    return Page(
        found=tuple(one for one in judged if isinstance(one, Found)),
        aside=Counter(one for one in judged if isinstance(one, str)),
        issues=tuple(issue for remark in remarks for issue in issues_in(bytes(remark))),
        next=next((link.url or "" for link in bundle.link or () if link.relation == "next"), ""),
        total=bundle.total,
        halves=halves,
    )


def page_of_one(body: bytes) -> Page | None:
    """The answer to a read as a page; None where the body is no resource."""
    line = line_of(body)
    return Page(found=(Found(line, on_one_line(body)),)) if line else None


def on_one_line(body: bytes) -> bytes:
    """A resource without line breaks. They can only stand between its parts; one without them stays byte for byte what it was."""
    body = body.strip()
    return msgspec.json.format(body, indent=-1) if b"\n" in body or b"\r" in body else body


def _bundle(body: bytes) -> _Bundle | None:
    try:
        return _BUNDLE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _without_halves(body: bytes) -> tuple[bytes, int]:
    """The body with each half of a character replaced, and how many there were; every other byte stays."""
    halves = sum(1 for found in _ESCAPE.finditer(body) if found["half"])
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found["half"] else found[0], body), halves


def _entry(body: msgspec.Raw) -> _Entry:
    """One entry; what is none has no resource in it, and spoils no other."""
    try:
        return _ENTRY.decode(body)
    except msgspec.DecodeError:
        return _Entry()


def _is_outcome(entry: _Entry) -> bool:
    try:
        return bool(bytes(entry.search)) and _SEARCH.decode(entry.search).mode == "outcome"
    except msgspec.DecodeError:
        return False


def _judged(entry: _Entry) -> Found | str:
    if not bytes(entry.resource):
        return EMPTY
    line = line_of(entry.resource)
    if line is None:
        return UNREADABLE
    if line.name.kind == OUTCOME or _is_outcome(entry):
        return REMARK
    return Found(line, on_one_line(bytes(entry.resource)))
