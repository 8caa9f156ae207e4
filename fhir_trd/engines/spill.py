"""What survives the first cut, on disk: one file for each piece of input, in it a segment for each partition of patients."""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct, field

from fhir_trd.fhir.read.records import PRODUCT
from fhir_trd.fhir.read.sieve import Kept

ROOM = 24 << 20
"""How many bytes are held before they are written."""

WEIGHT = 200
"""How many bytes a resource takes beside its body, about."""

PRODUCTS = -1
"""The place of the products that all partitions share."""


class Segment(Struct, array_like=True):
    """What one piece of input holds of one partition: resources, and patients of whom it only knows that they exist."""

    kept: list[Kept] = field(default_factory=list)
    mentioned: list[str] = field(default_factory=list)


class Place(Struct, frozen=True, array_like=True):
    """Where a segment stands in the file of its piece."""

    partition: int
    offset: int
    length: int


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Segment).decode


@lru_cache(maxsize=1 << 16)
def partition_of(patient: str, partitions: int) -> int:
    """The partition of a patient, the same on every machine and in every run; past the last one for what is plainly nobody's."""
    return zlib.crc32(patient.encode(errors="replace")) % partitions if patient else partitions


class Spill:
    """Takes what is kept of one piece, and writes it when it grows too large to be held."""

    def __init__(self, stream: BinaryIO, partitions: int) -> None:
        self._stream, self._partitions = stream, partitions
        self._held: dict[int, Segment] = {}
        self._size = 0
        self._offset = 0
        self.places: list[Place] = []
        self.products = 0

    def take(self, kept: list[Kept], mentioned: set[str]) -> None:
        """Take resources and names in, each to its partition."""
        for one in kept:
            is_product = one.resource_type == PRODUCT
            self.products += is_product
            self._segment(PRODUCTS if is_product else partition_of(one.patient, self._partitions)).kept.append(one)
        self._size += sum(len(one.body) + WEIGHT for one in kept)
        for patient in sorted(mentioned):
            self._segment(partition_of(patient, self._partitions)).mentioned.append(patient)
        if self._size > ROOM:
            self.write()

    def write(self) -> None:
        """Write all that is held."""
        for partition in sorted(self._held):
            body = _ENCODE(self._held[partition])
            self._stream.write(body)
            self.places.append(Place(partition, self._offset, len(body)))
            self._offset += len(body)
        self._held, self._size = {}, 0

    def _segment(self, partition: int) -> Segment:
        return self._held.get(partition) or self._held.setdefault(partition, Segment())


def segments_in(path: Path, places: list[Place], partition: int) -> Iterator[Segment]:
    """What a piece holds of a partition."""
    wanted = [place for place in places if place.partition == partition]
    if not wanted:
        return
    with path.open("rb") as stream:
        for place in wanted:
            stream.seek(place.offset)
            yield _DECODE(stream.read(place.length))
