"""Findings onto a server: read what stands, write what differs, and look that each is there once."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from enum import StrEnum
from urllib.parse import quote

from msgspec import Struct

from fhir_trd.errors import ServerError, UsageError
from fhir_trd.fhir.exchange.capability import capabilities_in
from fhir_trd.fhir.exchange.findings import Finding, Written
from fhir_trd.fhir.exchange.standing import differences, is_taken_on, resource_in, version_of
from fhir_trd.fhir.exchange.transaction import Change, found_in, statuses_in, transaction_of
from fhir_trd.sinks.journal import Journal
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.server import Server, told_status

TRIES = 3
"""How often a finding is read and decided anew, when somebody else writes at the same time."""

ABSENT, GONE = 404, 410
RACES = frozenset({409, 412})


class Fate(StrEnum):
    """What became of a finding."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KNOWN = "already written"
    REFUSED = "refused"
    CONFLICT = "conflict"


class Delivered(Struct, frozen=True, kw_only=True):
    """One finding, what became of it (or would), the changes that made it so, and why where it could not be."""

    finding: Finding
    fate: Fate
    changes: tuple[Change, ...] = ()
    why: str = ""


class _Stopped(Exception):
    """This finding goes no further; the others do."""

    def __init__(self, fate: Fate, why: str) -> None:
        super().__init__(why)
        self.fate, self.why = fate, why


def expect_able(server: Server) -> None:
    """Refuse a server that cannot write a finding whole or not at all, before anything is sent.

    Whether clients may choose ids is not asked: HAPI and Medplum take such ids and say nothing of it. The Device, which is
    written first and alone, shows it.
    """
    answer = server.ask(Ask(method="GET", url="metadata"))
    able = capabilities_in(answer.body) if answer.is_good else None
    if able is None:
        raise ServerError(f"GET metadata: the server answered {told_status(answer)}, wanted its CapabilityStatement")
    if not able.transactions:
        raise UsageError("--server: found a server that does not offer transactions, wanted one that does. Nothing was sent")


def deliver(
    findings: Sequence[Finding], server: Server, journal: Journal, *, workers: int, rehearse: bool = False
) -> Iterator[Delivered]:
    """What became of each finding, as it happens. ``rehearse``: only read, and say what would be written."""
    new = []
    for finding in findings:
        if journal.knows(server.address, finding.key, finding.digest):
            yield Delivered(finding=finding, fate=Fate.KNOWN)
        else:
            new.append(finding)
    if not rehearse:
        _write_devices(new, server)
    with ThreadPoolExecutor(workers) as pool:
        going = [pool.submit(_delivered, finding, server, rehearse) for finding in new]
        try:
            for done in as_completed(going):
                one = done.result()
                if not rehearse and one.fate not in (Fate.REFUSED, Fate.CONFLICT):
                    journal.note(server.address, one.finding.key, one.finding.digest)
                yield one
        finally:
            pool.shutdown(cancel_futures=True)  # In an outage nothing more is begun.


def _write_devices(findings: Iterable[Finding], server: Server) -> None:
    """The software that many findings name is written once and first: side by side, the writers would get in each other's way."""
    devices = {device.address: device for finding in findings for device in finding.devices}
    try:
        for device in devices.values():
            _write((device,), server)
    except _Stopped as stopped:
        raise ServerError(
            f"the Device could not be written: {stopped.why}. Wanted a server that takes ids chosen by the client, and the right "
            "to write a Device. No finding was sent"
        ) from stopped


def _delivered(finding: Finding, server: Server, rehearse: bool) -> Delivered:
    try:
        # A rehearsal has not written the Devices, so it tells of them with each finding.
        changes = _changes((*finding.devices, *finding.parts), server) if rehearse else _write(finding.parts, server)
        if not rehearse:
            for part in finding.parts:
                _expect_one(part, server)
    except _Stopped as stopped:
        return Delivered(finding=finding, fate=stopped.fate, why=stopped.why)
    return Delivered(finding=finding, fate=_fate(changes), changes=changes)


def _fate(changes: tuple[Change, ...]) -> Fate:
    if not changes:
        return Fate.UNCHANGED
    return Fate.CREATED if any(change.creates and change.resource.kind == "Observation" for change in changes) else Fate.UPDATED


def _write(parts: tuple[Written, ...], server: Server) -> tuple[Change, ...]:
    """Write what differs; decide anew when somebody else wrote in between."""
    written: tuple[Change, ...] = ()
    for _ in range(TRIES):
        changes = _changes(parts, server)
        if not changes:
            return written
        answer = server.ask(Ask(method="POST", url="", body=transaction_of(changes), done=lambda: not _changes(parts, server)))
        if answer.lost:
            return changes
        if answer.is_good:
            statuses = statuses_in(answer.body)
            if len(statuses) != len(changes) or not all(status.startswith("2") for status in statuses):
                raise _Stopped(Fate.REFUSED, "the server took only a part of the transaction")
            return changes
        if answer.status not in RACES:
            raise _Stopped(Fate.REFUSED, f"the server answered {told_status(answer)}")
        written = changes  # If the next look finds nothing to change, an answer that was lost had brought them there.
    raise _Stopped(Fate.CONFLICT, f"somebody else wrote to it {TRIES} times while we did")


def _changes(parts: tuple[Written, ...], server: Server) -> tuple[Change, ...]:
    return tuple(change for part in parts if (change := _change(part, server)))


def _change(part: Written, server: Server) -> Change | None:
    answer = server.ask(Ask(method="GET", url=part.address, headers={"Cache-Control": "no-cache"}))
    if answer.status == ABSENT:
        return Change(resource=part, creates=True)
    if answer.status == GONE:
        raise _Stopped(Fate.CONFLICT, f"{part.address} was deleted on the server; decide whether it shall stand there again")
    standing = resource_in(answer.body) if answer.is_good else None
    if standing is None:
        raise _Stopped(Fate.REFUSED, f"reading {part.address}: the server answered {told_status(answer)}")
    paths = differences(part, standing)
    if is_taken_on(part, standing):
        raise _Stopped(Fate.CONFLICT, f"{part.address} was given another status on the server; decide which shall stand")
    return Change(resource=part, version=version_of(standing), paths=paths) if paths else None


def _expect_one(part: Written, server: Server) -> None:
    if not part.identifier:
        return
    url = f"{part.kind}?identifier={quote(part.identifier, safe='')}"
    answer = server.ask(Ask(method="GET", url=url, headers={"Cache-Control": "no-cache"}))
    if not answer.is_good:
        raise _Stopped(Fate.CONFLICT, f"looking for {part.address} afterwards: the server answered {told_status(answer)}")
    found = found_in(answer.body, part.kind)
    if found != (part.id,):
        raise _Stopped(Fate.CONFLICT, f"{part.address}: found {len(found)} under its identifier, wanted this one alone")
