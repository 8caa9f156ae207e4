"""Conditions and devices that speak for caution, beside the diagnoses a Condition may name."""

from collections.abc import Iterator

from fhir_trd.fhir.read.codes import words_of
from fhir_trd.fhir.read.conditions import COURSES, read_condition
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import SUSPECTED, status_code
from fhir_trd.fhir.slices import ConceptSlice
from fhir_trd.fhir.slices_resources import ConditionSlice
from fhir_trd.model.records import Certainty, Course, Presence

DENIED = frozenset({"refuted", "entered-in-error"})
Doubted = tuple[tuple[str, bool], ...]
"""Categories, each with whether it is called no more than possible or past."""


def read_problem(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The diagnoses of a Condition and what in it speaks for caution."""
    facts = read_condition(sheet, desk, margin)
    condition = sheet.slice
    assert isinstance(condition, ConditionSlice)
    # What is odd about the elements is noted with the diagnosis, or of no weight where there is none.
    unseen = Margin(sheet.name)
    categories = desk.told(_categories, condition.code, "code", unseen)
    presences = tuple(_presences(categories, condition, desk, unseen)) if categories else ()
    if not presences:
        return facts
    return presences if isinstance(facts, Aside) else (*facts, *presences)


def _presences(categories: Doubted, condition: ConditionSlice, desk: Desk, margin: Margin) -> Iterator[Presence]:
    verified = status_code(condition.verification_status, "verificationStatus", margin)
    if verified in DENIED:
        return
    onset = condition.onset_date_time or (condition.onset_period.start if condition.onset_period else "")
    written = onset or condition.recorded_date or condition.asserted_date or condition.date_recorded
    stated = COURSES.get(status_code(condition.clinical_status, "clinicalStatus", margin), Course.UNKNOWN)
    over = stated is Course.UNKNOWN and (condition.abatement_date_time or condition.abatement_period)
    for category, doubted in categories:
        yield Presence(
            origin=margin.origin,
            category=category,
            certainty=Certainty.SUSPECTED if doubted or verified in SUSPECTED else Certainty.CONFIRMED,
            course=Course.RESOLVED if over or (condition.abatement_boolean and stated is Course.UNKNOWN) else stated,
            when=desk.days.day(written, "onset", margin),
        )


def _categories(concept: ConceptSlice, desk: Desk) -> Doubted:
    """What the codes name, else the words unless they deny it, each with whether the words only call it possible or past."""
    coded = desk.vocabulary.meanings(desk.vocabulary.terms.hazards, concept)
    if coded:
        return tuple((category, False) for category in sorted({category for _, category in coded}))
    for text in words_of(concept):
        category = desk.hazard_words.first_in(text)
        if category and desk.vocabulary.only_doubts(text):
            return ((category, desk.vocabulary.refuses(text)),)
    return ()
