"""Days as people record them: often a month or a year wide, sometimes open at one end.

All spans are inclusive: 1 January to 11 February is 42 days. A date that is only known to the year is that whole
year, never its first day.
"""

from datetime import date, timedelta

from msgspec import Struct

LONG_AGO = date.min
"""The earliest day of something whose beginning nobody recorded."""


class When(Struct, frozen=True, gc=False):
    """A day, or the range of days in which it must lie (both ends inclusive)."""

    earliest: date
    latest: date

    @property
    def is_exact(self) -> bool:
        """Whether the day itself is known."""
        return self.earliest == self.latest


class Days(Struct, frozen=True):
    """A number of days, known to lie between ``least`` and ``most``."""

    least: int
    most: int


NO_DAYS = Days(0, 0)


def on(day: date) -> When:
    """A day that is known exactly."""
    return When(day, day)


def shifted(day: date, days: int) -> date:
    """The day that many days later (earlier if negative), held inside the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def days_between(first: date, last: date) -> int:
    """The number of days from first to last, both counted; negative or zero if last lies before first."""
    return (last - first).days + 1


def years_at(born: date, day: date) -> int:
    """Full years of age of someone born on ``born``, on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
