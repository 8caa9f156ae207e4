"""What a dosage says in words only: "take 1 tablet by mouth daily", "one tab bid"."""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from fhir_trd.fhir.read.strengths import number_in
from fhir_trd.fhir.read.timing import DAYS_IN, Frequencies, Rate, exactly, unit_of_time

_WHOLE = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "once": 1, "twice": 2, "thrice": 3}
_WORDS = {"half": Fraction(1, 2), **{word: Fraction(number) for word, number in _WHOLE.items()}}
_NUMBER = r"\d+(?:[.,]\d+)?|half|one|two|three|four|an?"
_PER = r"(?:a|an|per|each|every|/)\s*"
_TIMES = re.compile(
    rf"\b(once|twice|thrice|(?:{_NUMBER})(?:\s*(?:-|to)\s*(?:{_NUMBER}))?\s*(?:times|x))\s*(?:{_PER})?(day|daily|week|weekly)\b"
)
_EVERY = re.compile(rf"\bevery\s+(?:({_NUMBER}|other)\s*)?(hours?|hrs?|h|days?|mornings?|evenings?|nights?|weeks?)\b")
_MOMENTS = (
    r"\b(?:mornings?|breakfast|am)\b",
    r"\b(?:noon|midday|lunch)\b",
    r"\b(?:evenings?|nights?|nightly|bedtime|supper|dinner|pm)\b",
)
_DAILY, _WEEKLY, _ONCE = re.compile(r"\b(?:daily|a day|each day|per day)\b"), re.compile(r"\bweekly\b"), re.compile(r"\bonce\b")
_WORD = re.compile(r"[a-z]+\d*[a-z]*")
_AS_NEEDED = re.compile(r"\b(?:as needed|when needed|if needed|as required|when required|if required|prn|p\.r\.n)\b")
_CHANGING = re.compile(r"\b(?:then|increase|decrease|increasing|reduce|reducing|taper|titrate|after \d+)\b")
_OTHER = Fraction(2)
LITTLE = frozenset({"a", "an", "once", "am", "pm"})


class Told(Struct, frozen=True):
    """An amount in words: how much at a time at least and at most, of which unit ("" for "take one daily")."""

    least: Fraction
    most: Fraction
    unit: str


class Sigs:
    """Reads dosages in words. Units are those of the tables; a text that tells of changing doses tells nothing."""

    def __init__(self, units: Iterable[str], frequencies: Frequencies) -> None:
        spelt = "|".join(re.escape(unit.lower()) for unit in sorted(units, key=lambda unit: (-len(unit), unit)))
        amount = rf"(?<![\w.,/-])({_NUMBER})(?:\s*(?:-|to|or)\s*({_NUMBER}))?\s*"
        self._amount = re.compile(rf"{amount}({spelt or '(?!)'})(?!\w)")
        self._bare = re.compile(rf"\btake\s+({_NUMBER})()()\b(?!\s*(?:times|x)\b)")
        self._frequencies = frequencies
        self.amount = lru_cache(maxsize=8192)(self._find_amount)
        self.rate = lru_cache(maxsize=8192)(self._find_rate)

    def _find_amount(self, text: str) -> Told | None:
        """How much at a time, if the text names one amount and no more."""
        plain = text.lower()
        if _CHANGING.search(plain):
            return None
        found = {self._told(*hit.groups()) for hit in self._amount.finditer(plain)}
        if not found:
            found = {self._told(*hit.groups()) for hit in self._bare.finditer(plain)}
        return found.pop() if len(found) == 1 else None

    def _told(self, first: str, second: str | None, unit: str) -> Told:
        least = _number(first)
        return Told(least, _number(second) if second else least, unit)

    def _find_rate(self, text: str) -> Rate | None:
        """How often in a day."""
        plain = text.lower()
        if _CHANGING.search(plain):
            return None
        return self._times(plain) or self._every(plain) or self._abbreviated(plain) or _by_moments(plain)

    def _times(self, plain: str) -> Rate | None:
        hit = _TIMES.search(plain)
        if not hit:
            return None
        numbers = [_number(word) for word in re.findall(rf"once|twice|thrice|{_NUMBER}", hit[1])]
        days = DAYS_IN["wk" if hit[2].startswith("week") else "d"]
        return Rate(min(numbers) / days, max(numbers) / days)

    def _every(self, plain: str) -> Rate | None:
        hit = _EVERY.search(plain)
        if not hit:
            return None
        number = _OTHER if hit[1] == "other" else _number(hit[1]) if hit[1] else Fraction(1)
        unit = unit_of_time(hit[2]) or DAYS_IN["d"]
        if number <= 0 or (not hit[1] and unit == 1):
            return _by_moments(plain) or Rate(Fraction(1), Fraction(1))
        return Rate(1 / (number * unit), 1 / (number * unit))

    def _abbreviated(self, plain: str) -> Rate | None:
        words = [word for word in _WORD.findall(plain.replace(".", "")) if word not in LITTLE]
        return next((rate for rate in map(self._frequencies.of_code, words) if rate), None)


def as_needed(text: str) -> bool:
    """Whether the words say that the drug is taken only when needed."""
    return bool(_AS_NEEDED.search(text.lower()))


def _by_moments(plain: str) -> Rate | None:
    moments = sum(bool(re.search(moment, plain)) for moment in _MOMENTS)
    if moments:
        return Rate(Fraction(moments), Fraction(moments))
    if _WEEKLY.search(plain):
        return Rate(1 / DAYS_IN["wk"], 1 / DAYS_IN["wk"])
    return Rate(Fraction(1), Fraction(1)) if _DAILY.search(plain) or _ONCE.search(plain) else None


def _number(word: str) -> Fraction:
    return _WORDS[word] if word in _WORDS else exactly(number_in(word))
