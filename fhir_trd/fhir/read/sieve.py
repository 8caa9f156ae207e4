"""The first cut through a population: line by line, what can't matter is counted and let go, the rest is kept by patient.

What is kept is read later by ``read_records`` like anything else. A line of a type that is not needed is not parsed at all,
unless the sieve is thorough: then every line is parsed, and all of the types that are read are kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from fhir_trd.fhir.decode import (
    BLANK,
    ENVELOPES,
    OPENING,
    Body,
    Fault,
    Raw,
    fault_of,
    resources_in_document,
    resources_in_lines,
)
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.gathering import DECODERS
from fhir_trd.fhir.read.glimpses import Glimpses, Seen
from fhir_trd.fhir.read.grades import Grade, Grades
from fhir_trd.fhir.read.procedures import NO_STAY, NO_TREATMENT
from fhir_trd.fhir.read.scores import NO_SCORE
from fhir_trd.fhir.read.sheets import PATIENT, sheet_of, subject_of
from fhir_trd.fhir.references import id_in_urn, target_of
from fhir_trd.fhir.slices import Head
from fhir_trd.fhir.slices_repair import fitted
from fhir_trd.fhir.slices_resources import MedicationSlice, PatientSlice

NOBODY = ""
"""The patient of a resource whose reference does not plainly name one."""

OBSERVATION = "Observation"
REASONS = {OBSERVATION: NO_SCORE, "Procedure": NO_TREATMENT, "Encounter": NO_STAY}
"""Why resources of a type are let go; all the others are records of drugs."""

BROKEN = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
LINE, ONLY_LINE = "line", " line 1"
_HEAD = msgspec.json.Decoder(Head).decode
_PATIENT_SLICE = msgspec.json.Decoder(PatientSlice)


class Kept(Struct, frozen=True, array_like=True, gc=False):
    """A resource that may matter. ``line`` counts from the first line of its file that is known.

    ``product`` is the reference to its product, ``inner`` to ``full_url`` are those of a ``Raw`` that came out of an envelope.
    """

    patient: str
    grade: int
    resource_type: str
    line: int
    body: bytes
    product: str = ""
    inner: str = ""
    part: str = "line"
    number: int = 0
    full_url: str = ""


class Sifted(Struct, kw_only=True):
    """What is left of a block: how much was read, what was kept, who was mentioned, what was let go, what was no resource."""

    lines: int = 0
    read: int = 0
    kept: list[Kept] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[tuple[int, Fault]] = field(default_factory=list)


class Sieve:
    """Sorts resources. ``dated``: each record is judged as of its own latest day, so that what tells a day is kept too."""

    def __init__(self, desk: Desk, *, dated: bool, thorough: bool = False) -> None:
        self._looks = Glimpses(Grades(desk)).of
        self._thorough = thorough
        self._let_go = () if thorough else (OBSERVATION,) if dated else DECODERS.keys()

    def sift_block(self, block: bytes, before: int = 0) -> Sifted:
        """The resources of a block of whole NDJSON lines; one that only holds a type that is not needed is not even cut.

        ``before`` is how many lines of the same file are known to stand before it.
        """
        opening = OPENING.match(block)
        kind = opening[1].decode() if opening else ""
        if opening and not self._thorough and kind not in self._looks and kind not in ENVELOPES:
            lines = block.count(b"\n") + (not block.endswith(b"\n"))
            if lines == 1 + block.count(b"\n" + opening[0]):
                return Sifted(lines=lines, read=lines, aside=Counter({(kind, f"not needed: {kind}"): lines}))
        lines_of_block = block.split(b"\n")
        if not lines_of_block[-1]:
            lines_of_block.pop()
        return self.sift(lines_of_block, before)

    def sift(self, lines: Iterable[bytes], before: int = 0) -> Sifted:
        """The resources of NDJSON lines."""
        sifted, usual, kind = Sifted(), b"{}", ""
        for number, line in enumerate(lines, before + 1):
            if not line.startswith(usual):
                # Most lines of a file open alike, so what the opening says is worked out once.
                opening = OPENING.match(line)
                kind = opening[1].decode() if opening else ""
                usual = opening[0] if opening else b"{}"
            if kind and kind not in ENVELOPES:
                self._sort(kind, line, number, sifted)
            elif kind or line.strip(BLANK):
                self._unpack(list(resources_in_lines((line,), "")), ONLY_LINE, number, sifted)
            sifted.lines += 1
        return sifted

    def sift_document(self, body: bytes) -> Sifted:
        """The resources of one document: a Bundle of any kind, Parameters, or one resource."""
        sifted = Sifted()
        self._unpack(list(resources_in_document(body, "")), "", 0, sifted)
        return sifted

    def _sort(self, kind: str, line: bytes, number: int, sifted: Sifted) -> None:
        sifted.read += 1
        try:
            seen = self._seen(kind, line)
        except BROKEN as error:
            sifted.faults.append((number, fault_of(error, "", kind)))
            return
        if seen is None:
            sifted.aside[kind, f"not needed: {kind}"] += 1
            return
        grade, reference, product = seen
        patient = patient_in(reference)
        if grade is Grade.NONE and patient and kind in self._let_go:
            sifted.aside[kind, REASONS.get(kind, NO_DRUG)] += 1
            sifted.mentioned.add(patient)
        else:
            sifted.kept.append(Kept(patient, grade, kind, number, line, product))

    def _seen(self, kind: str, body: bytes) -> Seen | None:
        """What a look at a resource shows; None of a type that is not needed. What is odd is kept for a closer look."""
        look = self._looks.get(kind)
        if look is None:
            if self._thorough:
                _HEAD(body)
            return None
        try:
            return look(body)
        except (msgspec.ValidationError, UnicodeDecodeError):
            resource, _ = fitted(DECODERS[kind], body)
            if isinstance(resource, PatientSlice):
                return Grade.CONTEXT, f"{PATIENT}/{resource.id}" if resource.id else NOBODY, ""
            if isinstance(resource, MedicationSlice):
                return Grade.CORE, NOBODY, resource.id
            subject = subject_of(resource) if resource else None
            return Grade.CORE, subject.reference if subject else NOBODY, ""

    def _unpack(self, pieces: list[Raw | Fault], seat: str, number: int, sifted: Sifted) -> None:
        """Sort the resources of an envelope, whose patients other entries of it may be."""
        people = _people(pieces)
        for piece in pieces:
            if isinstance(piece, Raw) and not piece.aside:
                self._sort_piece(piece, people, seat, number, sifted)
                continue
            sifted.read += 1
            if isinstance(piece, Fault):
                sifted.faults.append((number, replace(piece, where=piece.where.removeprefix(seat))))
            else:
                sifted.aside[piece.resource_type, piece.aside] += 1

    def _sort_piece(self, piece: Raw, people: Mapping[str, str], seat: str, number: int, sifted: Sifted) -> None:
        """Sort one resource of an envelope. None is let go by a glimpse: what they refer to is only known in the end."""
        body = bytes(piece.body)
        sifted.read += 1
        inner = "" if piece.part == LINE else piece.source.removeprefix(seat)
        try:
            seen = self._seen(piece.resource_type, body)
        except BROKEN as error:
            sifted.faults.append((number, fault_of(error, piece.where.removeprefix(seat), piece.resource_type)))
            return
        if seen is None:
            sifted.aside[piece.resource_type, f"not needed: {piece.resource_type}"] += 1
            return
        grade, reference, product = seen
        patient = people.get(piece.full_url if piece.resource_type == PATIENT else reference) or patient_in(reference)
        seat_of = (inner, piece.part, piece.number, piece.full_url)
        sifted.kept.append(Kept(patient, grade, piece.resource_type, number, body, product, *seat_of))


def restored(kept: Kept, file: str, first: int) -> Raw:
    """What was kept, as it was before: ``first`` is how many lines of its file stand before its block."""
    if kept.part == LINE:
        return Raw(kept.resource_type, kept.body, file, LINE, first + kept.line, kept.full_url, file)
    source = place_of(file, first + kept.line if kept.line else 0) + kept.inner
    return Raw(kept.resource_type, kept.body, source, kept.part, kept.number, kept.full_url, source)


def place_of(file: str, line: int) -> str:
    """Where something stood: in a line of a file of lines, or in a document."""
    return f"{file} line {line}" if line else file


@lru_cache(maxsize=65536)
def patient_in(reference: str) -> str:
    """The patient that a literal reference names by itself, or an empty string."""
    target = target_of(reference) if reference else None
    if target is None or target.resource_type not in (PATIENT, ""):
        return NOBODY
    return target.written if target.resource_type else f"{PATIENT}/{id_in_urn(target.id)}"


def _people(pieces: Iterable[Raw | Fault]) -> dict[str, str]:
    """The patients of an envelope by every spelling that its entries may refer to them by."""
    people: dict[str, str] = {}
    for piece in pieces:
        if isinstance(piece, Raw) and piece.resource_type == PATIENT:
            resource = _patient_slice(piece.body)
            sheet = sheet_of(piece, resource, ()) if resource else None
            if sheet and sheet.name.startswith(f"{PATIENT}/"):
                people.update(dict.fromkeys(sheet.keys, sheet.name))
    return people


def _patient_slice(body: Body) -> PatientSlice | None:
    try:
        return fitted(_PATIENT_SLICE, body)[0]
    except BROKEN:
        return None
