"""Conditions as diagnoses: what is established, what is only suspected, and what was denied."""

from collections.abc import Mapping

from msgspec import Struct

from fhir_trd.fhir.read.codes import words_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR, SUSPECTED, status_code
from fhir_trd.fhir.slices import ConceptSlice, Period
from fhir_trd.fhir.slices_resources import ConditionSlice
from fhir_trd.model.codes import Coding
from fhir_trd.model.dates import When
from fhir_trd.model.knowledge import DiagnosisMeaning
from fhir_trd.model.records import Certainty, Course, Diagnosis

NO_DIAGNOSIS = "not a diagnosis of interest"
COURSES: Mapping[str, Course] = {
    "active": Course.ACTIVE, "recurrence": Course.ACTIVE, "relapse": Course.ACTIVE, "inactive": Course.INACTIVE,
    "remission": Course.REMISSION, "resolved": Course.RESOLVED,
}  # fmt: skip


class Named(Struct, frozen=True):
    """A diagnosis that a concept names, by which code, and whether the words call it past or not certain."""

    meaning: DiagnosisMeaning
    coding: Coding
    doubted: bool = False


def read_condition(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The diagnoses a Condition stands for, one for each category."""
    condition = sheet.slice
    assert isinstance(condition, ConditionSlice)
    verified = status_code(condition.verification_status, "verificationStatus", margin)
    if verified == "entered-in-error":
        return Aside(ERROR)
    named = desk.told(diagnoses_in, condition.code, "code", margin)
    if not named:
        return Aside(NO_DIAGNOSIS)
    if verified == "refuted":
        return Aside("ruled out: verification status refuted")
    return tuple(_diagnosis(one, condition, verified, desk, margin) for one in named)


def diagnoses_in(concept: ConceptSlice, desk: Desk) -> tuple[Named, ...]:
    """The diagnoses that a concept names: by its codes, else by its words unless they deny or doubt it."""
    terms = desk.knowledge.terms
    by_category: dict[str, Named] = {}
    for coding, key in desk.vocabulary.meanings(terms.diagnoses, concept):
        meaning = terms.diagnosis_meanings[key]
        known = by_category.get(meaning.category)
        if known is None or _tells(meaning) > _tells(known.meaning):
            by_category[meaning.category] = Named(meaning, coding)
    return tuple(by_category[category] for category in sorted(by_category)) or _in_words(concept, desk)


def _tells(meaning: DiagnosisMeaning) -> int:
    return bool(meaning.severity) + meaning.psychotic + bool(meaning.remission)


def _in_words(concept: ConceptSlice, desk: Desk) -> tuple[Named, ...]:
    for text in words_of(concept):
        key = desk.diagnosis_words.first_in(text)
        if key and desk.vocabulary.only_doubts(text):
            meaning = desk.knowledge.terms.diagnosis_meanings[key]
            return (Named(meaning, Coding("", "", meaning.category), doubted=desk.vocabulary.refuses(text)),)
    return ()


def _diagnosis(named: Named, condition: ConditionSlice, verified: str, desk: Desk, margin: Margin) -> Diagnosis:
    meaning, day = named.meaning, desk.days.day
    onset = day(condition.onset_date_time or _start(condition.onset_period), "onset", margin)
    abated = day(condition.abatement_date_time or _end(condition.abatement_period), "abatement", margin)
    recorded = day(condition.recorded_date or condition.asserted_date or condition.date_recorded, "recordedDate", margin)
    if onset and abated and abated.latest < onset.earliest:
        margin.note("end-before-start", "abatement", "an end before the start", "end taken as unknown")
        abated = None
    for when in (onset, abated, recorded):
        margin.happened(when)
    return Diagnosis(
        origin=margin.origin,
        category=meaning.category,
        coding=named.coding,
        certainty=_certainty(named, verified),
        course=_course(condition, abated, margin),
        severity=meaning.severity,
        psychotic=meaning.psychotic,
        remission=meaning.remission,
        onset=onset,
        abated=abated,
        recorded=recorded,
    )


def _certainty(named: Named, verified: str) -> Certainty:
    doubtful = verified in SUSPECTED or named.doubted or named.meaning.history_of
    return Certainty.SUSPECTED if doubtful else Certainty.CONFIRMED


def _course(condition: ConditionSlice, abated: When | None, margin: Margin) -> Course:
    stated = COURSES.get(status_code(condition.clinical_status, "clinicalStatus", margin))
    if stated:
        return stated
    return Course.RESOLVED if abated or condition.abatement_boolean else Course.UNKNOWN


def _start(period: Period | None) -> str:
    return period.start if period else ""


def _end(period: Period | None) -> str:
    return period.end if period else ""
