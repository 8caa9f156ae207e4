"""Observations that are no scores: laboratory values, blood pressure, the QT interval, tests and single questions."""

from msgspec import Raw, Struct

from fhir_trd.fhir.read.codes import TEXT, words_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.scores import COMPONENTS, FINAL, OTHER, Component, read_observation, unusable, when_of
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.values import number_of
from fhir_trd.fhir.slices import ConceptSlice, Element, Quantity
from fhir_trd.fhir.slices_resources import ObservationSlice
from fhir_trd.model.codes import Coding
from fhir_trd.model.flagging import MeasureCode
from fhir_trd.model.records import Measurement

HIGH, LOW, POSITIVE, NEGATIVE = "high", "low", "positive", "negative"
BEYOND = {
    "H": HIGH, "HH": HIGH, "HU": HIGH, "L": LOW, "LL": LOW, "LU": LOW,
    "POS": POSITIVE, "DET": POSITIVE, "NEG": NEGATIVE, "ND": NEGATIVE,
}  # fmt: skip
BELOW_MEASURING = frozenset({"<", "<="})


class Range(Element, frozen=True):
    """The range of a laboratory."""

    low: Quantity | None = None
    high: Quantity | None = None


RANGES = tuple[Range, ...]
NO_QUANTITY = Quantity()
Part = ObservationSlice | Component


class Finding(Struct, frozen=True, gc=False, kw_only=True):
    """What was measured, whoever's it is and whenever it was: the elements of a ``Measurement`` that do not tell that."""

    kind: str
    value: float | None
    unit: str
    beyond: str
    undetected: bool


Findings = tuple[Finding, ...]


def read_measurement(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The scores of an observation, else what it measured."""
    facts = read_observation(sheet, desk, margin)
    if facts is OTHER:
        return _measured(sheet, desk, margin) or facts
    if isinstance(facts, Aside) or not _has_parts(sheet):
        return facts
    further = _measured(sheet, desk, margin)
    return facts if isinstance(further, Aside) else (*facts, *further)


def _has_parts(sheet: Sheet) -> bool:
    return isinstance(sheet.slice, ObservationSlice) and bool(sheet.slice.component)


def _measured(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    seen = sheet.slice
    assert isinstance(seen, ObservationSlice)
    findings = _findings(seen, desk, margin)
    if not findings:
        return ()
    if refused := unusable(seen.status, FINAL):
        return refused
    when = when_of(seen, desk, margin)
    if when is None:
        return Aside("a measurement without a date")
    margin.happened(when)
    return tuple(
        Measurement(
            origin=margin.origin,
            kind=found.kind,
            when=when,
            value=found.value,
            unit=found.unit,
            beyond=found.beyond,
            undetected=found.undetected,
        )
        for found in findings
    )


def _findings(seen: ObservationSlice, desk: Desk, margin: Margin) -> Findings:
    """What was measured. Equal numbers with a unit, which by far the most are, are understood once."""
    told = seen.value_integer or seen.value_decimal or seen.value_string or seen.value_codeable_concept or seen.value_boolean
    if told:
        return _found_in(seen, desk, margin)
    elements = (seen.code, seen.component, seen.value_quantity, seen.interpretation, seen.reference_range)
    known = desk.once(_in_numbers, *map(bytes, elements))
    return _found_in(seen, desk, margin) if known is None else known


def _in_numbers(
    desk: Desk, code: bytes, component: bytes, quantity: bytes, interpretation: bytes, reference_range: bytes
) -> Findings | None:
    """What was measured, or None if anything about it is worth a note."""
    seen = ObservationSlice(
        code=Raw(code),
        component=Raw(component),
        value_quantity=Raw(quantity),
        interpretation=Raw(interpretation),
        reference_range=Raw(reference_range),
    )
    margin = Margin("")
    found = _found_in(seen, desk, margin)
    return None if margin.issues else found


def _found_in(seen: ObservationSlice, desk: Desk, margin: Margin) -> Findings:
    return tuple(_finding(code, part, seen, desk, margin) for code, part in _parts(seen, desk, margin))


def _parts(seen: ObservationSlice, desk: Desk, margin: Margin) -> list[tuple[MeasureCode, Part]]:
    """What was measured: by the observation itself, and by its components."""
    components = margin.element(COMPONENTS, seen.component, "component") if seen.component else None
    parts: tuple[Part, ...] = (seen, *(components or ()))
    coded = ((desk.told(_measure_code, part.code, "code", margin), part) for part in parts)
    return [(code, part) for code, part in coded if code]


def _measure_code(concept: ConceptSlice, desk: Desk) -> MeasureCode | None:
    known = desk.vocabulary.terms.measures
    codings = desk.vocabulary.codings(concept)
    coded = next((known[each.system, each.code] for each in codings if (each.system, each.code) in known), None)
    return coded if coded or codings else known.get((TEXT, concept.text.strip().lower()))


def _finding(code: MeasureCode, part: Part, seen: ObservationSlice, desk: Desk, margin: Margin) -> Finding:
    quantity = margin.element(Quantity, part.value_quantity, "valueQuantity") or NO_QUANTITY
    value = number_of(part, margin)
    result = _result(part, desk, margin)
    return Finding(
        kind=code.kind,
        value=value,
        unit=code.units[0] if quantity.code in code.units or quantity.unit in code.units else "",
        beyond=_beyond(value, quantity.code or quantity.unit, result, seen, margin),
        undetected=result == NEGATIVE or quantity.comparator in BELOW_MEASURING or value == 0,
    )


def _result(part: Part, desk: Desk, margin: Margin) -> str:
    """What a test that only says yes or no says."""
    if not (part.value_codeable_concept or part.value_boolean or part.value_string):
        return ""  # By far the most are numbers.
    concept = margin.element(ConceptSlice, part.value_codeable_concept, "valueCodeableConcept") or ConceptSlice()
    results = desk.vocabulary.terms.results
    coded = [meaning for _, meaning in desk.vocabulary.meanings(results, concept)]
    yes_or_no = margin.element(bool, part.value_boolean, "valueBoolean")
    words = margin.element(str, part.value_string, "valueString") if part.value_string else ""
    texts = (str(yes_or_no), words or "", *words_of(concept))
    said = (*coded, *(results.meaning(Coding(TEXT, text.strip().lower())) for text in texts))
    return next((meaning for meaning in said if meaning), "")


def _beyond(value: float | None, unit: str, result: str, seen: ObservationSlice, margin: Margin) -> str:
    """What the laboratory calls it, by its word, by the result itself, or by its one range in the same unit."""
    if not (seen.interpretation or seen.reference_range):
        return result
    said = margin.one_or_many(ConceptSlice, seen.interpretation, "interpretation")
    words = [BEYOND[coding.code] for concept in said for coding in concept.coding if coding.code in BEYOND]
    ranges = margin.element(RANGES, seen.reference_range, "referenceRange") or ()
    if words or value is None or len(ranges) != 1:
        return words[0] if words else result
    high, low = _limit(ranges[0].high, unit), _limit(ranges[0].low, unit)
    if high is not None and value > high:
        return HIGH
    return LOW if low is not None and value < low else result


def _limit(limit: Quantity | None, unit: str) -> float | None:
    """The end of a range, if it is in this unit."""
    return limit.value if limit is not None and (limit.code or limit.unit) == unit else None
