"""Which way findings go onto a server: what it says of itself, or else the Device, which is written first and alone, shows it."""

from collections.abc import Mapping, Sequence

from msgspec import structs

from fhir_trd.errors import ServerError
from fhir_trd.fhir.exchange.capability import Capabilities
from fhir_trd.fhir.exchange.findings import Written, address_of
from fhir_trd.sinks.looking import find_all
from fhir_trd.sinks.proving import Proof
from fhir_trd.sinks.sending import Stopped, send
from fhir_trd.sinks.ways import ByIdentifier, Ours, Way, changes_for
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.server import Server


def settled(
    devices: Sequence[Written], server: Server, able: Capabilities | None, known: Mapping[str, str], *, rehearse: bool
) -> Way:
    """The way that this server takes, with the Devices written, unless this is a rehearsal.

    The software that many findings name is written once and first: side by side, the writers would get in each other's way.
    """
    ours, by_identifier = Ours(server), ByIdentifier(server, known, {})
    offers_both = able is not None and able.finds_by_identifier
    if offers_both and able is not None and (able.refuses_our_ids or _stand_elsewhere(devices, able, server)):
        return _with_devices(devices, by_identifier, rehearse=rehearse)
    try:
        return _with_devices(devices, ours, rehearse=rehearse)
    except _RefusedError:
        if not offers_both:
            raise
    return _with_devices(devices, by_identifier, rehearse=rehearse)


class _RefusedError(ServerError):
    """The server did not take a Device."""


def _stand_elsewhere(devices: Sequence[Written], able: Capabilities, server: Server) -> bool:
    """Whether a server that says nothing of ids has given a Device of ours one of its own before."""
    found = {} if able.takes_our_ids else find_all(devices, server)
    if isinstance(found, Answer):
        return False
    return any(address_of(body) != device.address for device in devices for body in found.get(device.name, ()))


def _with_devices(devices: Sequence[Written], way: Ours | ByIdentifier, *, rehearse: bool) -> Way:
    proof = Proof(way, way.server)
    try:
        for device in () if rehearse else devices:
            changes = changes_for((device,), way.look((device,)), way)
            send(changes, lambda device=device: changes_for((device,), way.look((device,)), way), way.server)  # type: ignore[misc]
    except Stopped as stopped:
        raise _RefusedError(_told(stopped.why)) from stopped
    if isinstance(way, Ours):
        return way
    proof.look(devices)
    if proof.faults and not rehearse:
        raise ServerError(_told(next(iter(proof.faults.values()))))
    return structs.replace(way, devices=proof.places)


def _told(why: str) -> str:
    return (
        f"the Device could not be written: {why}. Wanted a server that takes ids chosen by the client or updates by identifier, "
        "and the right to write a Device. No finding was sent"
    )
