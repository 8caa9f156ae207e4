"""The first cut through a population: line by line, what can't matter is counted and let go, the rest is kept by patient.

What is kept is read later by ``read_records`` like anything else. A line of a type that is not needed is not parsed at all,
unless the sieve is thorough: then every line is parsed, and all of the types that are read are kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

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
from fhir_trd.fhir.read.glimpses import Glimpses, Look, Seen
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

    def let_go(self, kind: str, count: int) -> int:
        """Count resources of a type that can't matter; none is left to count."""
        if count:
            self.read += count
            self.aside[kind, reason_for(kind)] += count
        return 0


def reason_for(kind: str) -> str:
    """Why resources of a type are let go."""
    return REASONS.get(kind, NO_DRUG if kind in DECODERS else f"not needed: {kind}")


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
        if opening and self._is_skipped(kind):
            lines = _lines_alike(block, opening[0])
            if lines:
                return Sifted(lines=lines, read=lines, aside=Counter({(kind, reason_for(kind)): lines}))
        elif kind in self._looks and (sifted := self._sifted_at_once(kind, block, before)):
            return sifted
        lines_of_block = block.split(b"\n")
        if not lines_of_block[-1]:
            lines_of_block.pop()
        return self.sift(lines_of_block, before)

    def _sifted_at_once(self, kind: str, block: bytes, before: int) -> Sifted | None:
        """The resources of a block if each line is plainly one of this type: decoding many costs less than each on its own."""
        ends = _ends_of(block)
        try:
            seen = self._looks[kind].at_lines(block) if ends else []
        except BROKEN:
            return None
        if not ends or len(seen) != len(ends):
            return None
        may_go, begin = kind in self._let_go, 0
        sifted = Sifted(lines=len(ends))
        for number, (end, (grade, reference, product)) in enumerate(zip(ends, seen, strict=True), before + 1):
            patient = patient_in(reference)
            if may_go and patient and not grade:
                sifted.mentioned.add(patient)
            else:
                sifted.kept.append(Kept(patient, grade, kind, number, block[begin:end], product))
            begin = end + 1
        sifted.read = len(sifted.kept)
        sifted.let_go(kind, len(ends) - sifted.read)
        return sifted

    def _is_skipped(self, kind: str) -> bool:
        """Whether lines of this type are not even parsed."""
        return bool(kind) and not self._thorough and kind not in self._looks and kind not in ENVELOPES

    def sift(self, lines: Iterable[bytes], before: int = 0) -> Sifted:
        """The resources of NDJSON lines."""
        sifted, usual, kind = Sifted(), b"{}", ""
        look: Look[Any] | None = None
        may_go = skip = False
        kept, mentioned, gone, number = sifted.kept, sifted.mentioned, 0, before
        for number, line in enumerate(lines, before + 1):
            if not line.startswith(usual):
                # Most lines of a file open alike, so what the opening says is worked out once.
                gone = sifted.let_go(kind, gone)
                opening = OPENING.match(line)
                kind, usual = (opening[1].decode(), opening[0]) if opening else ("", b"{}")
                look, may_go, skip = self._looks.get(kind), kind in self._let_go, self._is_skipped(kind)
            if look is None:
                if skip:
                    gone += 1
                else:
                    self._sort_other(kind, line, number, sifted)
                continue
            try:
                grade, reference, product = look(line)
            except BROKEN:
                self._sort_piece(Raw(kind, line, "", LINE), {}, "", number, sifted)
                continue
            patient = patient_in(reference)
            if may_go and patient and not grade:
                gone += 1
                mentioned.add(patient)
            else:
                sifted.read += 1
                kept.append(Kept(patient, grade, kind, number, line, product))
        sifted.let_go(kind, gone)
        sifted.lines = number - before
        return sifted

    def sift_document(self, body: bytes) -> Sifted:
        """The resources of one document: a Bundle of any kind, Parameters, or one resource."""
        sifted = Sifted()
        self._unpack(list(resources_in_document(body, "")), "", 0, sifted)
        return sifted

    def _sort_other(self, kind: str, line: bytes, number: int, sifted: Sifted) -> None:
        """A line of a type that is not needed, an envelope, or one that does not open as resources do."""
        if kind and kind not in ENVELOPES:
            self._sort_piece(Raw(kind, line, "", LINE), {}, "", number, sifted)
        elif kind or line.strip(BLANK):
            self._unpack(list(resources_in_lines((line,), "")), ONLY_LINE, number, sifted)

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
        """Sort one resource with all care: out of an envelope, or one that does not fit at a glimpse."""
        kind, body = piece.resource_type, bytes(piece.body)
        sifted.read += 1
        inner = "" if piece.part == LINE else piece.source.removeprefix(seat)
        try:
            seen = self._seen(kind, body)
        except BROKEN as error:
            sifted.faults.append((number, fault_of(error, "" if piece.part == LINE else piece.where.removeprefix(seat), kind)))
            return
        if seen is None:
            sifted.aside[kind, reason_for(kind)] += 1
            return
        grade, reference, product = seen
        patient = people.get(piece.full_url if kind == PATIENT else reference) or patient_in(reference)
        if not grade and patient and kind in self._let_go:
            sifted.read -= 1
            sifted.let_go(kind, 1)
            sifted.mentioned.add(patient)
        else:
            seat_of = (inner, piece.part, piece.number, piece.full_url)
            sifted.kept.append(Kept(patient, grade, kind, number, body, product, *seat_of))


def restored(kept: Kept, file: str, first: int) -> Raw:
    """What was kept, as it was before: ``first`` is how many lines of its file stand before its block."""
    if kept.part == LINE:
        return Raw(kept.resource_type, kept.body, file, LINE, first + kept.line, kept.full_url, file)
    source = place_of(file, first + kept.line if kept.line else 0) + kept.inner
    return Raw(kept.resource_type, kept.body, source, kept.part, kept.number, kept.full_url, source)


def place_of(file: str, line: int) -> str:
    """Where something stood: in a line of a file of lines, or in a document."""
    return f"{file} line {line}" if line else file


def _lines_alike(block: bytes, opening: bytes) -> int:
    """How many lines there are if all of them open alike, else none. Going from end to end takes a third of counting."""
    lines = at = 0
    while block.startswith(opening, at):
        lines += 1
        at = block.find(b"\n", at) + 1
        if not at or at == len(block):
            return lines
    return 0


def _ends_of(block: bytes) -> list[int]:
    """Where the lines end, if they are plainly one object each: nowhere else in JSON a line ends between } and {."""
    ends: list[int] = []
    end, find = -1, block.find
    while (end := find(b"\n", end + 1)) >= 0:
        ends.append(end)
    if block.endswith(b"\n"):
        ends.pop()
    if {block[end - 1 : end + 2] for end in ends} - {b"}\n{"}:
        return []
    return [*ends, len(block) - block.endswith(b"\n")]


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
