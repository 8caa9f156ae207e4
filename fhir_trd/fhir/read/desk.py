"""What every reader has at hand: the tables in a form made for looking up, and the shelf with what references point to."""

from collections.abc import Callable, Hashable, Iterator
from copy import copy
from functools import lru_cache
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from msgspec import Raw

from fhir_trd.fhir.read.codes import Vocabulary
from fhir_trd.fhir.read.dates import Calendar
from fhir_trd.fhir.read.dosage import Doses
from fhir_trd.fhir.read.drugs import DrugFinder
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.reasons import Reasons
from fhir_trd.fhir.read.regimens import Regimens
from fhir_trd.fhir.read.sheets import Sheet
from fhir_trd.fhir.read.statuses import UNESTABLISHED, status_code
from fhir_trd.fhir.read.strengths import Strengths
from fhir_trd.fhir.read.totals import Totals
from fhir_trd.fhir.read.words import Phrases
from fhir_trd.fhir.references import Shelf, target_of
from fhir_trd.fhir.slices import CodeableReference, ConceptSlice, Reference
from fhir_trd.fhir.slices_repair import ABSENT, element
from fhir_trd.fhir.slices_resources import ConditionSlice
from fhir_trd.model.knowledge import Knowledge

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """The tables, ready for use, and the resources of this reading that others refer to."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.vocabulary = Vocabulary(knowledge.terms)
        strengths = Strengths(knowledge.terms.units)
        self.finder = DrugFinder(knowledge.formulary, self.vocabulary, strengths)
        self.doses = Doses(knowledge.terms)
        self.regimens = Regimens(self.doses, self.vocabulary)
        self.reasons = Reasons(self.vocabulary)
        self.diagnosis_words = Phrases(knowledge.terms.diagnosis_words)
        self.score_words = Phrases(knowledge.terms.score_words)
        self.hazard_words = Phrases(knowledge.terms.hazard_words)
        self.implant_words = Phrases(
            (words, what) for words, what in knowledge.terms.hazard_words if what in knowledge.terms.implants
        )
        self.removing_words = Phrases((words, words) for words in sorted(knowledge.terms.removing_words))
        self.treatment_words = Phrases(knowledge.terms.treatment_words)
        self.side_words = Phrases(knowledge.terms.sides.words)
        self.totals = Totals(knowledge)
        self.days = Calendar(knowledge.conventions.sentinel_dates)
        self.shelf: Shelf[Sheet] = Shelf()
        self._once: Callable[..., Any] = lru_cache(maxsize=16384)(self._work)

    def cleared(self) -> Self:
        """The same desk with an empty shelf: what was once worked out about codes and words need not be again."""
        desk = copy(self)
        desk.shelf = Shelf()
        return desk

    def told(self, work: "Callable[[ConceptSlice, Desk], T]", raw: Raw, path: str, margin: Margin) -> T | None:
        """What a coded element tells by work that hangs on it and the tables alone: equal ones are worked on once."""
        body = bytes(raw)
        if body in ABSENT:
            return None
        known: T | None
        known, is_plain = self._once(_told_by, work, body)
        if not is_plain:
            margin.element(ConceptSlice, raw, path)
        return known

    def once(self, work: "Callable[Concatenate[Desk, P], T]", *of: P.args, **_: P.kwargs) -> T:
        """What work makes of this with the tables alone: done once for the same."""
        made: T = self._once(work, *of)
        return made

    def _work(self, work: Callable[..., T], *of: Hashable) -> T:
        return work(self, *of)

    def resource(self, reference: Reference | None, scope: str) -> Sheet | None:
        """The resource that a literal reference points to, if it was read."""
        if reference is None or not reference.reference:
            return None
        target = target_of(reference.reference)
        found = self.shelf.get(reference.reference, scope)
        return found or (self.shelf.get(target.written, scope) if target else None)

    def concepts_behind(self, references: Iterator[Reference], scope: str, margin: Margin) -> Iterator[ConceptSlice]:
        """What each reference names: the code of the Condition behind it, else its own words.

        A Condition that is only suspected, or ruled out, is no recorded reason (R18).
        """
        for reference in references:
            sheet = self.resource(reference, scope)
            if sheet and isinstance(sheet.slice, ConditionSlice) and _is_unestablished(sheet.slice):
                continue
            concept = None
            if sheet and isinstance(sheet.slice, ConditionSlice):
                concept, _ = self._code_of(sheet.slice)
            if concept:
                yield concept
            elif reference.display:
                yield ConceptSlice(text=reference.display)
            else:
                margin.note(
                    "unresolved-reference", "reasonReference", "a reference to nothing that was read", "reason taken as unknown"
                )

    @staticmethod
    def _code_of(condition: ConditionSlice) -> tuple[ConceptSlice | None, Margin]:
        margin = Margin("")
        return margin.element(ConceptSlice, condition.code, "code"), margin

    def concepts_of(self, pairs: tuple[CodeableReference, ...], scope: str, margin: Margin) -> Iterator[ConceptSlice]:
        """The concepts of R5's pairs of concept and reference."""
        for pair in pairs:
            if pair.concept:
                yield pair.concept
        yield from self.concepts_behind((pair.reference for pair in pairs if pair.reference), scope, margin)


def _told_by(desk: Desk, work: Callable[[ConceptSlice, Desk], T], body: bytes) -> tuple[T | None, bool]:
    """What an element tells, and whether nothing about it is worth a note."""
    concept, flaws = element(ConceptSlice, body)
    return (None, False) if concept is None else (work(concept, desk), not flaws)


def _is_unestablished(condition: ConditionSlice) -> bool:
    return status_code(condition.verification_status, "verificationStatus", Margin("")) in UNESTABLISHED
