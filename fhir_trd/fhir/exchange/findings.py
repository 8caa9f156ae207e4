"""What convert wrote, taken apart again: for each patient one finding, to be written whole or not at all."""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.errors import UsageError

Body = dict[str, Any]
WANTED = "wanted a transaction Bundle that `fhir-trd convert` wrote"
URN = "urn:uuid:"


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
    """The findings of one Bundle, in its order."""
    try:
        bundle = msgspec.json.decode(body, type=Body)
        entries = {entry["fullUrl"]: _written(entry["resource"]) for entry in bundle["entry"]}
        vouching = [each for each in entries.values() if each.kind == "Provenance"]
        found = tuple(_finding(each, entries) for each in vouching)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, IndexError) as error:
        raise UsageError(f"{place}: found something else, {WANTED}") from error
    loose = len(entries) - len({each.address for finding in found for each in (*finding.parts, *finding.devices)})
    if not found or loose:
        raise UsageError(f"{place}: found {loose} resources that no Provenance vouches for, {WANTED}")
    return found


def _written(resource: Body) -> Written:
    return Written(resource["resourceType"], resource["id"], resource)


def _finding(provenance: Written, entries: dict[str, Written]) -> Finding:
    targets = (entries[target["reference"]] for target in provenance.body["target"])
    parts = (*sorted(targets, key=lambda each: each.kind != "Observation"), provenance)
    devices = tuple(entries[agent["who"]["reference"]] for agent in provenance.body["agent"])
    digest = sha256(b"\n".join(msgspec.json.encode(each.body, order="sorted") for each in (*parts, *devices))).hexdigest()
    known = {urn: each.address for urn, each in entries.items()}
    return Finding(
        subject=parts[0].body["subject"]["reference"],
        parts=tuple(_placed(each, known) for each in parts),
        devices=tuple(_placed(each, known) for each in devices),
        digest=digest,
    )


def _placed(written: Written, known: dict[str, str]) -> Written:
    """The resource with addresses on the server in place of those inside the Bundle: what stands there is compared with it."""
    return Written(written.kind, written.id, _with_addresses(written.body, known))


def _with_addresses(element: Any, known: dict[str, str]) -> Any:
    if isinstance(element, dict):
        return {name: _with_addresses(value, known) for name, value in element.items()}
    if isinstance(element, list):
        return [_with_addresses(each, known) for each in element]
    return known.get(element, element) if isinstance(element, str) and element.startswith(URN) else element
