"""The parts of FHIR elements that are read, in the spellings of DSTU2 to R5.

Elements that may be missing, of another shape or seldom needed stay raw bytes (``Raw``) and are decoded on their own:
so a bad one costs only itself, and equal ones are understood once.
"""

from msgspec import Raw, Struct, field

NOTHING = Raw(b"")


class Element(Struct, frozen=True, gc=False, rename="camel"):
    """A part of a resource."""


class Head(Element, frozen=True):
    """What every resource and envelope starts with."""

    resource_type: str = ""
    type: Raw = NOTHING
    entry: Raw = NOTHING


class Request(Element, frozen=True):
    """What an entry of a Bundle asks a server to do."""

    method: str = ""
    url: str = ""


class Entry(Element, frozen=True):
    """One entry of a Bundle."""

    full_url: str = ""
    resource: Raw = NOTHING
    request: Request = Request()


class Item(Element, frozen=True):
    """One parameter: a resource, or more parameters."""

    resource: Raw = NOTHING
    part: list["Item"] = field(default_factory=list)


class ParametersSlice(Element, frozen=True):
    """A Parameters resource."""

    parameter: list[Item] = field(default_factory=list)


class CodingSlice(Element, frozen=True):
    """A code in a code system."""

    system: str = ""
    code: str = ""
    display: str = ""


class ConceptSlice(Element, frozen=True):
    """A CodeableConcept."""

    coding: tuple[CodingSlice, ...] = ()
    text: str = ""


class Reference(Element, frozen=True):
    """A reference: literal, logical (identifier), or no more than words."""

    reference: str = ""
    identifier: Raw = NOTHING
    display: str = ""
    type: str = ""


class CodeableReference(Element, frozen=True):
    """A concept, a reference or both (R5)."""

    concept: ConceptSlice | None = None
    reference: Reference | None = None


class Identifier(Element, frozen=True):
    """A business identifier."""

    system: str = ""
    value: str = ""


class Quantity(Element, frozen=True):
    """A number with a unit, as a code or in words."""

    value: float | None = None
    unit: str = ""
    code: str = ""
    system: str = ""
    comparator: str = ""


class Range(Element, frozen=True):
    """From so much to so much."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element, frozen=True):
    """So much for so much."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Element, frozen=True):
    """From one moment to another, either of which may be missing."""

    start: str = ""
    end: str = ""


class Meta(Element, frozen=True):
    """Which version of a resource this is."""

    version_id: str = ""
    last_updated: str = ""


class Repeat(Element, frozen=True):
    """When something happens again and again."""

    bounds_duration: Quantity | None = None
    bounds_range: Range | None = None
    bounds_period: Period | None = None
    count: float | None = None
    frequency: float | None = None
    frequency_max: float | None = None
    period: float | None = None
    period_max: float | None = None
    period_unit: str = ""
    period_units: str = ""
    day_of_week: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    when: tuple[str, ...] = ()


class Timing(Element, frozen=True):
    """When a dose is taken: a pattern, a code for a pattern, or both."""

    repeat: Repeat | None = None
    code: ConceptSlice | None = None


class DoseAndRate(Element, frozen=True):
    """How much at a time."""

    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    rate_quantity: Quantity | None = None


class DosageSlice(Element, frozen=True):
    """One instruction; the dose stands in ``doseAndRate`` (R4, R5), beside it (STU3), or in ``dose`` (administrations)."""

    sequence: int | None = None
    text: str = ""
    patient_instruction: str = ""
    additional_instruction: tuple[ConceptSlice, ...] = ()
    timing: Timing | None = None
    as_needed_boolean: bool = False
    as_needed_codeable_concept: ConceptSlice | None = None
    as_needed: bool = False
    as_needed_for: tuple[ConceptSlice, ...] = ()
    route: ConceptSlice | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    dose: Quantity | None = None
    max_dose_per_period: Ratio | tuple[Ratio, ...] = ()


class DispenseRequest(Element, frozen=True):
    """What a prescription allows to be handed out."""

    validity_period: Period | None = None
    number_of_repeats_allowed: float | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None


class Extension(Element, frozen=True):
    """An extension, as far as its value may matter."""

    url: str = ""
    value_codeable_concept: ConceptSlice | None = None
    value_coding: CodingSlice | None = None
    value_code: str = ""
    value_decimal: float | None = None
    value_integer: int | None = None
    value_date_time: str = ""
    extension: tuple["Extension", ...] = ()
