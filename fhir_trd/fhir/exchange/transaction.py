"""A transaction that writes some resources, a batch that reads some, and the answers to both and to a search."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.findings import Body, Written
from fhir_trd.fhir.exchange.standing import Difference
from fhir_trd.fhir.write.identity import urn


class Change(Struct, frozen=True, kw_only=True):
    """One resource to be written. ``url``: where to; ``version`` and ``standing``: what is there now, empty where nothing is."""

    resource: Written
    url: str
    version: str = ""
    standing: Body = {}
    differences: tuple[Difference, ...] = ()
    creates: bool = False


class Reply(Struct, frozen=True):
    """The answer to one entry of a batch or a transaction."""

    status: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the server did what the entry asked."""
        return self.status.startswith("2")


class Entry(Struct, frozen=True):
    """One entry of an answer."""

    response: Reply | None = None
    resource: Body | None = None


class _Link(Struct, frozen=True):
    relation: str = ""
    url: str = ""


class Page(Struct, frozen=True, rename={"resource_type": "resourceType"}):
    """A Bundle that a server answered with; an empty one, where its answer is none."""

    resource_type: str = ""
    total: int | None = None
    entry: tuple[Entry, ...] = ()
    link: tuple[_Link, ...] = ()

    @property
    def next(self) -> str:
        """Where the following page is; empty if this is the last one."""
        return next((link.url for link in self.link if link.relation == "next"), "")

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The answers to the entries of a transaction."""
        return tuple(entry.response for entry in self.entry if entry.response)


_PAGE = msgspec.json.Decoder(Page)
"""Made once and at the start: two threads that are the first to read a type at the same time end the whole process."""


def page_in(body: bytes) -> Page:
    """What a server answered to a transaction, a batch or a search."""
    try:
        found = _PAGE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Page()
    return found if found.resource_type == "Bundle" else Page()


def transaction_of(changes: Iterable[Change]) -> bytes:
    """The transaction as it is sent."""
    return _bundle("transaction", [_entry(change) for change in changes])


def batch_of_reads(addresses: Iterable[str]) -> bytes:
    """One request that reads many resources."""
    return _bundle("batch", [{"request": {"method": "GET", "url": address}} for address in addresses])


def _bundle(kind: str, entries: list[dict[str, Any]]) -> bytes:
    return msgspec.json.encode({"resourceType": "Bundle", "type": kind, "entry": entries})


def _entry(change: Change) -> dict[str, Any]:
    request = {"method": "PUT", "url": change.url}
    if change.version:
        request["ifMatch"] = change.version  # Whoever changed it since we looked must not lose that change.
    return {"fullUrl": urn(change.resource.id), "resource": change.resource.body, "request": request}
