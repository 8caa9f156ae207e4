"""Procedures that treat depression, and stays in hospital."""

from collections.abc import Iterator
from datetime import date

from fhir_trd.fhir.read.codes import words_of
from fhir_trd.fhir.read.conditions import diagnoses_in
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR
from fhir_trd.fhir.read.words import tokens
from fhir_trd.fhir.slices import CodeableReference, CodingSlice, ConceptSlice, Element, Period, Reference
from fhir_trd.fhir.slices_resources import EncounterSlice, ProcedureSlice
from fhir_trd.model.dates import LONG_AGO, When
from fhir_trd.model.records import DEPRESSION, Stay, Treatment

NO_TREATMENT, NO_STAY = "not a treatment of interest", "not a stay in hospital"
DONE = frozenset({"completed", "in-progress"})
BEGUN = frozenset(
    {"finished", "in-progress", "onleave", "arrived", "triaged", "completed", "discharged", "on-hold", "discontinued", ""}
)
INPATIENT = frozenset({"IMP", "ACUTE", "NONAC", "inpatient"})
NOT_DONE = frozenset({"preparation", "not-done", "on-hold", "stopped"})


def read_procedure(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The treatment a procedure was."""
    done = sheet.slice
    assert isinstance(done, ProcedureSlice)
    kind = desk.told(treatment_in, done.code, "code", margin)
    if done.status == "entered-in-error":
        return Aside(ERROR)
    if done.status not in DONE:
        return Aside(f"not done: status {done.status if done.status in NOT_DONE else 'missing or unknown'}")
    period = done.performed_period or done.occurrence_period or Period()
    start = desk.days.day(done.performed_date_time or done.occurrence_date_time or period.start, "performed", margin)
    end = _not_before(start, desk.days.day(period.end, "performedPeriod.end", margin), "performedPeriod", margin) or start
    margin.happened(end or start)
    if kind is None:
        return Aside(NO_TREATMENT)
    if start is None:
        margin.note("no-date", "performed", "no date", "date taken as unknown")
    unknown = When(LONG_AGO, date.max)
    side = desk.told(_side_of, done.code, "code", Margin("")) or ""
    return (Treatment(origin=margin.origin, kind=kind, start=start or end or unknown, end=end or unknown, side=side),)


def _side_of(concept: ConceptSlice, desk: Desk) -> str:
    """On which side of the head it was given, if the code or its words say one thing."""
    told = {side for _, side in desk.vocabulary.meanings(desk.vocabulary.terms.sides.codes, concept)}
    told = told or {side for text in words_of(concept) for _, _, side in desk.side_words.found_in(tokens(text))}
    return told.pop() if len(told) == 1 else ""


def _not_before(start: When | None, end: When | None, path: str, margin: Margin) -> When | None:
    """The end, unless it lies before the start: then nobody knows it."""
    if start is None or end is None or end.latest >= start.earliest:
        return end
    margin.note("end-before-start", path, "an end before the start", "end taken as unknown")
    return None


def treatment_in(concept: ConceptSlice, desk: Desk) -> str | None:
    """The treatment of depression that a concept names, by its codes or else by words that do not deny it."""
    known = desk.vocabulary.meanings(desk.vocabulary.terms.treatments, concept)
    if known:
        return known[0][1]
    texts = (text for text in words_of(concept) if not desk.vocabulary.refuses(text))
    return next((kind for kind in map(desk.treatment_words.first_in, texts) if kind), None)


class DiagnosisOfStay(Element, frozen=True):
    """A diagnosis of an encounter: a reference (R4) or pairs of concept and reference (R5)."""

    condition: Reference | tuple[CodeableReference, ...] | None = None


class ClassOfStay(Element, frozen=True):
    """What kind of encounter it is: a coding (STU3, R4) or concepts (R5)."""

    code: str = ""
    coding: tuple[CodingSlice, ...] = ()


class ReasonOfStay(Element, frozen=True):
    """A reason of an encounter: a concept (STU3, R4) or pairs (R5)."""

    coding: tuple[CodingSlice, ...] = ()
    text: str = ""
    value: tuple[CodeableReference, ...] = ()


DIAGNOSES, REASONS, REFERENCES = tuple[DiagnosisOfStay, ...], tuple[ReasonOfStay, ...], tuple[Reference, ...]


def read_encounter(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The stay in hospital an encounter was."""
    visit = sheet.slice
    assert isinstance(visit, EncounterSlice)
    if visit.status == "entered-in-error":
        return Aside(ERROR)
    if visit.status not in BEGUN:
        return Aside("a visit that did not happen")
    period = visit.period or visit.actual_period or Period()
    start = desk.days.day(period.start, "period.start", margin)
    end = _not_before(start, desk.days.day(period.end, "period.end", margin), "period", margin)
    margin.happened(start)
    margin.happened(end)
    if not _is_inpatient(visit, margin):
        return Aside(NO_STAY)
    if start is None:
        return Aside("a stay without a date")
    last = end or When(start.earliest, date.max)
    return (Stay(origin=margin.origin, start=start, end=last, for_depression=_for_depression(visit, sheet, desk, margin)),)


def _is_inpatient(visit: EncounterSlice, margin: Margin) -> bool:
    if bytes(visit.kind).strip(b'"').decode(errors="replace") in INPATIENT:
        return True
    kinds = margin.one_or_many(ClassOfStay, visit.kind, "class") if visit.kind else ()
    return any(code in INPATIENT for kind in kinds for code in (kind.code, *(coding.code for coding in kind.coding)))


def _for_depression(visit: EncounterSlice, sheet: Sheet, desk: Desk, margin: Margin) -> bool | None:
    """Whether the stay was for depression, by its reasons and diagnoses; None if it has none."""
    concepts = list(_reasons(visit, sheet, desk, margin))
    if not concepts:
        return None
    return any(named.meaning.category == DEPRESSION for concept in concepts for named in diagnoses_in(concept, desk))


def _reasons(visit: EncounterSlice, sheet: Sheet, desk: Desk, margin: Margin) -> Iterator[ConceptSlice]:
    yield from margin.one_or_many(ConceptSlice, visit.reason_code, "reasonCode")
    for reason in margin.element(REASONS, visit.reason, "reason") or ():
        if reason.coding or reason.text:
            yield ConceptSlice(reason.coding, reason.text)
        yield from desk.concepts_of(reason.value, sheet.scope, margin)
    references = list(margin.element(REFERENCES, visit.reason_reference, "reasonReference") or ())
    for diagnosis in margin.element(DIAGNOSES, visit.diagnosis, "diagnosis") or ():
        if isinstance(diagnosis.condition, Reference):
            references.append(diagnosis.condition)
        elif diagnosis.condition:
            yield from desk.concepts_of(diagnosis.condition, sheet.scope, margin)
    yield from desk.concepts_behind(iter(references), sheet.scope, margin)
