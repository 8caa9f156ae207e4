"""How much a resource can matter, told from one element of it: by far the most matter to nobody's depression."""

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache

from fhir_trd.fhir.read.codes import TEXT
from fhir_trd.fhir.read.conditions import diagnoses_in
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import INTERFERING, NO_DRUG
from fhir_trd.fhir.read.implants import implant_in
from fhir_trd.fhir.read.procedures import INPATIENT, treatment_in
from fhir_trd.fhir.read.scores import score_code
from fhir_trd.fhir.slices import ConceptSlice
from fhir_trd.fhir.slices_repair import ABSENT, element
from fhir_trd.model.drugs import Role
from fhir_trd.model.records import DEPRESSION

_INPATIENT = tuple(f'"{code}"'.encode() for code in sorted(INPATIENT))


class Grade(IntEnum):
    """How much a resource can matter.

    CORE: it may tell of depression or of a drug that treats it: the record of its patient is looked at as a whole. FACT: it
    bears on a verdict all the same, as a score or another diagnosis does. CONTEXT: it only matters beside a core. PRODUCT: what
    it is, the product tells that it refers to. NONE: it is set aside at once.
    """

    NONE = 0
    CONTEXT = 1
    FACT = 2
    PRODUCT = 3
    CORE = 4


class Grades:
    """The grades of coded elements, each worked out once: a population has few different codes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        remember = lru_cache(maxsize=32768)
        self.of_drug: Callable[[bytes], Grade] = remember(self._of_drug)
        self.of_observation: Callable[[bytes], Grade] = remember(self._of_observation)
        self.of_panel: Callable[[tuple[bytes, ...]], Grade] = remember(self._of_panel)
        self.of_condition: Callable[[bytes], Grade] = remember(self._of_condition)
        self.of_procedure: Callable[[bytes], Grade] = remember(self._of_procedure)
        self.of_visit: Callable[[bytes], Grade] = remember(self._of_visit)

    def _of_drug(self, body: bytes) -> Grade:
        """Of a medication code: a drug of no interest, one that only bears on others, or one that may be a treatment."""
        found = self._desk.finder.in_bytes(body)
        if found.product is None:
            return {NO_DRUG: Grade.NONE, INTERFERING: Grade.CONTEXT}.get(found.why_not, Grade.CORE)
        treats = any(part.drug.role is Role.ANTIDEPRESSANT for part in found.product.parts)
        return Grade.CORE if treats else Grade.FACT

    def _of_observation(self, body: bytes) -> Grade:
        if body in ABSENT:
            return Grade.NONE
        concept = _plain(body)
        if concept is None or score_code(concept, self._desk):
            return Grade.FACT
        known, vocabulary = self._desk.knowledge.terms.measures, self._desk.vocabulary
        measured = any((coding.system, coding.code) in known for coding in vocabulary.codings(concept))
        return Grade.CONTEXT if measured or (TEXT, concept.text.strip().lower()) in known else Grade.NONE

    def _of_panel(self, bodies: tuple[bytes, ...]) -> Grade:
        """Of a measurement and its parts: the highest."""
        return max(map(self.of_observation, bodies))

    def _of_condition(self, body: bytes) -> Grade:
        """Every condition is kept: a drug may name it as its reason."""
        concept = _plain(body)
        if concept is None:
            return Grade.CORE
        categories = {named.meaning.category for named in diagnoses_in(concept, self._desk)}
        return Grade.CORE if DEPRESSION in categories else Grade.FACT if categories else Grade.CONTEXT

    def _of_procedure(self, body: bytes) -> Grade:
        if body in ABSENT:
            return Grade.NONE
        concept = _plain(body)
        if concept is None or treatment_in(concept, self._desk):
            return Grade.FACT
        return Grade.CONTEXT if implant_in(concept, self._desk) else Grade.NONE

    def _of_visit(self, body: bytes) -> Grade:
        """Only a stay in hospital matters, and that stands in the class as a code; an escaped one could be anything."""
        return Grade.CONTEXT if b"\\" in body or any(code in body for code in _INPATIENT) else Grade.NONE


def _plain(body: bytes) -> ConceptSlice | None:
    """The concept, unless there is anything odd about it."""
    concept, flaws = element(ConceptSlice, body) if body not in ABSENT else (ConceptSlice(), ())
    return None if flaws else concept
