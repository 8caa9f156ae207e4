"""After the writing: each part is looked for under its identifier, and must be there once and alone."""

from collections.abc import Sequence

from fhir_trd.fhir.exchange.findings import Written, address_of
from fhir_trd.sinks.looking import count, find_all
from fhir_trd.sinks.ways import Way
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.server import Server, told_status

WAITS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait, one after the other, for an index that lags behind what was written."""


class Proof:
    """What was found of the parts: where each stands, or why it is not as it should be; both by the address that we gave it."""

    def __init__(self, way: Way, server: Server) -> None:
        self._way, self._server = way, server
        self.places: dict[str, str] = {}
        self.faults: dict[str, str] = {}

    def look(self, parts: Sequence[Written]) -> None:
        """Look for the parts, a few times where the server does not show them yet."""
        left = [part for part in parts if part.identifier or not self._way.chooses_ids]
        for wait in WAITS:
            left = self._missing(left)
            if not left:
                return
            self._server.pause(wait)
        self.faults |= {part.address: _told(part, 0) for part in self._missing(left)}

    def _missing(self, parts: list[Written]) -> list[Written]:
        """The parts that a search does not show, and may show later."""
        if self._way.chooses_ids and _are_counted(parts, self._server):
            self.places |= {part.address: part.address for part in parts}
            return []
        found = find_all(parts, self._server)
        if isinstance(found, Answer):
            why = f"looking for it afterwards: the server answered {told_status(found)}"
            self.faults |= {part.address: f"{part.address}: {why}" for part in parts}
            return []
        for part in parts:
            self._judge(part, [address_of(body) for body in found[part.name]])
        return [part for part in parts if not found[part.name]]

    def _judge(self, part: Written, found: list[str]) -> None:
        wanted = [part.address] if self._way.chooses_ids else found[:1]
        if found and found == wanted:
            self.places[part.address] = found[0]
        elif found:
            self.faults[part.address] = _told(part, len(found))


def _are_counted(parts: Sequence[Written], server: Server) -> bool:
    """Whether counting alone proves it.

    As many resources as parts stand under all the identifiers, and as many of them bear our ids: so each of ours is there,
    and nothing else is. Servers count far faster than they hand out resources.
    """
    for kind in sorted({part.kind for part in parts}):
        some = [part for part in parts if part.kind == kind]
        if any(count(some, server, own=own) != len(some) for own in (False, True)):
            return False
    return True


def _told(part: Written, found: int) -> str:
    return f"{part.address}: found {found} under its identifier, wanted this one alone"
