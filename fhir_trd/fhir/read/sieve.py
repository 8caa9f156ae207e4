"""The first cut through a population: line by line, what can't matter is counted and let go, the rest is kept by patient.

What is kept is read later by ``read_records`` like anything else. A line of a type that is not needed is not parsed at all,
unless the sieve is thorough: then every line is parsed, and all of the types that are read are kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import compress, repeat

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from fhir_trd.fhir.decode import (
    BLANK,
    ENVELOPES,
    OPENING,
    Fault,
    Raw,
    fault_of,
    resources_in_document,
    resources_in_lines,
)
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.fellows import people_in
from fhir_trd.fhir.read.gathering import DECODERS
from fhir_trd.fhir.read.glimpses import Glimpses, Seen
from fhir_trd.fhir.read.grades import Grade, Grades
from fhir_trd.fhir.read.procedures import NO_STAY, NO_TREATMENT
from fhir_trd.fhir.read.scores import NO_SCORE
from fhir_trd.fhir.read.sheets import PATIENT, subject_of
from fhir_trd.fhir.references import id_in_urn, target_of
from fhir_trd.fhir.slices import Head
from fhir_trd.fhir.slices_repair import fitted
from fhir_trd.fhir.slices_resources import MedicationSlice, PatientSlice

NOBODY = ""
"""The patient of a resource whose reference does not plainly name one."""

NOWHERE = -1
"""The place of what can't be found again, as in the middle of an archive."""

OBSERVATION = "Observation"
REASONS = {OBSERVATION: NO_SCORE, "Procedure": NO_TREATMENT, "Encounter": NO_STAY}
"""Why resources of a type are let go; all the others are records of drugs."""

BROKEN = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
LINE, ONLY_LINE = "line", " line 1"
_HEAD = msgspec.json.Decoder(Head).decode


class Kept(Struct, frozen=True, array_like=True, gc=False):
    """A resource that may matter. ``line`` counts from the first line of its file that is known.

    ``product`` is the reference to its product, ``inner`` to ``full_url`` are those of a ``Raw`` that came out of an envelope.
    One that can be found again has no body: ``size`` tells how long it is, ``at`` where it stands in its file.
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
    at: int = 0
    size: int = 0


class Sifted(Struct, kw_only=True):
    """What is left of a block: how much was read, what was kept, who was mentioned, what was let go, what was no resource."""

    lines: int = 0
    read: int = 0
    kept: list[Kept] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    def let_go(self, kind: str, count: int) -> None:
        """Count resources of a type that can't matter."""
        if count:
            self.read += count
            self.aside[kind, reason_for(kind)] += count


def reason_for(kind: str) -> str:
    """Why resources of a type are let go."""
    return REASONS.get(kind, NO_DRUG if kind in DECODERS else f"not needed: {kind}")


