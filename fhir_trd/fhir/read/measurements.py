"""Observations that are no scores: laboratory values, blood pressure, the QT interval."""

from collections.abc import Iterator

from msgspec import Raw

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.scores import COMPONENTS, FINAL, NO_SCORE, Component, read_observation, unusable
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.slices import ConceptSlice, Element, Period, Quantity
from fhir_trd.fhir.slices_resources import ObservationSlice
from fhir_trd.model.dates import When
from fhir_trd.model.flagging import MeasureCode
from fhir_trd.model.records import Measurement

HIGH, LOW = "high", "low"
BEYOND = {"H": HIGH, "HH": HIGH, "HU": HIGH, "L": LOW, "LL": LOW, "LU": LOW}


class Range(Element, frozen=True):
    """The range of a laboratory."""

    low: Quantity | None = None
    high: Quantity | None = None


RANGES = tuple[Range, ...]


def read_measurement(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The scores of an observation, else what it measured."""
    facts = read_observation(sheet, desk, margin)
    if not isinstance(facts, Aside) or facts.reason != NO_SCORE:
        return facts
    return _measured(sheet, desk, margin) or facts


def _measured(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    seen = sheet.slice
    assert isinstance(seen, ObservationSlice)
    parts = tuple(_parts(seen, desk, margin))
    if not parts:
        return ()
    if refused := unusable(seen.status, FINAL):
        return refused
    period = seen.effective_period or Period()
    written = seen.effective_date_time or seen.effective_instant or period.end or period.start
    when = desk.days.day(written, "effective", margin)
    if when is None:
        return Aside("a measurement without a date")
    margin.happened(when)
    return tuple(_measurement(code, part, when, seen, margin) for code, part in parts)


def _parts(seen: ObservationSlice, desk: Desk, margin: Margin) -> Iterator[tuple[MeasureCode, Raw]]:
    if code := _code_of(seen, desk, margin):
        yield code, seen.value_quantity
    for component in margin.element(COMPONENTS, seen.component, "component") or ():
        if code := _code_of(component, desk, margin):
            yield code, component.value_quantity


def _code_of(part: ObservationSlice | Component, desk: Desk, margin: Margin) -> MeasureCode | None:
    concept = margin.element(ConceptSlice, part.code, "code")
    known = desk.vocabulary.terms.measures
    codings = desk.vocabulary.codings(concept) if concept else ()
    return next((known[each.system, each.code] for each in codings if (each.system, each.code) in known), None)


def _measurement(code: MeasureCode, raw: Raw, when: When, seen: ObservationSlice, margin: Margin) -> Measurement:
    quantity = margin.element(Quantity, raw, "valueQuantity") or Quantity()
    known = {quantity.code, quantity.unit} & set(code.units)
    return Measurement(
        origin=margin.origin,
        kind=code.kind,
        when=when,
        value=quantity.value,
        unit=code.units[0] if known else "",
        beyond=_beyond(quantity, seen, margin),
    )


def _beyond(quantity: Quantity, seen: ObservationSlice, margin: Margin) -> str:
    """Whether the laboratory calls it high or low, by its word or by its one range in the same unit."""
    said = margin.one_or_many(ConceptSlice, seen.interpretation, "interpretation")
    words = [BEYOND[coding.code] for concept in said for coding in concept.coding if coding.code in BEYOND]
    ranges = margin.element(RANGES, seen.reference_range, "referenceRange") or ()
    if words or quantity.value is None or len(ranges) != 1:
        return words[0] if words else ""
    if _passes(ranges[0].high, quantity) and quantity.value > _limit(ranges[0].high):
        return HIGH
    return LOW if _passes(ranges[0].low, quantity) and quantity.value < _limit(ranges[0].low) else ""


def _passes(limit: Quantity | None, quantity: Quantity) -> bool:
    return limit is not None and limit.value is not None and (limit.code or limit.unit) == (quantity.code or quantity.unit)


def _limit(limit: Quantity | None) -> float:
    assert limit is not None
    assert limit.value is not None
    return limit.value
