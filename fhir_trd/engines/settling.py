"""Between the stages: resources that name their patient by an identifier alone are given to the partition of that patient."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.engines.spill import partition_of
from fhir_trd.fhir.read.identifiers import key_of_subject, keys_of_patient
from fhir_trd.fhir.read.sieve import Kept


class Settled(Struct, frozen=True, array_like=True):
    """A resource that was kept of a piece, now with its patient."""

    piece: int
    kept: Kept


_DECODE = msgspec.msgpack.Decoder(list[Settled]).decode


def settled_by(nobodys: Iterable[Settled], people: Iterable[Kept], partitions: int) -> dict[int, list[Settled]]:
    """What is kept of nobody, by the partition it belongs to; empty if no resource names its patient in that way.

    ``people``, all Patient resources, are only looked through if one does. An identifier that several have names none of them.
    """
    keyed = [(key_of_subject(one.kept.resource_type, one.kept.body), one) for one in nobodys]
    wanted = {key for key, _ in keyed if key}
    if not wanted:
        return {}
    owners = _owners(wanted, people)
    by_partition: dict[int, list[Settled]] = {partitions: []}
    for key, one in keyed:
        settled = replace(one, kept=replace(one.kept, patient=owners.get(key, "")))
        by_partition.setdefault(partition_of(settled.kept.patient, partitions), []).append(settled)
    return by_partition


def settled_file(folder: Path, partition: int) -> Path:
    """Where stands what was settled for a partition; the file is only there if something was."""
    return folder / f"settled-{partition:05}.msgpack"


def settled_in(path: Path) -> list[Settled]:
    """What was settled earlier."""
    return _DECODE(path.read_bytes())


def _owners(wanted: set[str], people: Iterable[Kept]) -> Mapping[str, str]:
    owners: dict[str, list[str]] = {}
    for kept in people:
        for key in keys_of_patient(kept.body):
            if key in wanted:
                owners.setdefault(key, []).append(kept.patient)
    return {key: patients[0] for key, patients in owners.items() if len(patients) == 1}
