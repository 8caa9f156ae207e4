"""Findings onto a server: look what stands, write what differs, and look that each is there once.

Findings go in groups: one look for the whole group, one transaction for each finding, one proof for the whole group.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from enum import StrEnum
from functools import partial

from msgspec import Struct

from fhir_trd.errors import UsageError
from fhir_trd.fhir.exchange.capability import Capabilities
from fhir_trd.fhir.exchange.findings import Finding, Written
from fhir_trd.fhir.exchange.standing import status_of
from fhir_trd.fhir.exchange.transaction import Change
from fhir_trd.sinks.grouping import in_groups
from fhir_trd.sinks.journal import Entry, Journal, Part
from fhir_trd.sinks.proving import Proof
from fhir_trd.sinks.sending import Changes, Stopped, send
from fhir_trd.sinks.settling import settled
from fhir_trd.sinks.ways import Sight, Way, changes_for
from fhir_trd.transport.server import Server
from fhir_trd.transport.statement import statement_of


class Fate(StrEnum):
    """What became of a finding."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KNOWN = "already written"
    RETRACTED = "retracted"
    GONE = "gone already"
    REFUSED = "refused"
    CONFLICT = "conflict"


class Delivered(Struct, frozen=True, kw_only=True):
    """One finding, what became of it (or would), the changes that made it so, and why where it could not be."""

    finding: Finding
    fate: Fate
    changes: tuple[Change, ...] = ()
    why: str = ""

    @property
    def key(self) -> str:
        """A name for it that holds nothing about a person."""
        return self.finding.key


class Course(Struct, frozen=True, kw_only=True):
    """What is the same for all findings of a run."""

    server: Server
    way: Way
    retracted: frozenset[str]
    rehearse: bool

    def parts(self, finding: Finding) -> tuple[Written, ...]:
        """What is looked at for a finding. A rehearsal has not written the Devices, so it tells of them with each finding."""
        return (*finding.devices, *finding.parts) if self.rehearse else finding.parts

    def look(self, findings: Iterable[Finding]) -> Sight:
        """What stands for the findings."""
        parts = {part.address: part for finding in findings for part in self.parts(finding)}
        return self.way.look(tuple(parts.values()))

    def changes(self, finding: Finding, sight: Sight) -> Changes:
        """What has to be written for one finding."""
        return changes_for(self.parts(finding), sight, self.way, retracted=finding.key in self.retracted)


def expect_able(server: Server) -> Capabilities:
    """What a server can do. One that cannot write a finding whole or not at all is refused before anything is sent."""
    _, able = statement_of(server)
    if not able.transactions:
        raise UsageError("--server: found a server that does not offer transactions, wanted one that does. Nothing was sent")
    return able


def deliver(
    findings: Sequence[Finding],
    server: Server,
    journal: Journal,
    *,
    workers: int,
    rehearse: bool = False,
    verify: bool = False,
    able: Capabilities | None = None,
) -> Iterator[Delivered]:
    """What became of each finding, as it happens. ``rehearse``: only read, and say what would be written.

    ``verify``: look at what the journal knows too, because a server may have lost it since.
    ``able``: what the server says that it can do; unless told, it takes ids that we choose.
    """
    new = []
    for finding in findings:
        if not verify and journal.knows(server.address, finding.key, finding.digest):
            yield Delivered(finding=finding, fate=Fate.KNOWN)
        else:
            new.append(finding)
    try:
        course = _course(new, server, journal, able, rehearse=rehearse) if new else None
    except Stopped as stopped:
        yield from (Delivered(finding=finding, fate=Fate.CONFLICT, why=stopped.why) for finding in new)
        return
    if course:
        if not rehearse:
            journal.doubt(server.address, (finding.key for finding in new))
        for group, places in in_groups(new, partial(_together, course=course), workers=workers):
            if not rehearse:
                journal.note(server.address, [_entry(one, places) for one in group if _stands(one)])
            yield from group


def _course(
    findings: Sequence[Finding], server: Server, journal: Journal, able: Capabilities | None, *, rehearse: bool
) -> Course:
    devices = {device.address: device for finding in findings for device in finding.devices}
    way = settled(tuple(devices.values()), server, able, journal.places(server.address), rehearse=rehearse)
    return Course(server=server, way=way, retracted=journal.retracted(server.address), rehearse=rehearse)


Group = tuple[list[Delivered], dict[str, str]]
"""What became of some findings, and where their parts stand."""


def _together(findings: Sequence[Finding], pool: Executor, course: Course) -> Group:
    sight = pool.submit(course.look, findings).result()
    going = [pool.submit(_delivered, finding, sight, course) for finding in findings]
    group = [each.result() for each in going]
    if course.rehearse:
        return group, {}
    proof = Proof(course.way, course.server)
    pool.submit(proof.look, [part for one in group if _stands(one) for part in one.finding.parts]).result()
    return [_judged(one, proof) for one in group], {**course.way.devices, **proof.places}


def _delivered(finding: Finding, sight: Sight, course: Course) -> Delivered:
    try:
        changes = course.changes(finding, sight)
        if not course.rehearse:
            changes = send(changes, lambda: course.changes(finding, course.look([finding])), course.server)
    except Stopped as stopped:
        return Delivered(finding=finding, fate=Fate.CONFLICT if stopped.needs_person else Fate.REFUSED, why=stopped.why)
    return Delivered(finding=finding, fate=_fate(changes), changes=changes)


def _judged(one: Delivered, proof: Proof) -> Delivered:
    faults = [proof.faults[part.address] for part in one.finding.parts if part.address in proof.faults]
    return Delivered(finding=one.finding, fate=Fate.CONFLICT, why=faults[0]) if faults and _stands(one) else one


def _stands(one: Delivered) -> bool:
    return one.fate not in (Fate.REFUSED, Fate.CONFLICT)


def _fate(changes: Changes) -> Fate:
    if not changes:
        return Fate.UNCHANGED
    return Fate.CREATED if any(change.creates and change.resource.kind == "Observation" for change in changes) else Fate.UPDATED


def _entry(one: Delivered, places: dict[str, str]) -> Entry:
    written = (*one.finding.parts, *one.finding.devices)
    parts = (Part(each.address, places.get(each.address, each.address), status_of(each.body)) for each in written)
    return Entry(one.finding.key, one.finding.digest, tuple(parts))
