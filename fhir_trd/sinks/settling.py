"""Which way findings go onto a server: what it says of itself, or else the Device, which is written first and alone, shows it."""

from collections.abc import Mapping, Sequence

from msgspec import structs

from fhir_trd.errors import ServerError
from fhir_trd.fhir.exchange.capability import Capabilities
from fhir_trd.fhir.exchange.findings import Written, address_of
from fhir_trd.sinks.looking import find_all
from fhir_trd.sinks.proving import Proof
from fhir_trd.sinks.sending import Changes, Stopped, send
from fhir_trd.sinks.ways import ByIdentifier, Ours, Way, changes_for
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.server import Server


def settled(
    devices: Sequence[Written], server: Server, able: Capabilities | None, known: Mapping[str, str], *, rehearse: bool
) -> Way:
    """The way that this server takes, with the Devices written, unless this is a rehearsal.

    The software that many findings name is written once and first: side by side, the writers would get in each other's way.
    Where a person has decided about a Device, this is ``Stopped``, and so is every finding that names it.
    """
    ours, by_identifier = Ours(server), ByIdentifier(server, known, {})
    if able is None or not able.finds_by_identifier:
        return _with_devices(devices, ours, rehearse=rehearse)
    if able.refuses_our_ids or _stand_elsewhere(devices, able, server):
        return _with_devices(devices, by_identifier, rehearse=rehearse)
    try:
        return _with_devices(devices, ours, rehearse=rehearse)
    except _RefusedError:
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
    if not rehearse:
        _write_all(devices, way)
    if isinstance(way, Ours):
        return way
    return structs.replace(way, devices=_seen(devices, way) if rehearse else _proved(devices, way))


def _write_all(devices: Sequence[Written], way: Ours | ByIdentifier) -> None:
    try:
        for device in devices:
            _write(device, way)
    except Stopped as stopped:
        if stopped.needs_person:  # No sign that ids of ours are refused.
            raise
        raise _RefusedError(_told(stopped.why)) from stopped


def _proved(devices: Sequence[Written], way: ByIdentifier) -> Mapping[str, str]:
    proof = Proof(way, way.server)
    proof.look(devices)
    if proof.faults:
        raise ServerError(_told(next(iter(proof.faults.values()))))
    return proof.places


def _seen(devices: Sequence[Written], way: ByIdentifier) -> Mapping[str, str]:
    return {here: seen.address for here, seen in way.look(devices).items() if seen.address}


def _write(device: Written, way: Ours | ByIdentifier) -> None:
    def changes() -> Changes:
        return changes_for((device,), way.look((device,)), way)

    send(changes(), changes, way.server)


def _told(why: str) -> str:
    return (
        f"the Device could not be written: {why}. Wanted a server that takes ids chosen by the client or updates by identifier, "
        "and the right to write a Device. No finding was sent"
    )
