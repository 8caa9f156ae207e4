"""A resource that is being read: its typed slice, its name, and where references to it and from it are looked up."""

import msgspec
from msgspec import Struct

from fhir_trd.fhir.decode import Body, Raw
from fhir_trd.fhir.references import id_in_urn, target_of
from fhir_trd.fhir.slices import Meta, Reference
from fhir_trd.fhir.slices_repair import Flaw, fitted
from fhir_trd.fhir.slices_resources import Resource
from fhir_trd.model.records import Answer, Diagnosis, Measurement, Presence, Reaction, Score, Stay, Supply, Treatment

PATIENT = "Patient"
NO_META = Meta()
_META = msgspec.json.Decoder(Meta)
Fact = Supply | Diagnosis | Score | Answer | Treatment | Reaction | Stay | Presence | Measurement


class Aside(Struct, frozen=True, gc=False):
    """A resource is set aside, for this reason; ``worth_noting`` if what is odd about it should be told all the same."""

    reason: str
    worth_noting: bool = False


class Sheet(Struct, frozen=True, eq=False, gc=False):
    """One resource on its way. ``name`` is how facts refer to it: by type and id, else by full URL, else by where it stood."""

    resource_type: str
    slice: Resource
    flaws: tuple[Flaw, ...]
    name: str
    full_url: str
    scope: str
    body: Body

    @property
    def meta(self) -> Meta:
        """Which version this is."""
        return (fitted(_META, self.slice.meta)[0] if self.slice.meta else None) or NO_META

    @property
    def source(self) -> str:
        """The name with the version, where that is known."""
        version = self.meta.version_id
        return f"{self.name}/_history/{version}" if version and self.slice.id else self.name

    @property
    def content(self) -> bytes:
        """The whole content in one spelling: equal copies are equal, however they were indented or ordered."""
        try:
            whole = msgspec.json.decode(self.body)
        except UnicodeDecodeError:
            whole = msgspec.json.decode(bytes(self.body).decode("utf-8", "replace"))
        return msgspec.json.encode(whole, order="deterministic")

    @property
    def keys(self) -> tuple[str, ...]:
        """The spellings under which a reference may look for this resource."""
        if not self.full_url:
            return (self.name,)
        target = target_of(self.full_url)
        return tuple(dict.fromkeys((self.name, self.full_url, target.written if target else self.full_url)))


def sheet_of(raw: Raw, resource: Resource, flaws: tuple[Flaw, ...]) -> Sheet:
    """The sheet of a resource that was just decoded."""
    name = f"{raw.resource_type}/{resource.id}" if resource.id else _name_without_id(raw)
    return Sheet(raw.resource_type, resource, flaws, name, raw.full_url, raw.scope, raw.body)


def _name_without_id(raw: Raw) -> str:
    if raw.full_url.startswith("urn:") and raw.resource_type == PATIENT:
        return f"{PATIENT}/{id_in_urn(raw.full_url)}"
    return raw.full_url or f"{raw.resource_type} at {raw.place}"


def subject_of(resource: Resource) -> Reference | None:
    """Whom the resource is about, under whichever name its version has for that."""
    subject: Reference | None = getattr(resource, "subject", None) or getattr(resource, "patient", None)
    return subject
