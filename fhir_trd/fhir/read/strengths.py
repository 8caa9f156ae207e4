"""Strengths in the names of medicines: "100 mg", "37,5 mg", "12 mg/24 h", "50 mg/5 mL"."""

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

_NUMBER = r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d+(?:[.,]\d+)?)"
_PER = r"(?:\s*/\s*(\d+(?:\.\d+)?)?\s*(ml|millilit(?:er|re)s?|h|hr|hrs|hours?|24h|d|day)\b)?"
PER_ML, PER_DAY, PLAIN = "mg/mL", "mg/24h", "mg"
_HOURS_IN_A_DAY = 24


class Strength(Struct, frozen=True):
    """So many mg in one unit ("mg"), in a millilitre ("mg/mL") or in a day's patch ("mg/24h")."""

    amount: float
    unit: str = PLAIN


class Strengths:
    """Finds strengths in text, with the mass units of the tables."""

    def __init__(self, mass_units: Mapping[str, float]) -> None:
        self._units = {unit.lower(): factor for unit, factor in mass_units.items() if "/" not in unit}
        spelt = "|".join(re.escape(unit) for unit in sorted(self._units, key=lambda unit: (-len(unit), unit)))
        self._pattern = re.compile(rf"{_NUMBER}\s*-?\s*({spelt or '(?!)'})(?![\w]){_PER}", re.IGNORECASE)
        self.in_text = lru_cache(maxsize=8192)(self._in_text)

    def _in_text(self, text: str) -> tuple[Strength, ...]:
        """The different strengths in a text, in their order."""
        found = [self._strength(*hit.groups()) for hit in self._pattern.finditer(text)]
        return tuple(dict.fromkeys(found))

    def _strength(self, number: str, unit: str, per: str | None, of: str | None) -> Strength:
        amount = number_in(number) * self._units[unit.lower()]
        if not of:
            return Strength(amount)
        divisor = float(per or 1)
        if of.lower().startswith("m"):
            return Strength(amount / divisor, PER_ML)
        if of.lower().startswith("h"):
            return Strength(amount * _HOURS_IN_A_DAY / divisor, PER_DAY)
        return Strength(amount, PER_DAY)


def number_in(text: str) -> float:
    """The number that was written, with a comma for thousands or for decimals."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))
