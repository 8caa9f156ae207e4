"""A transaction that writes some resources under our ids, its answer, and the answer to a search."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.findings import Written


class Change(Struct, frozen=True, kw_only=True):
    """One resource to be written. ``version``: what stands there now, empty where nothing does; ``paths``: what changes."""

    resource: Written
    version: str = ""
    paths: tuple[str, ...] = ()
    creates: bool = False


class _Reply(Struct):
    status: str = ""


class _Entry(Struct):
    response: _Reply | None = None
    resource: msgspec.Raw = msgspec.Raw()


class _Bundle(Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    entry: tuple[_Entry, ...] = ()


class _Kind(Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    id: str = ""


def transaction_of(changes: Iterable[Change]) -> bytes:
    """The transaction as it is sent."""
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [_entry(change) for change in changes]}
    return msgspec.json.encode(bundle)


def statuses_in(body: bytes) -> tuple[str, ...]:
    """The status of each entry of a transaction's answer."""
    return tuple(entry.response.status for entry in _entries(body) if entry.response)


def found_in(body: bytes, kind: str) -> tuple[str, ...]:
    """The ids of the resources of a type that a search found."""
    kinds = (msgspec.json.decode(entry.resource, type=_Kind) for entry in _entries(body) if bytes(entry.resource))
    return tuple(each.id for each in kinds if each.resource_type == kind)


def _entries(body: bytes) -> tuple[_Entry, ...]:
    try:
        return msgspec.json.decode(body, type=_Bundle).entry
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()


def _entry(change: Change) -> dict[str, Any]:
    request = {"method": "PUT", "url": change.resource.address}
    if change.version:
        request["ifMatch"] = change.version  # Whoever changed it since we looked must not lose that change.
    return {"fullUrl": f"urn:uuid:{change.resource.id}", "resource": change.resource.body, "request": request}
