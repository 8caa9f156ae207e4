"""The records of one partition, read from what survived the first cut."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Generic, Protocol

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.engines.again import bodies_in
from fhir_trd.engines.pieces import Plan
from fhir_trd.engines.products import Products, Seat
from fhir_trd.engines.scanning import Scanned, spilled
from fhir_trd.engines.settling import settled_file, settled_in
from fhir_trd.engines.spill import PRODUCTS, Segment, segments_in
from fhir_trd.fhir.decode import Fault, Raw
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.gathering import SET_ASIDE
from fhir_trd.fhir.read.grades import Grade
from fhir_trd.fhir.read.records import PRODUCT, read_at
from fhir_trd.fhir.read.sheets import PATIENT
from fhir_trd.fhir.read.sieve import NOBODY, Kept, restored
from fhir_trd.fhir.references import references_in
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord

NOT_CONCERNED = "not needed: nothing in the record of its patient tells of depression or of an antidepressant"
BLAMING = "AdverseEvent"
CORE, FACT, OF_PRODUCT = int(Grade.CORE), int(Grade.FACT), int(Grade.PRODUCT)

Fates = Counter[tuple[str, str, str]]
"""How many resources of a type met which fate, and why."""


class Partition(Struct, frozen=True):
    """What was read of a partition: its records by patient, the fate of its resources, and which products they refer to."""

    records: tuple[PatientRecord, ...]
    fates: Fates
    faults: tuple[Fault, ...]
    products: frozenset[tuple[str, str]]


class Shelves:
    """Finds what was spilled: the segments of all pieces, in the order of the files, and what was settled afterwards."""

    def __init__(self, folder: Path, plan: Plan, scanned: Sequence[Scanned]) -> None:
        self._folder, self._plan, self._scanned = folder, plan, scanned
        self._before = _lines_before(scanned)

    def segments(self, partition: int) -> Iterator[tuple[int, Segment]]:
        """The segments of a partition, each with the number of its piece."""
        settled = settled_file(self._folder, partition)
        if partition != self._plan.partitions or not settled.exists():
            yield from self.spilled(partition)
        for one in settled_in(settled) if settled.exists() else ():
            yield one.piece, Segment(kept=[one.kept])

    def spilled(self, partition: int) -> Iterator[tuple[int, Segment]]:
        """The same without what was settled."""
        for done in self._scanned:
            for segment in segments_in(spilled(self._folder, done.piece), done.places, partition):
                yield done.piece.number, segment

    def kept(self, partition: int) -> Iterator[tuple[int, Kept]]:
        """What was spilled of a partition, each with the number of its piece."""
        return ((piece, kept) for piece, segment in self.spilled(partition) for kept in segment.kept)

    def raws(self, some: Iterable[tuple[int, Kept]]) -> Iterator[Raw]:
        """The same as they stood in their files."""
        for piece, kept, body in self._with_bodies(some):
            yield restored(kept, body, self._plan.files[self._plan.pieces[piece].file].name, self._before[piece])

    def wholes(self, some: Iterable[tuple[int, Kept]]) -> Iterator[tuple[int, Kept]]:
        """The same with their bodies."""
        return ((piece, replace(kept, body=body)) for piece, kept, body in self._with_bodies(some))

    def _with_bodies(self, some: Iterable[tuple[int, Kept]]) -> Iterator[tuple[int, Kept, bytes]]:
        # A file is open once for all that follow one another in it.
        for number, of_file in groupby(some, key=lambda one: self._plan.pieces[one[0]].file):
            with bodies_in(self._plan.files[number].path) as body_of:
                for piece, kept in of_file:
                    yield piece, kept, body_of(kept)

    def products(self, *, keeps_all: bool) -> Products:
        """The products of the population."""
        return Products(self.kept(PRODUCTS), self.raws, keeps_all=keeps_all)


class Held(Protocol[Seat]):
    """Where the segments of partitions are found, whatever an engine holds them in."""

    def segments(self, partition: int) -> Iterator[tuple[Seat, Segment]]:
        """The segments of a partition, each with where it comes from."""

    def raws(self, some: Iterable[tuple[Seat, Kept]], /) -> Iterator[Raw]:
        """Resources that come from there, as they stood in their files."""


class Reads(Protocol):
    """What gives the partitions to whoever judges them."""

    def read(self, number: int) -> Partition:
        """All patients of a partition."""


class Reader(Generic[Seat]):
    """Reads partitions; all of what they hold (``reads_all``), or of each person only what can bear on the tables."""

    def __init__(self, shelves: Held[Seat], products: Products, knowledge: Knowledge, *, reads_all: bool) -> None:
        self._shelves, self._products, self._desk = shelves, products, Desk(knowledge)
        self._reads_all = reads_all

    def read(self, number: int) -> Partition:
        """All patients of a partition. Of whom nothing tells of depression nor its treatment, only what bears on a verdict.

        The grade of a drug by reference is that of its product.
        """
        people: set[str] = set()
        graded: list[tuple[int, Seat, Kept]] = []
        grade_of = self._products.grade
        for seat, segment in self._shelves.segments(number):
            people.update(segment.mentioned, [kept.patient for kept in segment.kept])
            graded += [(grade_of(kept.product) if kept.grade == OF_PRODUCT else kept.grade, seat, kept) for kept in segment.kept]
        return self._read(graded, people - {NOBODY})

    def _read(self, graded: list[tuple[int, Seat, Kept]], people: set[str]) -> Partition:
        concerned = {kept.patient for grade, _, kept in graded if grade == CORE} | {NOBODY}
        fates: Fates = Counter()
        wanted: list[tuple[Seat, Kept]] = []
        for grade, seat, kept in graded:
            if not grade and kept.product and not self._reads_all:
                fates[kept.resource_type, SET_ASIDE, NO_DRUG] += 1
            elif grade >= FACT or kept.patient in concerned or kept.resource_type == PATIENT or self._reads_all:
                wanted.append((seat, kept))
            else:
                fates[kept.resource_type, SET_ASIDE, NOT_CONCERNED] += 1
        raws = list(self._shelves.raws(wanted))
        references = {kept.product for _, kept in wanted if kept.product}
        for raw in raws:
            if raw.resource_type == BLAMING:
                references.update(references_in(bytes(raw.body)))
        return self._finished(raws, sorted(references), people, fates)

    def _finished(self, raws: list[Raw], references: list[str], people: set[str], fates: Fates) -> Partition:
        reading = read_at(self._desk, chain(raws, self._products.behind(references)))
        for entry, count in reading.ledger.counts.items():
            if entry.resource_type != PRODUCT:
                fates[entry.resource_type, entry.fate.value, entry.reason] += count
        known = {record.patient for record in reading.records}
        unread = (PatientRecord(patient=patient) for patient in people - known)
        records = sorted((*reading.records, *unread), key=lambda record: record.patient)
        faults = tuple(fault for fault in reading.faults if fault.resource_type != PRODUCT)
        return Partition(tuple(records), fates, faults, reading.products)


def _lines_before(scanned: Sequence[Scanned]) -> dict[int, int]:
    """How many lines stand before each piece in its file."""
    before: dict[int, int] = {}
    lines: Counter[int] = Counter()
    for done in scanned:
        before[done.piece.number] = lines[done.piece.file]
        lines[done.piece.file] += done.lines
    return before
