"""How much a resource can matter, told from one element of it: by far the most matter to nobody's depression."""

from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar

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

MOST_REMEMBERED = 1 << 15
"""How many different codes of one kind are remembered."""

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


Of = TypeVar("Of")


class Remembered(dict[Of, Grade]):
    """Grades by what they are of, each worked out when it is first asked for.

    Asking takes half the time that it takes of ``lru_cache``, which matters a hundred times a patient.
    """

    def __init__(self, work: Callable[[Of], Grade]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, of: Of) -> Grade:
        """Work it out, and forget all others if they have become too many."""
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        grade = self[of] = self._work(of)
        return grade


class Grades:
    """The grades of coded elements, each worked out once: a population has few different codes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.of_drug = Remembered(self._of_drug).__getitem__
        self.of_observation = Remembered(self._of_observation).__getitem__
        self.of_panel = Remembered(self._of_panel).__getitem__
        self.of_condition = Remembered(self._of_condition).__getitem__
        self.of_procedure = Remembered(self._of_procedure).__getitem__
        self.of_visit = Remembered(self._of_visit).__getitem__

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
