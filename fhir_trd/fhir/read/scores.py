"""Observations and questionnaires as what they report of a scale: a total, single answers, or both."""

from typing import TypeVar

from msgspec import Raw, Struct

from fhir_trd.fhir.read.codes import words_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR
from fhir_trd.fhir.read.values import WorthConcept, number_of, points_in
from fhir_trd.fhir.slices import NOTHING, ConceptSlice, Element, Period
from fhir_trd.fhir.slices_resources import ObservationSlice
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When
from fhir_trd.model.knowledge import ScoreCode
from fhir_trd.model.records import Answer, Score

NO_SCORE, NO_VALUE, NO_DAY, OUT_OF_RANGE = "not a score of interest", "a score without a value", "a score without a date", "score out of range"
TOTAL, PANEL = "", "panel"
TOTAL_UNDER_PANEL = "total_under_panel_code"
FINAL = frozenset({"final", "amended", "corrected"})
T = TypeVar("T")


class Component(Element):
    """A part of an observation with a value of its own."""

    code: Raw = NOTHING
    value_quantity: Raw = NOTHING
    value_integer: Raw = NOTHING
    value_decimal: Raw = NOTHING
    value_string: Raw = NOTHING
    value_codeable_concept: Raw = NOTHING


class Reported(Struct, frozen=True, kw_only=True):
    """What one resource reports of a scale on a day."""

    origin: Origin
    scale: str
    when: When
    total: float | None = None
    items: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


COMPONENTS = tuple[Component, ...]


def read_observation(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The total or the answers of an observation."""
    seen = sheet.slice
    assert isinstance(seen, ObservationSlice)
    concept = margin.element(ConceptSlice, seen.code, "code")
    code = score_code(concept, desk) if concept else None
    if code is None:
        return Aside(NO_SCORE)
    refused = unusable(seen.status, FINAL)
    if refused:
        return refused
    period = seen.effective_period or Period()
    written = seen.effective_date_time or seen.effective_instant or period.end or period.start
    when = desk.days.day(written, "effective", margin)
    margin.happened(when)
    items = _items(seen, code.scale, desk, margin)
    value = _value_of(seen, margin)
    if code.item not in (TOTAL, PANEL):
        points = _points(seen, value, desk, margin)
        items, value = (((code.item, points),) if points is not None else ()), None
    if value is None and not items:
        return Aside(NO_VALUE)
    if when is None:
        return Aside(NO_DAY)
    notes = (TOTAL_UNDER_PANEL,) if code.item == PANEL and value is not None else ()
    return facts_of(Reported(origin=margin.origin, scale=code.scale, when=when, total=value, items=items, notes=notes), desk, margin)


def score_code(concept: ConceptSlice, desk: Desk) -> ScoreCode | None:
    """The scale, and its item or total, that a code or (without any known code) the words stand for."""
    known = desk.knowledge.terms.scores
    coded = [known[coding.system, coding.code] for coding in desk.vocabulary.codings(concept) if (coding.system, coding.code) in known]
    if coded:
        return min(coded, key=lambda code: code.item)
    if any(coding.code for coding in concept.coding):
        return None
    scales = (desk.score_words.first_in(text) for text in words_of(concept))
    return next((ScoreCode(scale) for scale in scales if scale), None)


def unusable(status: str, usable: frozenset[str]) -> Aside | None:
    """Why a result of this status does not count."""
    plain = status.strip().lower()
    if plain in usable:
        return None
    known = plain in ("registered", "preliminary", "cancelled", "unknown", "in-progress", "stopped")
    return Aside(ERROR if plain == "entered-in-error" else f"not a final result: status {plain if known else 'missing or unknown'}")


def _value_of(seen: ObservationSlice | Component, margin: Margin) -> float | None:
    values = {
        "valueQuantity": seen.value_quantity,
        "valueInteger": seen.value_integer,
        "valueDecimal": seen.value_decimal,
        "valueString": seen.value_string,
    }
    return number_of(values, margin)


def _points(seen: ObservationSlice | Component, value: float | None, desk: Desk, margin: Margin) -> int | None:
    if value is not None and value.is_integer():
        return int(value)
    return points_in(margin.element(WorthConcept, seen.value_codeable_concept, "valueCodeableConcept"), desk.vocabulary)


def _items(seen: ObservationSlice, scale: str, desk: Desk, margin: Margin) -> tuple[tuple[str, int], ...]:
    """The answers among the components."""
    found: dict[str, int] = {}
    for component in margin.element(COMPONENTS, seen.component, "component") or ():
        concept = margin.element(ConceptSlice, component.code, "component.code")
        code = score_code(concept, desk) if concept else None
        points = _points(component, _value_of(component, margin), desk, margin)
        if code and code.scale == scale and code.item not in (TOTAL, PANEL) and points is not None:
            found[code.item] = points
    return tuple(sorted(found.items()))


def facts_of(reported: Reported, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """A score if there is a total in the scale's range, else the single answers."""
    scale = desk.knowledge.scales[reported.scale]
    if reported.total is None:
        answers = [
            Answer(origin=reported.origin, scale=reported.scale, item=item, value=points, when=reported.when)
            for item, points in reported.items
        ]
        return tuple(answers)
    if not scale.lowest <= reported.total <= scale.highest:
        margin.note("score-out-of-range", "value", "a total that the scale does not have", "score left out")
        return Aside(OUT_OF_RANGE, worth_noting=True)
    return (
        Score(
            origin=reported.origin, scale=reported.scale, value=reported.total, when=reported.when, items=reported.items, notes=reported.notes
        ),
    )  # fmt: skip
