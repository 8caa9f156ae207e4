"""Findings that no longer hold are taken back: marked as entered in error, with a Provenance of it, in one transaction.

Nothing is deleted: who acted on a finding must be able to see what it said, and that it holds no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial

from msgspec import Struct

from fhir_trd.fhir.exchange.findings import Finding, Written
from fhir_trd.fhir.exchange.standing import WITHDRAWN, Difference, status_of, version_of, withdrawn
from fhir_trd.fhir.exchange.transaction import Change
from fhir_trd.fhir.write.device import DEVICE
from fhir_trd.fhir.write.retraction import retraction_of
from fhir_trd.sinks.delivery import Fate
from fhir_trd.sinks.grouping import in_groups
from fhir_trd.sinks.journal import Entry, Journal, Part
from fhir_trd.sinks.looking import Seen, read_all
from fhir_trd.sinks.sending import Changes, Stopped, send
from fhir_trd.sinks.ways import ByIdentifier, Ours, Sight, Way, changes_for
from fhir_trd.transport.server import Server

GONE_BEFORE = "somebody else deleted it on the server, or marked it as an error"


class Retracted(Struct, frozen=True, kw_only=True):
    """A finding that no longer holds, what became of it (or would), and why where it could not be taken back."""

    key: str
    fate: Fate
    changes: tuple[Change, ...] = ()
    why: str = ""


def left_behind(findings: Iterable[Finding], server: Server, journal: Journal) -> tuple[Entry, ...]:
    """The findings that this journal wrote to this server, and that are no longer among those that hold."""
    return journal.others(server.address, frozenset(finding.key for finding in findings))


def retract(
    entries: Sequence[Entry], server: Server, journal: Journal, *, workers: int, rehearse: bool = False
) -> Iterator[Retracted]:
    """What became of each finding that is left behind, as it happens. ``rehearse``: only read, and say what would be done."""
    moved = any(part.place != part.address for entry in entries for part in entry.parts)
    way: Way = ByIdentifier(server, {}, {}) if moved else Ours(server)
    course = _Course(server=server, way=way, rehearse=rehearse)
    if not rehearse:
        journal.doubt(server.address, (entry.key for entry in entries))
    for group in in_groups(entries, partial(_together, course=course), workers=workers):
        for one in group:
            if not rehearse and one.fate in (Fate.RETRACTED, Fate.GONE):
                journal.note_withdrawn(server.address, one.key, by_us=one.fate is Fate.RETRACTED)
            yield one


class _Course(Struct, frozen=True, kw_only=True):
    """What is the same for all retractions of a run."""

    server: Server
    way: Way
    rehearse: bool

    def look(self, entries: Iterable[Entry]) -> Sight:
        """What stands of the findings, by place, and which of them have a Provenance of a retraction."""
        some = tuple(entries)
        there = read_all([part.place for entry in some for part in _marked(entry)], self.server)
        return there | dict(self.way.look([_vouching(entry, (), self.server) for entry in some]))

    def changes(self, entry: Entry, sight: Sight) -> Changes:
        """What has to be written to take back one finding; nothing, where it is done."""
        holding = [part for part in _marked(entry) if _holds(part, sight[part.place])]
        if not holding:
            return ()
        provenance = _vouching(entry, [part.place for part in holding], self.server)
        return (*(_mark(part, sight) for part in holding), *changes_for((provenance,), sight, self.way))

    def is_vouched_for(self, entry: Entry, sight: Sight) -> bool:
        """Whether a Provenance of ours tells of the retraction."""
        return sight[_vouching(entry, (), self.server).address].body is not None


def _together(entries: Sequence[Entry], pool: Executor, course: _Course) -> list[Retracted]:
    sight = pool.submit(course.look, entries).result()
    going = [pool.submit(_retracted, entry, sight, course) for entry in entries]
    group = [each.result() for each in going]
    done = [entry for entry, one in zip(entries, group, strict=True) if one.changes and not course.rehearse]
    after = pool.submit(course.look, done).result() if done else {}
    return [_judged(one, entry, after, course) if entry in done else one for entry, one in zip(entries, group, strict=True)]


def _retracted(entry: Entry, sight: Sight, course: _Course) -> Retracted:
    try:
        changes = course.changes(entry, sight)
        if not changes:
            # Our own mark, of a run that was cut off before it could note it, is told from that of a person.
            ours = course.is_vouched_for(entry, sight)
            return Retracted(key=entry.key, fate=Fate.RETRACTED if ours else Fate.GONE, why="" if ours else GONE_BEFORE)
        if not course.rehearse:
            changes = send(changes, lambda: course.changes(entry, course.look([entry])), course.server)
    except Stopped as stopped:
        return Retracted(key=entry.key, fate=Fate.CONFLICT if stopped.needs_person else Fate.REFUSED, why=stopped.why)
    return Retracted(key=entry.key, fate=Fate.RETRACTED, changes=changes)


def _judged(one: Retracted, entry: Entry, sight: Sight, course: _Course) -> Retracted:
    """What was written is looked at again: all of it marked, and vouched for."""
    try:
        if not course.changes(entry, sight) and course.is_vouched_for(entry, sight):
            return one
    except Stopped as stopped:
        return Retracted(key=entry.key, fate=Fate.CONFLICT, why=stopped.why)
    return Retracted(key=entry.key, fate=Fate.CONFLICT, why=f"{entry.key} was taken back, but does not stand so on the server")


def _marked(entry: Entry) -> list[Part]:
    """The parts that have a status of ours to be marked: the Observation and the CarePlan."""
    return [part for part in entry.parts if part.status and part.kind != DEVICE]


def _holds(part: Part, seen: Seen) -> bool:
    """Whether a part still stands as ours; a person's will about it stops the retraction."""
    if seen.why:
        raise Stopped(seen.why, needs_person=False)
    if seen.body is None or status_of(seen.body) == WITHDRAWN:
        return False
    if status_of(seen.body) != part.status:
        why = f"{part.address} no longer holds, but was given another status on the server; decide which shall stand"
        raise Stopped(why, needs_person=True)
    return True


def _mark(part: Part, sight: Sight) -> Change:
    standing = sight[part.place].body or {}
    change = Difference(f"{part.kind}.status", status_of(standing), WITHDRAWN)
    resource = Written(part.kind, part.address.rpartition("/")[2], withdrawn(standing))
    return Change(resource=resource, url=part.place, version=version_of(standing), differences=(change,))


def _vouching(entry: Entry, targets: Sequence[str], server: Server) -> Written:
    device = next((part.place for part in entry.parts if part.kind == DEVICE), "")
    return retraction_of(entry.key, targets, device, server.now())