class Sieve:
    """Sorts resources. ``dated``: each record is judged as of its own latest day, so that what tells a day is kept too."""

    def __init__(self, desk: Desk, *, dated: bool, thorough: bool = False) -> None:
        self._looks = Glimpses(Grades(desk)).of
        self._thorough = thorough
        self._let_go = () if thorough else (OBSERVATION,) if dated else DECODERS.keys()

    def sift_block(self, block: bytes, before: int = 0, at: int = NOWHERE) -> Sifted:
        """The resources of a block of whole NDJSON lines; one that only holds a type that is not needed is not even cut.

        ``before`` is how many lines of the same file are known to stand before it, ``at`` where in that file it begins: then
        resources are kept by their places alone, unless there is anything odd about them.
        """
        opening = OPENING.match(block)
        kind = opening[1].decode() if opening else _kind_in_front(block)
        if opening and self._is_skipped(kind):
            return self._let_go_at_once(kind, opening[0], block, before)
        if kind in self._looks and (sifted := self._sifted_at_once(kind, block, before, at)):
            return sifted
        return self._sifted_one_by_one(block, before)

    def _let_go_at_once(self, kind: str, usual: bytes, block: bytes, before: int) -> Sifted:
        """What is left of a block of a type that is not needed: the lines that open otherwise, sorted one by one."""
        sifted = Sifted()
        begin, number, gone, size = 0, before, 0, len(block)
        while begin < size:
            number += 1
            # From end to end takes a third of the time of counting.
            end = block.find(b"\n", begin)
            if block.startswith(usual, begin):
                gone += 1
            else:
                self._sort_line(block[begin : end if end >= 0 else size], number, sifted)
            begin = end + 1 or size
        sifted.let_go(kind, gone)
        sifted.lines = number - before
        return sifted

    def _sifted_at_once(self, kind: str, block: bytes, before: int, at: int) -> Sifted | None:
        """The resources of a block if each line is plainly one of this type: decoding many costs less than each on its own."""
        ends = _ends_of(block)
        try:
            grades, references, products = self._looks[kind].at_lines(block) if ends else ((), (), ())
        except BROKEN:
            return None
        if not ends or len(grades) != len(ends) - 1:
            return None
        patients = list(map(patient_in, references))
        sifted = Sifted(lines=len(grades))
        stays: Iterable[object] = repeat(True)
        if kind in self._let_go:
            sifted.mentioned = set(patients) - {NOBODY}
            stays = grades if NOBODY not in patients else map(_stays, grades, patients)
        held = block if at == NOWHERE else b""
        spans = ((n, ends[n] + 1, ends[n + 1]) for n in compress(range(len(grades)), stays))
        sifted.kept = [
            Kept(patients[n], grades[n], kind, before + n + 1, held[first:end], products[n], at=at + first, size=end - first)
            for n, first, end in spans
        ]
        sifted.read = len(sifted.kept)
        sifted.let_go(kind, len(grades) - sifted.read)
        return sifted

    def _is_skipped(self, kind: str) -> bool:
        """Whether lines of this type are not even parsed."""
        return bool(kind) and not self._thorough and kind not in self._looks and kind not in ENVELOPES

    def _sifted_one_by_one(self, block: bytes, before: int) -> Sifted:
        """The resources of a block of whatever lines."""
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        sifted = Sifted(lines=len(lines))
        for number, line in enumerate(lines, before + 1):
            self._sort_line(line, number, sifted)
        return sifted

    def sift_document(self, body: bytes) -> Sifted:
        """The resources of one document: a Bundle of any kind, Parameters, or one resource."""
        sifted = Sifted()
        self._unpack(list(resources_in_document(body, "")), "", 0, sifted)
        return sifted

    def _sort_line(self, line: bytes, number: int, sifted: Sifted) -> None:
        """Sort a line: a resource as most are, one of a type that is not needed, an envelope, or one that opens otherwise."""
        opening = OPENING.match(line)
        kind = opening[1].decode() if opening else ""
        if self._is_skipped(kind):
            sifted.let_go(kind, 1)
        elif kind and kind not in ENVELOPES:
            try:
                grade, reference, product = self._looks[kind](line)
            except (KeyError, *BROKEN):
                self._sort_piece(Raw(kind, line, "", LINE), {}, "", number, sifted)
            else:
                self._take(Kept(patient_in(reference), grade, kind, number, line, product), sifted)
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
        people = people_in(pieces)
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
        sifted.read -= 1
        self._take(Kept(patient, grade, kind, number, body, product, inner, piece.part, piece.number, piece.full_url), sifted)

    def _take(self, kept: Kept, sifted: Sifted) -> None:
        """Keep a resource, or let it go if it can't matter."""
        if not kept.grade and kept.patient and kept.resource_type in self._let_go:
            sifted.let_go(kept.resource_type, 1)
            sifted.mentioned.add(kept.patient)
        else:
            sifted.read += 1
            sifted.kept.append(kept)


def restored(kept: Kept, body: bytes, file: str, first: int) -> Raw:
    """What was kept, as it was before: ``first`` is how many lines of its file stand before its block."""
    if kept.part == LINE:
        return Raw(kept.resource_type, body, file, LINE, first + kept.line, kept.full_url, file)
    source = place_of(file, first + kept.line if kept.line else 0) + kept.inner
    return Raw(kept.resource_type, body, source, kept.part, kept.number, kept.full_url, source)


def place_of(file: str, line: int) -> str:
    """Where something stood: in a line of a file of lines, or in a document."""
    return f"{file} line {line}" if line else file


def _kind_in_front(block: bytes) -> str:
    """The type of the resource on the first line, wherever it says so."""
    try:
        return _HEAD(block[: block.find(b"\n")]).resource_type
    except BROKEN:
        return ""


def _stays(grade: Grade, patient: str) -> bool:
    return bool(grade) or not patient


def _ends_of(block: bytes) -> list[int]:
    """Where the first line begins (less one), and where each ends, if each is plainly one object: nowhere else in JSON a line
    ends between } and {."""
    ends: list[int] = []
    end, last, find = -1, len(block) - block.endswith(b"\n"), block.find
    while (end := find(b"\n", end + 1, last)) >= 0:
        if block[end - 1 : end + 2] != b"}\n{":
            return []
        ends.append(end)
    return [-1, *ends, last]


@lru_cache(maxsize=65536)
def patient_in(reference: str) -> str:
    """The patient that a literal reference names by itself, or an empty string."""
    target = target_of(reference) if reference else None
    if target is None or target.resource_type not in (PATIENT, ""):
        return NOBODY
    return target.written if target.resource_type else f"{PATIENT}/{id_in_urn(target.id)}"
