"""Numbers in observations and answers, however they are written."""

from typing import Protocol

from msgspec import Raw

from fhir_trd.fhir.read.codes import Vocabulary
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.slices import Element, Extension, Quantity

_WORTH = ("ordinalValue", "itemWeight", "questionnaire-ordinalValue")


class WorthCoding(Element, frozen=True):
    """An answer as a code, and what it counts where an extension says so."""

    system: str = ""
    code: str = ""
    display: str = ""
    extension: tuple[Extension, ...] = ()


class WorthConcept(Element, frozen=True):
    """An answer as a concept."""

    coding: tuple[WorthCoding, ...] = ()
    text: str = ""


class Valued(Protocol):
    """What has a value under one of these names."""

    @property
    def value_quantity(self) -> Raw:
        """A number with a unit."""

    @property
    def value_integer(self) -> Raw:
        """A whole number."""

    @property
    def value_decimal(self) -> Raw:
        """A number."""

    @property
    def value_string(self) -> Raw:
        """Words, or digits."""


def number_of(valued: Valued, margin: Margin) -> float | None:
    """The number among its values, whether it is a quantity, an integer, a decimal or digits in a string."""
    quantity = margin.element(Quantity, valued.value_quantity, "valueQuantity")
    if quantity is not None and quantity.value is not None:
        return quantity.value
    for name, raw in (("valueInteger", valued.value_integer), ("valueDecimal", valued.value_decimal)):
        number = margin.element(float, raw, name)
        if number is not None:
            return number
    words = margin.element(str, valued.value_string, "valueString")
    return _digits(words) if words else None


def _digits(text: str) -> float | None:
    plain = text.strip()
    return float(plain) if plain.replace(".", "", 1).isdecimal() and plain.isascii() else None


def points_of(coding: WorthCoding, vocabulary: Vocabulary) -> int | None:
    """What a coded answer counts: by its own extension, else by the tables."""
    for extension in coding.extension:
        if extension.url.rsplit("/", 1)[-1] in _WORTH and extension.value_decimal is not None:
            return int(extension.value_decimal)
    return vocabulary.terms.answers.get((vocabulary.system(coding.system), coding.code.strip()))


def points_in(concept: WorthConcept | None, vocabulary: Vocabulary) -> int | None:
    """What an answer counts that is a concept."""
    found = [points_of(coding, vocabulary) for coding in concept.coding] if concept else []
    return next((points for points in found if points is not None), None)
