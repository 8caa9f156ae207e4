"""One resource on one line of an NDJSON file, read only for what tells it from others and whom it is about."""

import re
from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.fhir.references import references_of

PATIENT, PRODUCT, GROUP = "Patient", "Medication", "Group"
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""What an id looks like; servers that we only read may add an underline, which harms nobody."""


class _Pointer(Struct, frozen=True):
    reference: str = ""


class _Line(Struct, frozen=True, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    id: str = ""
    subject: _Pointer | None = None
    patient: _Pointer | None = None


class Name(Struct, frozen=True, order=True):
    """The type and the id of a resource: what is the same in all its versions."""

    kind: str
    id: str

    @property
    def told(self) -> str:
        """The name as a reference."""
        return f"{self.kind}/{self.id}"


class Line(Struct, frozen=True):
    """A resource, its name, and the id of the patient it is about (empty where it does not say).

    ``home``: the address that stands before the patient where the reference is absolute: an id alone means nothing elsewhere.
    """

    name: Name
    patient: str
    home: str = ""

    def is_at(self, homes: Collection[str]) -> bool:
        """Whether the patient is one of a server with these addresses."""
        return not self.home or self.home in homes


_LINE = msgspec.json.Decoder(_Line)
"""Made once and at the start: two threads that are the first to read a type at the same time end the whole process."""


def line_of(body: bytes | msgspec.Raw) -> Line | None:
    """What a line tells; None where it holds no resource."""
    try:
        found = _LINE.decode(body)
    except msgspec.ValidationError:
        return _line_with_flaws(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    about = found.subject or found.patient or _Pointer()
    return _line(found.resource_type, found.id, about.reference)


def _line_with_flaws(body: bytes | msgspec.Raw) -> Line | None:
    """The same for a resource whose subject, say, has a strange form: that is a matter for whoever reads it, not a loss."""
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    kind, identity = found.get("resourceType"), found.get("id")
    return _line(kind if isinstance(kind, str) else "", identity if isinstance(identity, str) else "", "")


def _line(kind: str, identity: str, reference: str) -> Line | None:
    if not kind:
        return None
    patient = identity if kind == PATIENT else id_in(reference, PATIENT)
    return Line(Name(kind, identity), patient, home_in(reference) if patient and kind != PATIENT else "")


def id_in(reference: str, kind: str) -> str:
    """The id that a reference to a resource of that type names; empty where it names another type, or none."""
    parts = reference.partition("?")[0].partition("/_history/")[0].split("/")
    return parts[-1] if parts[1:] and parts[-2] == kind else ""


def home_in(reference: str) -> str:
    """The address of the server that an absolute reference to a resource names; empty for a relative one."""
    parts = reference.partition("?")[0].partition("/_history/")[0].split("/")
    return "".join(f"{part}/" for part in parts[:-2])


def references_in(body: bytes | msgspec.Raw, kind: str) -> Iterator[str]:
    """Every reference in a resource to resources of a type, as it is written."""
    try:
        element = msgspec.json.decode(body)
        yield from (reference for reference in references_of(element) if id_in(reference, kind))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
