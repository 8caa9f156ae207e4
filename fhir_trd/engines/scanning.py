"""The first stage: one piece of input is sifted, and what may matter is spilled by partition."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from fhir_trd.engines.blocks import blocks_of, document_in
from fhir_trd.engines.orders import MEGABYTE
from fhir_trd.engines.pieces import File, Piece
from fhir_trd.engines.spill import Place, Spill
from fhir_trd.fhir.decode import Fault
from fhir_trd.fhir.read.gathering import FAULTY, SET_ASIDE
from fhir_trd.fhir.read.sieve import NOWHERE, Sieve, Sifted
from fhir_trd.sinks.files import put_in_place
from fhir_trd.sources.forms import Form
from fhir_trd.sources.inputs import BROKEN, unreadable

FAULTS_NAMED = 1000
"""How many faults of one piece are named; all are counted."""


class Count(Struct, frozen=True, array_like=True):
    """How many resources of a type met one fate."""

    resource_type: str
    fate: str
    reason: str
    count: int


class Share(Struct, frozen=True):
    """What became of a part of the input: how much was read, how many products, and what met its fate at once."""

    read: int
    products: int
    counts: tuple[Count, ...]


class Scanned(Share, frozen=True):
    """The same of a piece, with its lines, the first of its faults, and where that is which has not met its fate yet."""

    piece: Piece
    lines: int
    faults: tuple[tuple[int, Fault], ...]
    places: list[Place]


class Scanner:
    """Sifts pieces of files into a folder of spilled segments."""

    def __init__(self, sieve: Sieve, files: tuple[File, ...], folder: Path, *, partitions: int, longest: int) -> None:
        self._sieve, self._files, self._folder = sieve, files, folder
        self._partitions, self._longest = partitions, longest

    def scan(self, piece: Piece) -> Scanned:
        """Sift a piece; what an archive holds before it breaks off is kept."""
        file, told = self._files[piece.file], Told()
        with put_in_place(spilled(self._folder, piece)) as stream:
            spill = Spill(stream, self._partitions)
            stretch = piece.start, piece.stop
            for sifted in sifted_in(file, stretch, self._sieve, self._longest, told, stays=not file.packed):
                spill.take(sifted.kept, sifted.mentioned)
                told.add(sifted)
            spill.write()
        return told.scanned(piece, spill)


class Told:
    """What became of a piece, added up block by block."""

    def __init__(self) -> None:
        self.lines = 0
        self.read = 0
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.faults: list[tuple[int, Fault]] = []

    def add(self, sifted: Sifted) -> None:
        """Add what became of a block."""
        for (resource_type, reason), count in sifted.aside.items():
            self.counts[resource_type, SET_ASIDE, reason] += count
        for _, fault in sifted.faults:
            self.counts[fault.resource_type, FAULTY, fault.kind] += 1
        self.faults.extend(sifted.faults[: FAULTS_NAMED - len(self.faults)])
        self.read += sifted.read
        self.lines += sifted.lines

    def scanned(self, piece: Piece, spill: Spill) -> Scanned:
        """The account of the piece."""
        counts = counts_of(self.counts)
        return Scanned(self.read, spill.products, counts, piece, self.lines, tuple(self.faults), spill.places)


def sifted_in(file: File, stretch: tuple[int, int], sieve: Sieve, longest: int, told: Told, *, stays: bool) -> Iterator[Sifted]:
    """What is left of a stretch of a file, or of the document that it is, up to where it can't be read any further.

    ``told`` knows how many lines of it went before. What is kept is only found again by its place in a file that ``stays``.
    """
    try:
        if file.form is Form.DOCUMENT:
            body = document_in(file.path, packed=file.packed, longest=longest)
            yield sieve.sift_document(body) if body else too_long("a document", longest)
            return
        start, stop = stretch
        for block, at in blocks_of(file.path, start, None if file.packed else stop, longest):
            too_much = None if block else too_long("a line", longest, told.lines + 1)
            yield too_much or sieve.sift_block(block, told.lines, at if stays else NOWHERE)
    except BROKEN as error:
        yield Sifted(read=1, faults=[(0, unreadable("", error))])


def too_long(what: str, longest: int, line: int = 0) -> Sifted:
    """What is left of a line or document that is longer than is allowed."""
    found, wanted = f"{what} that is too long to be read", f"at most {longest // MEGABYTE} MB"
    return Sifted(lines=1, read=1, faults=[(line, Fault("", found, wanted, "raise the limit with --longest-line"))])


def counts_of(fates: Counter[tuple[str, str, str]]) -> tuple[Count, ...]:
    """The counts in a fixed order."""
    return tuple(Count(*key, count) for key, count in sorted(fates.items()))


def spilled(folder: Path, piece: Piece) -> Path:
    """Where the segments of a piece are."""
    return folder / f"{piece.number:06}.spill"
