"""What convert wrote, taken apart again: for each patient one finding, to be written whole or not at all."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.errors import UsageError
from fhir_trd.fhir.write.vocabulary import IDS, RESULTS

Body = dict[str, Any]
WANTED = "wanted a transaction Bundle that `fhir-trd convert` wrote"
URN = "urn:uuid:"
TAG = f"{IDS}/provenance"
"""A Provenance has no identifier in R4; where a server chooses its id, a tag of this system names it."""


class Written(Struct, frozen=True):
    """One resource as it is to stand on the server, under an id of our own."""

    kind: str
    id: str
    body: Body

    @property
    def address(self) -> str:
        """Where it stands."""
        return f"{self.kind}/{self.id}"

    @property
    def identifier(self) -> str:
        """Its business identifier as a search asks for it; empty where it has none."""
        known: list[Body] = self.body.get("identifier", [])
        return f"{known[0]['system']}|{known[0]['value']}" if known else ""

    @property
    def name(self) -> str:
        """How a search finds it whatever its id on the server: by its identifier, or, for a Provenance, by a tag of ours."""
        return self.identifier or f"{TAG}|{self.id}"

    @property
    def search(self) -> str:
        """The parameter with which a search asks for its name."""
        return "identifier" if self.identifier else "_tag"


class Finding(Struct, frozen=True, kw_only=True):
    """What one Provenance vouches for: the finding about one patient, the plan, itself; and the software that made them."""

    subject: str
    parts: tuple[Written, ...]
    devices: tuple[Written, ...]
    digest: str

    @property
    def key(self) -> str:
        """A name for it that holds nothing about a person."""
        return self.parts[0].address


def findings_in(body: bytes, place: str) -> tuple[Finding, ...]:
    """The findings of one Bundle that was read, in its order."""
    try:
        bundle = msgspec.json.decode(body, type=Body)
        entries = {entry["fullUrl"] for entry in bundle["entry"]}
        found = findings_of(bundle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, IndexError) as error:
        raise UsageError(f"{place}: found something else, {WANTED}") from error
    loose = len(entries) - len({each.address for finding in found for each in (*finding.parts, *finding.devices)})
    if not entries:
        raise UsageError(f"{place}: found a Bundle with nothing in it, {WANTED}")
    if not found or loose:
        raise UsageError(f"{place}: found {loose} resources that no Provenance vouches for, {WANTED}")
    return found


def findings_of(bundle: Body) -> tuple[Finding, ...]:
    """The findings of a Bundle that we made, in its order."""
    entries = {entry["fullUrl"]: _written(entry["resource"]) for entry in bundle["entry"]}
    places = {urn: each.address for urn, each in entries.items()}
    return tuple(_finding(each, entries, places) for each in entries.values() if each.kind == "Provenance")


def _written(resource: Body) -> Written:
    return Written(resource["resourceType"], resource["id"], resource)


def _finding(provenance: Written, entries: dict[str, Written], places: Mapping[str, str]) -> Finding:
    targets = (entries[target["reference"]] for target in provenance.body["target"])
    parts = (*sorted(targets, key=lambda each: each.kind != "Observation"), provenance)
    devices = tuple(entries[agent["who"]["reference"]] for agent in provenance.body["agent"])
    digest = sha256(b"\n".join(msgspec.json.encode(each.body, order="sorted") for each in (*parts, *devices))).hexdigest()
    return Finding(
        subject=parts[0].body["subject"]["reference"],
        parts=tuple(_placed(each, places) for each in parts),
        devices=tuple(_placed(each, places) for each in devices),
        digest=digest,
    )


def _placed(written: Written, places: Mapping[str, str]) -> Written:
    """The resource with addresses on the server in place of those inside the Bundle: what stands there is compared with it."""
    return Written(written.kind, written.id, _with_addresses(written.body, places))


def names_of(standing: Body) -> frozenset[str]:
    """The names under which a search may have found a resource: its identifiers, and its tags."""
    known = [*listed(standing.get("identifier")), *listed(meta_of(standing).get("tag"))]
    named = [each for each in known if isinstance(each, dict)]
    return frozenset(f"{each.get('system', '')}|{each.get('value') or each.get('code', '')}" for each in named)


def meta_of(standing: Body) -> Body:
    """What a server says about its copy of a resource; nothing, where something else is in that place."""
    found = standing.get("meta")
    return found if isinstance(found, dict) else {}


def kind_of(standing: Body) -> str:
    """The type of a resource."""
    return str(standing.get("resourceType", ""))


def verdict_of(observation: Body) -> str:
    """The verdict that an Observation of ours states; empty where it states none."""
    value = observation.get("valueCodeableConcept")
    codings = listed(value.get("coding")) if isinstance(value, dict) else []
    return next((str(each.get("code", "")) for each in codings if isinstance(each, dict) and each.get("system") == RESULTS), "")


def address_of(standing: Body) -> str:
    """Where a resource stands that a server answered with."""
    return f"{kind_of(standing)}/{standing.get('id', '')}"


def moved(part: Written, places: Mapping[str, str]) -> Written:
    """The part as a server gets it that chooses ids: under the address it has there, and with the others' addresses there."""
    body = {name: _with_addresses(value, places) for name, value in part.body.items() if name != "id"}
    if not part.identifier:
        system, _, code = part.name.rpartition("|")
        body["meta"] = body.get("meta", {}) | {"tag": [{"system": system, "code": code}]}
    if part.address in places and not places[part.address].startswith(URN):
        body["id"] = places[part.address].rpartition("/")[2]
    return Written(part.kind, part.id, body)


def listed(element: Any) -> list[Any]:
    """The parts of an element that may be there several times; none, where it is no list."""
    return element if isinstance(element, list) else []


def _with_addresses(element: Any, places: Mapping[str, str]) -> Any:
    if isinstance(element, dict):
        return {name: _with_addresses(value, places) for name, value in element.items()}
    if isinstance(element, list):
        return [_with_addresses(each, places) for each in element]
    return places.get(element, element) if isinstance(element, str) else element
