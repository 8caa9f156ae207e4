"""What a Bulk Data export says when it is done: which files there are, what was deleted, and what did not work."""

import re

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.lines import Name
from fhir_trd.fhir.slices import Entry

RESOURCE = re.compile(r"(?:^|/)(?P<kind>[A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})$")
TYPE = re.compile(r"[A-Za-z]+")


class _File(Struct, frozen=True):
    url: str
    type: str | None = None
    count: int | None = None


class _Link(Struct, frozen=True):
    relation: str = ""
    url: str = ""


class _Manifest(Struct, frozen=True, rename="camel"):
    output: tuple[_File, ...]
    transaction_time: str | None = None
    requires_access_token: bool | None = None
    output_organized_by: str | None = None
    deleted: tuple[_File, ...] | None = None
    error: tuple[_File, ...] | None = None
    outcome: tuple[_File, ...] | None = None
    link: tuple[_Link, ...] | None = None


class Listed(Struct, frozen=True):
    """A file of a manifest. ``kind``: the type of all its resources, or empty; ``count``: how many lines, where it says so.

    ``is_odd``: it is listed with a type that cannot be one.
    """

    url: str
    kind: str = ""
    count: int | None = None
    with_pass: bool = True
    is_odd: bool = False


class Manifest(Struct, frozen=True, kw_only=True):
    """The files of an export, the moment as of which they stand, and where the rest of the manifest lies, if it has pages."""

    instant: str = ""
    output: tuple[Listed, ...] = ()
    deleted: tuple[Listed, ...] = ()
    outcomes: tuple[Listed, ...] = ()
    following: str = ""


class _Bundle(Struct, frozen=True):
    entry: tuple[Entry, ...] = ()


_MANIFEST = msgspec.json.Decoder(_Manifest, strict=False)
_BUNDLE = msgspec.json.Decoder(_Bundle)


def manifest_in(body: bytes) -> Manifest | None:
    """The manifest that a server answers with; None where the body is none."""
    try:
        found = _MANIFEST.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    with_pass = found.requires_access_token is not False
    return Manifest(
        instant=found.transaction_time or "",
        # Files that are put together by patient hold resources of many types.
        output=_listed(found.output, with_pass, typed=not found.output_organized_by),
        deleted=_listed(found.deleted, with_pass, typed=False),
        # Version 3 of Bulk Data calls outcome what the versions before call error.
        outcomes=_listed((*(found.outcome or ()), *(found.error or ())), with_pass, typed=False),
        following=next((link.url for link in found.link or () if link.relation == "next"), ""),
    )


def _listed(files: tuple[_File, ...] | None, with_pass: bool, *, typed: bool) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            file.url, _kind(file) if typed else "", file.count, with_pass, is_odd=typed and bool(file.type) and not _kind(file)
        )
        for file in files or ()
    )


def _kind(file: _File) -> str:
    """The type a file is said to hold; what is no name of a type must not become the name of a file."""
    return file.type if file.type and TYPE.fullmatch(file.type) else ""


def deletions_in(line: bytes) -> tuple[Name, ...]:
    """The resources that a Bundle of deletions names."""
    try:
        entries = _BUNDLE.decode(line).entry
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    deleted = [RESOURCE.search(entry.request.url) for entry in entries if entry.request.method == "DELETE"]
    return tuple(Name(found["kind"], found["id"]) for found in deleted if found)
