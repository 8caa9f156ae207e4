"""Observations and questionnaires as what they report of a scale: a total, single answers, or both."""

import re

from msgspec import Raw, Struct

from fhir_trd.fhir.read.codes import TEXT, words_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR
from fhir_trd.fhir.read.values import WorthConcept, number_of, points_in
from fhir_trd.fhir.slices import NOTHING, ConceptSlice, Element
from fhir_trd.fhir.slices_resources import ObservationSlice
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When
from fhir_trd.model.knowledge import ScoreCode
from fhir_trd.model.records import Answer, Score

NO_SCORE, NO_VALUE, NO_DAY, OUT_OF_RANGE = (
    "not a score of interest",
    "a score without a value",
    "a score without a date",
    "score out of range",
)
TOTAL, PANEL = "", "panel"
TOTAL_UNDER_PANEL = "total_under_panel_code"
OTHER = Aside(NO_SCORE)
"""What becomes of an observation of something else."""

FINAL = frozenset({"final", "amended", "corrected"})
Items = tuple[tuple[str, int], ...]


class Component(Element, frozen=True):
    """A part of an observation with a value of its own."""

    code: Raw = NOTHING
    value_quantity: Raw = NOTHING
    value_integer: Raw = NOTHING
    value_decimal: Raw = NOTHING
    value_string: Raw = NOTHING
    value_codeable_concept: Raw = NOTHING
    value_boolean: Raw = NOTHING


class Reported(Struct, frozen=True, kw_only=True):
    """What one resource reports of a scale on a day."""

    origin: Origin
    scale: str
    when: When
    total: float | None = None
    items: Items = ()
    notes: tuple[str, ...] = ()


COMPONENTS = tuple[Component, ...]

SINGLE_QUESTION = re.compile(r"\b(?:item|question)\s*(?:no\.?|number|#)?\s*[0-9]")
"""A name that ends in the number of a question ("PHQ-9 item 3"): its points are no total."""


def read_observation(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The total or the answers of an observation."""
    seen = sheet.slice
    assert isinstance(seen, ObservationSlice)
    code = desk.told(score_code, seen.code, "code", margin)
    if code is None:
        return OTHER
    refused = unusable(seen.status, FINAL)
    if refused:
        return refused
    when = when_of(seen, desk, margin)
    margin.happened(when)
    total, items = _told(seen, code, desk, margin)
    if total is None and not items:
        return Aside(NO_VALUE)
    if when is None:
        return Aside(NO_DAY)
    notes = (TOTAL_UNDER_PANEL,) if code.item == PANEL and total is not None else ()
    return facts_of(
        Reported(origin=margin.origin, scale=code.scale, when=when, total=total, items=items, notes=notes), desk, margin
    )


def when_of(seen: ObservationSlice, desk: Desk, margin: Margin) -> When | None:
    """The day of an observation; of a period its end."""
    period = seen.effective_period
    in_period = (period.end or period.start) if period else ""
    return desk.days.day(seen.effective_date_time or seen.effective_instant or in_period, "effective", margin)


def _told(seen: ObservationSlice, code: ScoreCode, desk: Desk, margin: Margin) -> tuple[float | None, Items]:
    """The total and the answers: of the observation itself and of its components."""
    if code.item not in (TOTAL, PANEL):
        points = _points(seen, number_of(seen, margin), desk, margin)
        return None, (((code.item, points),) if points is not None else ())
    total, items = _in_components(seen, code.scale, desk, margin)
    own = number_of(seen, margin)
    return (total if own is None else own), items


def score_code(concept: ConceptSlice, desk: Desk) -> ScoreCode | None:
    """The scale, and its item or total, that a code or (without any known code) the words stand for."""
    known = desk.knowledge.terms.scores
    coded = [
        known[coding.system, coding.code] for coding in desk.vocabulary.codings(concept) if (coding.system, coding.code) in known
    ]
    if coded:
        return min(coded, key=lambda code: code.item)
    # A single question of a scale names the scale, but its points are no total of it.
    if any(coding.code for coding in concept.coding) or (TEXT, concept.text.strip().lower()) in desk.knowledge.terms.measures:
        return None
    scales = (desk.score_words.first_in(text) for text in words_of(concept) if not SINGLE_QUESTION.search(text.lower()))
    return next((ScoreCode(scale) for scale in scales if scale), None)


def unusable(status: str, usable: frozenset[str]) -> Aside | None:
    """Why a result of this status does not count."""
    plain = status if status in usable else status.strip().lower()
    if plain in usable:
        return None
    known = plain in ("registered", "preliminary", "cancelled", "unknown", "in-progress", "stopped")
    return Aside(
        ERROR if plain == "entered-in-error" else f"not a final result: status {plain if known else 'missing or unknown'}"
    )


def _points(seen: ObservationSlice | Component, value: float | None, desk: Desk, margin: Margin) -> int | None:
    if value is not None and value.is_integer():
        return int(value)
    return points_in(margin.element(WorthConcept, seen.value_codeable_concept, "valueCodeableConcept"), desk.vocabulary)


def _in_components(seen: ObservationSlice, scale: str, desk: Desk, margin: Margin) -> tuple[float | None, Items]:
    """The total and the answers among the components."""
    total: float | None = None
    items: dict[str, int] = {}
    for component in margin.element(COMPONENTS, seen.component, "component") or ():
        code = desk.told(score_code, component.code, "component.code", margin)
        value = number_of(component, margin)
        points = _points(component, value, desk, margin)
        if code and code.scale == scale and code.item in (TOTAL, PANEL):
            total = value
        elif code and code.scale == scale and points is not None:
            items[code.item] = points
    return total, tuple(sorted(items.items()))


def facts_of(reported: Reported, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """A score if there is a total in the scale's range, else the single answers."""
    told, scale = reported, desk.knowledge.scales[reported.scale]
    if told.total is None:
        return tuple(
            Answer(origin=told.origin, scale=told.scale, item=item, value=points, when=told.when) for item, points in told.items
        )
    if not scale.lowest <= told.total <= scale.highest:
        margin.note("score-out-of-range", "value", "a total that the scale does not have", "score left out")
        return Aside(OUT_OF_RANGE, worth_noting=True)
    return (Score(origin=told.origin, scale=told.scale, value=told.total, when=told.when, items=told.items, notes=told.notes),)
