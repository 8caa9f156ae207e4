"""A resource that is being read: its typed slice, its name, and where references to it and from it are looked up."""

from typing import TypeVar

import msgspec
from msgspec import Struct

from fhir_trd.fhir.decode import Body, Raw
from fhir_trd.fhir.references import Target, id_in_urn, target_of
from fhir_trd.fhir.slices import Meta, Reference
from fhir_trd.fhir.slices_repair import Flaw, element
from fhir_trd.fhir.slices_resources import Resource
from fhir_trd.model.records import Answer, Diagnosis, Reaction, Score, Stay, Supply, Treatment

R = TypeVar("R", bound=Resource)
Fact = Supply | Diagnosis | Score | Answer | Treatment | Reaction | Stay


class Aside(Struct, frozen=True):
    """A resource is set aside, for this reason."""

    reason: str


class Sheet(Struct, frozen=True, eq=False):
    """One resource on its way."""

    resource_type: str
    slice: Resource
    flaws: tuple[Flaw, ...]
    full_url: str
    scope: str
    place: str
    body: Body

    @property
    def name(self) -> str:
        """How facts refer to this resource: "MedicationRequest/12", else its full URL, else where it stood."""
        if self.slice.id:
            return f"{self.resource_type}/{self.slice.id}"
        if self.full_url.startswith("urn:") and self.resource_type == "Patient":
            return f"{self.resource_type}/{id_in_urn(self.full_url)}"
        return self.full_url or f"{self.resource_type} at {self.place}"

    @property
    def meta(self) -> Meta:
        """Which version this is."""
        return (element(Meta, bytes(self.slice.meta))[0] if self.slice.meta else None) or Meta()

    @property
    def source(self) -> str:
        """The name with the version, where that is known."""
        version = self.meta.version_id
        return f"{self.name}/_history/{version}" if version and self.slice.id else self.name

    @property
    def content(self) -> bytes:
        """The whole content in one spelling: equal copies are equal, however they were indented or ordered."""
        return msgspec.json.encode(msgspec.json.decode(self.body), order="deterministic")

    @property
    def keys(self) -> tuple[str, ...]:
        """The spellings under which a reference may look for this resource."""
        return tuple({self.name, self.full_url, _shortened(self.full_url)})


def sheet_of(raw: Raw, resource: Resource, flaws: tuple[Flaw, ...]) -> Sheet:
    """The sheet of a resource that was just decoded."""
    return Sheet(raw.resource_type, resource, flaws, raw.full_url, raw.scope, raw.place, raw.body)


def subject_of(resource: Resource) -> Reference | None:
    """Whom the resource is about, under whichever name its version has for that."""
    subject: Reference | None = getattr(resource, "subject", None) or getattr(resource, "patient", None)
    return subject


def _shortened(full_url: str) -> str:
    target = target_of(full_url) if full_url else None
    return target.written if isinstance(target, Target) else ""
