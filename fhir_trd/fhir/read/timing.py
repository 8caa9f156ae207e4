"""How often a dose is taken in a day, and for how many days."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from fhir_trd.fhir.slices import ConceptSlice, Quantity, Repeat, Timing
from fhir_trd.model.knowledge import FrequencyCode

DAYS_IN = {
    "s": Fraction(1, 86400), "min": Fraction(1, 1440), "h": Fraction(1, 24), "d": Fraction(1), "wk": Fraction(7),
    "mo": Fraction(30), "a": Fraction(365),
}  # fmt: skip
_SPELT = {"hr": "h", "hour": "h", "day": "d", "week": "wk", "w": "wk", "month": "mo", "m": "mo", "year": "a", "yr": "a", "y": "a"}
WEEK = "wk"


class Rate(Struct, frozen=True):
    """Doses in a day, at least and at most."""

    least: Fraction
    most: Fraction


ONCE = Rate(Fraction(1), Fraction(1))


def exactly(number: float) -> Fraction:
    """The number that was written, not its nearest binary neighbour."""
    return Fraction(str(number))


def unit_of_time(word: str) -> Fraction | None:
    """The days in a unit of time, by UCUM code or English word."""
    plain = word.strip().lower()
    return DAYS_IN.get(plain) or DAYS_IN.get(_SPELT.get(plain.removesuffix("s"), ""))


def whole_days(duration: Quantity | None) -> int | None:
    """A length of time in whole days (a part of a day is a day), or None if it says nothing."""
    if duration is None or duration.value is None or duration.value <= 0:
        return None
    unit = unit_of_time(duration.code) or unit_of_time(duration.unit)
    if unit is None and not duration.code and not duration.unit:
        unit = DAYS_IN["d"]
    return max(1, int(exactly(duration.value) * unit)) if unit else None


class Frequencies:
    """Reads timings, with the frequency codes of the tables."""

    def __init__(self, table: Mapping[tuple[str, str], FrequencyCode]) -> None:
        self._by_code = {code.upper(): exactly(meaning.per_day) for (_, code), meaning in sorted(table.items())}

    def of_code(self, code: str) -> Rate | None:
        """The rate that a timing code or abbreviation stands for."""
        known = self._by_code.get(code.strip().upper())
        return Rate(known, known) if known else None

    def of(self, timing: Timing | None) -> Rate | None:
        """How often in a day, or None if the timing does not tell."""
        if timing is None:
            return None
        return (_of_repeat(timing.repeat) if timing.repeat else None) or self._of_concept(timing.code)

    def _of_concept(self, concept: ConceptSlice | None) -> Rate | None:
        if concept is None:
            return None
        words = [*(coding.code for coding in concept.coding), *(coding.display for coding in concept.coding), concept.text]
        return next((rate for rate in map(self.of_code, words) if rate), None)


def _of_repeat(repeat: Repeat) -> Rate | None:
    unit = unit_of_time(repeat.period_unit or repeat.period_units)
    moments = len(repeat.when) or len(repeat.time_of_day)
    if unit is None and (repeat.period_unit or repeat.period_units or not (moments or repeat.day_of_week or repeat.frequency)):
        return None
    if repeat.frequency is None and repeat.period is None and not (moments or repeat.day_of_week):
        return None
    times = exactly(repeat.frequency) if repeat.frequency and repeat.frequency > 0 else Fraction(1)
    most = exactly(repeat.frequency_max) if repeat.frequency_max and repeat.frequency_max >= times else times
    shortest = exactly(repeat.period or 1) * (unit or 1)
    longest = exactly(repeat.period_max or repeat.period or 1) * (unit or 1)
    if shortest <= 0 or longest < shortest:
        return None
    return _on_some_days(Rate(max(times, Fraction(moments)) / longest, max(most, Fraction(moments)) / shortest), repeat)


def _on_some_days(rate: Rate, repeat: Repeat) -> Rate:
    """The rate over a whole week, where the doses are taken on some days of it only."""
    days = len(set(repeat.day_of_week))
    if not days:
        return rate
    share = days / DAYS_IN[WEEK]
    if (repeat.period_unit or repeat.period_units) == WEEK:
        return Rate(max(rate.least, share), max(rate.most, share))
    return Rate(rate.least * share, rate.most * share)
