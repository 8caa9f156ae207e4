"""What stands on a server: many resources in one request, and one by one where a server does not do that."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from msgspec import Struct

from fhir_trd.errors import ServerError
from fhir_trd.fhir.exchange.findings import Body, Written, address_of, kind_of, names_of
from fhir_trd.fhir.exchange.standing import resource_in
from fhir_trd.fhir.exchange.transaction import Entry, Page, batch_of_reads, page_in
from fhir_trd.transport.asking import Answer, Ask
from fhir_trd.transport.server import REMEDY, Server, told_status

FRESH = {"Cache-Control": "no-cache"}
ABSENT, GONE = 404, 410
NAMES = 50
"""How many names one search asks for: more would make its address longer than some servers take."""
PAGES = 100
"""How many pages of one search are read; a server that has more of them for fifty names goes round in circles."""


class Seen(Struct, frozen=True, kw_only=True):
    """What stands for one part: where and what, or nothing. ``gone``: it was deleted; ``why``: why the server did not say."""

    address: str = ""
    body: Body | None = None
    gone: bool = False
    why: str = ""


def read_all(addresses: Sequence[str], server: Server) -> dict[str, Seen]:
    """What stands at each address. A read tells a deleted resource from one that never was, which a search does not."""
    entries = _read_together(addresses, server) if len(addresses) > 1 else ()
    if len(entries) != len(addresses):
        return {address: _read(address, server) for address in addresses}
    return {address: _seen(address, entry) or _read(address, server) for address, entry in zip(addresses, entries, strict=True)}


def _read_together(addresses: Iterable[str], server: Server) -> tuple[Entry, ...]:
    answer = server.ask(Ask(method="POST", url="", body=batch_of_reads(addresses), headers=FRESH))
    return page_in(answer.body).entry if answer.is_good else ()


def _seen(address: str, entry: Entry) -> Seen | None:
    """What an entry of a batch tells; None where it is nothing to rely on."""
    status = entry.response.status[:3] if entry.response else ""
    if entry.resource is not None and status == "200" and address_of(entry.resource) == address:
        return Seen(address=address, body=entry.resource)
    return {str(ABSENT): Seen(), str(GONE): Seen(gone=True)}.get(status)


def _read(address: str, server: Server) -> Seen:
    ask = Ask(method="GET", url=address, headers=FRESH)
    answer = server.ask(ask)
    if answer.status in (ABSENT, GONE):
        return Seen(gone=answer.status == GONE)
    standing = resource_in(answer.body) if answer.is_good else None
    if standing is None:
        return Seen(why=f"reading {address}: the server answered {told_status(answer)}")
    if address_of(standing) != address:
        # Nobody decided anything here: the server, or what stands before it, talks of something else.
        raise ServerError(f"{ask.told}: found the answer to be another resource, wanted {address}. {REMEDY}")
    return Seen(address=address, body=standing)


def find_all(parts: Sequence[Written], server: Server) -> dict[str, tuple[Body, ...]] | Answer:
    """What is found under the name of each part, whatever its id; the answer of the server, if it refuses to search."""
    found: dict[str, tuple[Body, ...]] = {part.name: () for part in parts}
    for kind, search in sorted({(part.kind, part.search) for part in parts}):
        names = [part.name for part in parts if part.kind == kind]
        for start in range(0, len(names), NAMES):
            some = ",".join(map(_quoted, names[start : start + NAMES]))
            pages = _pages(f"{kind}?{search}={some}&_count={NAMES}", server)
            if isinstance(pages, Answer):
                return pages
            for body in (entry.resource for page in pages for entry in page.entry if entry.resource):
                for name in names_of(body) & found.keys() if kind_of(body) == kind else ():
                    found[name] = (*found[name], body)
    return found


def count(parts: Sequence[Written], server: Server, *, own: bool) -> int | None:
    """How many resources stand under the names of parts of one type; ``own``: under our ids too. None: it is not counted."""
    ids = f"_id={','.join(part.id for part in parts)}&" if own else ""
    names = ",".join(_quoted(part.name) for part in parts)
    url = f"{parts[0].kind}?{ids}{parts[0].search}={names}&_summary=count"
    answer = server.ask(Ask(method="GET", url=url, headers=FRESH))
    return page_in(answer.body).total if answer.is_good else None


def _pages(url: str, server: Server) -> list[Page] | Answer:
    pages: list[Page] = []
    while url and len(pages) < PAGES:
        answer = server.ask(Ask(method="GET", url=url, headers=FRESH))
        if not answer.is_good:
            return answer
        pages.append(page_in(answer.body))
        url = pages[-1].next
    return pages


def _quoted(name: str) -> str:
    return quote(name, safe="/:")
