"""The two ways to give a finding one place on a server: under ids of ours, or, where the server chooses ids, by identifier."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from fhir_trd.fhir.exchange.findings import Body, Written, address_of, moved
from fhir_trd.fhir.exchange.standing import differences, is_taken_on, version_of
from fhir_trd.fhir.exchange.transaction import Change
from fhir_trd.fhir.references import references_of
from fhir_trd.fhir.write.identity import urn
from fhir_trd.sinks.looking import Seen, find_all, read_all
from fhir_trd.sinks.sending import Changes, Stopped
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.server import Server, told_status

Sight = Mapping[str, Seen]
"""What stands on the server for each part, by the address that we would give it."""


class Way(Protocol):
    """How parts find their places."""

    @property
    def chooses_ids(self) -> bool:
        """Whether the ids on the server are ours."""

    @property
    def devices(self) -> Mapping[str, str]:
        """Where the software stands that made the findings, if not under our ids."""

    def look(self, parts: Sequence[Written]) -> Sight:
        """What stands for each part."""

    def placed(self, part: Written, sight: Sight) -> tuple[Written, str]:
        """The part as this server gets it, and the address that it is put to."""


class Ours(Struct, frozen=True):
    """The server takes ids that we choose: each part has an address of its own from the start."""

    server: Server

    @property
    def chooses_ids(self) -> bool:
        """They are."""
        return True

    @property
    def devices(self) -> Mapping[str, str]:
        """Under our ids."""
        return {}

    def look(self, parts: Sequence[Written]) -> Sight:
        """Read at the addresses. A Provenance stands only beside what it vouches for, so the others are read first."""
        sight = read_all([part.address for part in parts if part.identifier], self.server)
        rest = [part for part in parts if not part.identifier]
        alone = {part.address: Seen() for part in rest if _is_alone(part, sight)}
        there = read_all([part.address for part in rest if part.address not in alone], self.server)
        return {**sight, **alone, **there}

    def placed(self, part: Written, sight: Sight) -> tuple[Written, str]:
        """The part as it is."""
        return part, part.address


class ByIdentifier(Struct, frozen=True):
    """The server chooses ids: a part is found and updated by its identifier.

    ``known``: where parts stood the last time, to tell those that were deleted; ``devices``: where the software stands that
    made them.
    """

    server: Server
    known: Mapping[str, str]
    devices: Mapping[str, str]

    @property
    def chooses_ids(self) -> bool:
        """They are the server's."""
        return False

    def look(self, parts: Sequence[Written]) -> Sight:
        """Search by the names; read where one stood that is not found any more."""
        found = find_all(parts, self.server)
        if isinstance(found, Answer):
            why = f"searching by identifier: the server answered {told_status(found)}"
            return {part.address: Seen(why=why) for part in parts}
        sight = {part.address: _found(part, found[part.name]) for part in parts}
        lost = {here: self.known[here] for here, seen in sight.items() if seen == Seen() and here in self.known}
        read = read_all(list(lost.values()), self.server)
        return sight | {here: read[place] for here, place in lost.items() if read[place].gone}

    def placed(self, part: Written, sight: Sight) -> tuple[Written, str]:
        """The part with the addresses of this server; where it does not stand yet, the server finds it a place."""
        places = self._places(part, sight)
        here = sight[part.address].address
        return moved(part, places), here or f"{part.kind}?{part.search}={part.name}"

    def _places(self, part: Written, sight: Sight) -> dict[str, str]:
        named = {*references_of(part.body), part.address}
        return dict(self.devices) | {here: sight[here].address or _inside(here) for here in named if here in sight}


def _is_alone(provenance: Written, sight: Sight) -> bool:
    """Whether all that a Provenance names was looked for, and none of it ever stood."""
    named = [sight[address] for address in references_of(provenance.body) if address in sight]
    return bool(named) and all(seen == Seen() for seen in named)


def _inside(address: str) -> str:
    return urn(address.rpartition("/")[2])


def _found(part: Written, bodies: tuple[Body, ...]) -> Seen:
    if len(bodies) > 1:
        return Seen(why=f"{part.address}: found {len(bodies)} under its identifier, wanted one", address=address_of(bodies[0]))
    return Seen(address=address_of(bodies[0]), body=bodies[0]) if bodies else Seen()


def changes_for(parts: Sequence[Written], sight: Sight, way: Way, *, retracted: bool = False) -> Changes:
    """What has to be written so that the parts stand as they should. ``retracted``: we ourselves had marked them as errors."""
    for part in parts:
        _expect_free(part, sight[part.address])
    found = (_change(part, sight, way, retracted=retracted) for part in parts)
    return tuple(change for change in found if change)


def _expect_free(part: Written, seen: Seen) -> None:
    if seen.why:
        raise Stopped(seen.why, needs_person=bool(seen.address))
    if seen.gone:
        why = f"{part.address} was deleted on the server; decide whether it shall stand there again"
        raise Stopped(why, needs_person=True)


def _change(part: Written, sight: Sight, way: Way, *, retracted: bool) -> Change | None:
    resource, url = way.placed(part, sight)
    standing = sight[part.address].body
    if standing is None:
        return Change(resource=resource, url=url, creates=True)
    if is_taken_on(resource, standing, retracted=retracted):
        why = f"{part.address} was given another status on the server; decide which shall stand"
        raise Stopped(why, needs_person=True)
    apart = differences(resource, standing)
    if not apart:
        return None
    return Change(resource=resource, url=url, version=version_of(standing), standing=standing, differences=apart)
