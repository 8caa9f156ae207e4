"""FHIR dates as days or ranges of days. The day is the one that was written: no time zone moves it."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

from fhir_trd.fhir.read.margin import Margin
from fhir_trd.model.dates import When, shifted

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?\Z", re.DOTALL)
NOT_A_DATE = "text that is no date"
IMPOSSIBLE = "a day that no calendar has"
STANDS_FOR_UNKNOWN = "a date that stands for unknown"
_FIRST, _LAST_MONTH = 1, 12


@lru_cache(maxsize=16384)
def written_day(text: str) -> When | str:
    """The day, month or year as a range of days, or in words why the text is none."""
    parts = _DATE.match(text.strip())
    if not parts:
        return NOT_A_DATE
    year, month, day = (int(part) if part else None for part in parts.groups())
    try:
        return _range_of(year or 0, month, day)
    except ValueError:
        return IMPOSSIBLE


def _range_of(year: int, month: int | None, day: int | None) -> When:
    if month is None:
        return When(date(year, _FIRST, _FIRST), date(year, _LAST_MONTH, 31))
    if day is None:
        return When(date(year, month, _FIRST), date(year, month, monthrange(year, month)[1]))
    return When(date(year, month, day), date(year, month, day))


class Calendar:
    """Reads dates, and knows which ones stand for "not known"."""

    def __init__(self, sentinels: tuple[date, ...]) -> None:
        self._sentinels = frozenset(sentinels)

    def day(self, text: str, path: str, margin: Margin) -> When | None:
        """The date at this path, or None if there is none to rely on; a bad one is noted in the margin."""
        if not text:
            return None
        read = written_day(text)
        if isinstance(read, When) and read.earliest not in self._sentinels:
            return read
        if isinstance(read, str):
            margin.note("unreadable-date", path, read, "date taken as unknown")
        elif read.is_exact:
            margin.note("sentinel-date", path, STANDS_FOR_UNKNOWN, "date taken as unknown")
        else:
            return read
        return None

    def is_known(self, text: str) -> bool:
        """Whether the text is a date to rely on."""
        read = written_day(text)
        return isinstance(read, When) and read.earliest not in self._sentinels


def later(when: When, days: int) -> When:
    """The day so many days after another, as uncertain as that."""
    return When(shifted(when.earliest, days), shifted(when.latest, days))


def lasting(start: When, least: int, most: int) -> When:
    """The last of so many days from the start on, at least and at most."""
    first = shifted(start.earliest, least - 1)
    return When(first, first if start.is_exact and least == most else shifted(start.latest, most - 1))
