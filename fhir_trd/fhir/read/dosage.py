"""Dosage instructions as daily doses in mg, with a least and a most."""

from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from fhir_trd.fhir.read.sig import Sigs, as_needed
from fhir_trd.fhir.read.strengths import PER_DAY, PER_ML, PLAIN
from fhir_trd.fhir.read.timing import Frequencies, Rate, exactly, unit_of_time, whole_days
from fhir_trd.fhir.slices import ConceptSlice, DosageSlice, Period, Quantity, Range, Ratio
from fhir_trd.model.drugs import Part
from fhir_trd.model.knowledge import Terms
from fhir_trd.model.records import Dose

COUNT, VOLUME, BARE, OTHER = "count", "mL", "bare", "other"
_VOLUMES = frozenset({"ml", "millilitre", "milliliter", "millilitres", "milliliters"})
_IN_ADDITION = "in addition"


class Amount(Struct, frozen=True):
    """How much at a time: mg, pieces, mL, a bare number, or something else."""

    least: Fraction
    most: Fraction
    unit: str


class Cap(Struct, frozen=True):
    """The most in a day."""

    amount: Amount
    days: Fraction


class Sig(Struct, frozen=True, kw_only=True):
    """One instruction, understood as far as it goes without knowing the drug or the day it starts."""

    amount: Amount | None
    rate: Rate | None
    as_needed: bool
    cap: Cap | None
    sequence: int | None
    period: Period | None
    length: tuple[int, int] | None
    moments: tuple[str, ...]
    in_addition: bool
    in_words: bool
    route: ConceptSlice | None
    impossible: bool = False

    @property
    def says_something(self) -> bool:
        """Whether it tells of a dose, a rate or a time at all."""
        return bool(self.amount or self.rate or self.period or self.length or self.cap or self.as_needed)

    @property
    def assumes_unit(self) -> bool:
        """Whether the dose is a number without a unit."""
        return self.amount is not None and self.amount.unit == BARE


class Doses:
    """Reads dosages with the units and frequencies of the tables."""

    def __init__(self, terms: Terms) -> None:
        self._mass = {unit.lower(): exactly(factor) for unit, factor in terms.units.items()}
        self._counts = frozenset(unit.lower() for unit in terms.count_units)
        self._frequencies = Frequencies(terms.frequencies)
        self._sigs = Sigs((*self._mass, *self._counts), self._frequencies)
        self.understood = lru_cache(maxsize=8192)(self._understood)

    def _understood(self, dosage: DosageSlice) -> Sig:
        """The instruction, in structure first and in words where the structure is silent."""
        text = " ".join(filter(None, (dosage.text, dosage.patient_instruction)))
        amount, rate = self._amount(dosage), self._frequencies.of(dosage.timing)
        told = self._told(text) if amount is None else None
        told_rate = self._sigs.rate(text) if rate is None else None
        repeat = dosage.timing.repeat if dosage.timing else None
        return Sig(
            amount=amount or told,
            rate=rate or told_rate,
            as_needed=_is_as_needed(dosage) or as_needed(text),
            cap=self._cap(dosage.max_dose_per_period),
            sequence=dosage.sequence,
            period=repeat.bounds_period if repeat else None,
            length=_length(repeat.bounds_duration, repeat.bounds_range) if repeat else None,
            moments=(*repeat.when, *repeat.time_of_day) if repeat else (),
            in_addition=_IN_ADDITION in " ".join((text, *(more.text for more in dosage.additional_instruction))).lower(),
            in_words=bool(told or told_rate),
            route=dosage.route,
            impossible=_is_impossible(dosage),
        )

    def quantity(self, quantity: Quantity | None) -> Amount | None:
        """A quantity as an amount."""
        return None if quantity is None or quantity.value is None else self._measured(quantity.value, quantity.value, quantity)

    def _amount(self, dosage: DosageSlice) -> Amount | None:
        for dose in dosage.dose_and_rate:
            found = self.quantity(dose.dose_quantity) or self._range(dose.dose_range)
            if found:
                return found
        return self.quantity(dosage.dose_quantity) or self.quantity(dosage.dose) or self._range(dosage.dose_range)

    def _range(self, span: Range | None) -> Amount | None:
        if span is None or span.high is None or span.high.value is None:
            return None
        low = span.low.value if span.low and span.low.value is not None else 0
        return self._measured(low, span.high.value, span.high)

    def _measured(self, least: float, most: float, quantity: Quantity) -> Amount | None:
        if least < 0 or most <= 0 or least > most:
            return None
        return self._in_unit(exactly(least), exactly(most), (quantity.code, quantity.unit))

    def _in_unit(self, least: Fraction, most: Fraction, words: tuple[str, ...]) -> Amount:
        plain = [word.strip().lower() for word in words if word.strip()]
        for word in plain:
            if word in self._mass:
                return Amount(least * self._mass[word], most * self._mass[word], PLAIN)
            if word in self._counts:
                return Amount(least, most, COUNT)
            if word in _VOLUMES:
                return Amount(least, most, VOLUME)
        return Amount(least, most, OTHER if plain and plain != ["1"] else BARE)

    def _told(self, text: str) -> Amount | None:
        told = self._sigs.amount(text) if text else None
        if told is None:
            return None
        return self._in_unit(told.least, told.most, (told.unit,)) if told.unit else Amount(told.least, told.most, COUNT)

    def _cap(self, ratios: Ratio | tuple[Ratio, ...]) -> Cap | None:
        for ratio in (ratios,) if isinstance(ratios, Ratio) else ratios:
            amount = self.quantity(ratio.numerator)
            per = ratio.denominator
            unit = (unit_of_time(per.code) or unit_of_time(per.unit)) if per else None
            if amount and per and unit and per.value and per.value > 0:
                return Cap(amount, exactly(per.value) * unit)
        return None


def daily_dose(sig: Sig, part: Part, *, alone: bool) -> Dose | None:
    """The dose in mg a day of one part of a product; None if anything it takes is not known."""
    at_a_time = mg_of(sig.amount, part, alone=alone) if sig.amount else None
    most_allowed = mg_of(sig.cap.amount, part, alone=alone) if sig.cap else None
    limit = float(most_allowed.most / sig.cap.days) if most_allowed and sig.cap else None
    if at_a_time is None or (sig.rate is None and part.unit != PER_DAY):
        return Dose(0.0, limit) if limit is not None else None
    rate = sig.rate if sig.rate and part.unit != PER_DAY else Rate(Fraction(1), Fraction(1))
    least, most = float(at_a_time.least * rate.least), float(at_a_time.most * rate.most)
    return Dose(min(least, limit), min(most, limit)) if limit is not None else Dose(least, most)


def mg_of(amount: Amount, part: Part, *, alone: bool) -> Amount | None:
    """So much of a product in mg of one of its parts, or None if it can't be known."""
    strength = exactly(part.strength) if part.strength else None
    match amount.unit:
        case "mg":
            return amount if alone else None
        case "count" if strength and part.unit in (PLAIN, PER_DAY):
            return _times(amount, strength)
        case "mL" if strength and part.unit == PER_ML:
            return _times(amount, strength)
        case "bare" if strength and part.unit in (PLAIN, PER_DAY):
            return _of_bare(amount, part, strength)
        case _:
            return None


def in_pieces(sig: Sig, part: Part) -> Rate | None:
    """How many pieces are taken in a day."""
    if sig.amount is None or sig.rate is None:
        return None
    a_day = Rate(sig.amount.least * sig.rate.least, sig.amount.most * sig.rate.most)
    if sig.amount.unit in (COUNT, BARE):
        return a_day
    if sig.amount.unit != PLAIN or not part.strength or part.unit != PLAIN:
        return None
    strength = exactly(part.strength)
    return Rate(a_day.least / strength, a_day.most / strength)


def _of_bare(amount: Amount, part: Part, strength: Fraction) -> Amount:
    """A number without a unit: pieces, unless so many pieces would be more than anyone takes of the drug in a day."""
    pieces = _times(amount, strength)
    highest = part.drug.usual_maximum
    too_many = amount.most >= strength if highest is None else pieces.most > exactly(highest)
    return Amount(amount.least, amount.most, PLAIN) if too_many and amount.most > 1 else pieces


def _times(amount: Amount, strength: Fraction) -> Amount:
    return Amount(amount.least * strength, amount.most * strength, PLAIN)


def _is_impossible(dosage: DosageSlice) -> bool:
    """Whether an amount is zero or less, or a range ends before it begins."""
    given = [(one.dose_quantity, one.dose_range) for one in dosage.dose_and_rate]
    given += [(dosage.dose_quantity, dosage.dose_range), (dosage.dose, None)]
    return any(_is_nothing(amount) or _is_upside_down(span) for amount, span in given)


def _is_nothing(amount: Quantity | None) -> bool:
    return amount is not None and amount.value is not None and amount.value <= 0


def _is_upside_down(span: Range | None) -> bool:
    low = span.low.value if span and span.low else None
    high = span.high.value if span and span.high else None
    return (high is not None and high <= 0) or (low is not None and (low < 0 or (high is not None and low > high)))


def _is_as_needed(dosage: DosageSlice) -> bool:
    return bool(
        dosage.as_needed_boolean or dosage.as_needed or dosage.as_needed_codeable_concept is not None or dosage.as_needed_for
    )


def _length(duration: Quantity | None, span: Range | None) -> tuple[int, int] | None:
    days = whole_days(duration)
    if days:
        return days, days
    most = whole_days(span.high) if span else None
    least = whole_days(span.low) if span else None
    return (least or 1, most) if most else None
