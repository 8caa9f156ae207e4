"""How days, counts, doses and scores look to a reader: never more certain than they are."""

import calendar
from datetime import date

from fhir_trd.model.dates import LONG_AGO, Days, When
from fhir_trd.model.trials import Outcome, Trial
from fhir_trd.report.words import RESPONSES, reason

ARROW = "→"
DASH = "–"
A_CENTURY = 36_525
"""More days than a person takes a drug: the count of a drug whose beginning nobody recorded."""


def day(when: When) -> str:
    """A day as exactly as it is known: "2024-03-01", "2024-03", "2024", "by 2024-03-01", or a range."""
    if when.is_exact:
        return when.earliest.isoformat()
    if when.earliest == LONG_AGO:
        return "not known" if when.latest == date.max else f"by {when.latest.isoformat()}"
    if when.latest == date.max:
        return f"from {when.earliest.isoformat()}"
    return _whole_period(when) or f"{when.earliest.isoformat()}…{when.latest.isoformat()}"


def _whole_period(when: When) -> str:
    """The name of the year or month that this range is, or nothing."""
    first, last = when.earliest, when.latest
    if first.year != last.year or first.day != 1:
        return ""
    if (first.month, last.month, last.day) == (1, 12, 31):
        return f"{first.year:04}"
    whole = first.month == last.month and last.day == calendar.monthrange(last.year, last.month)[1]
    return f"{first.year:04}-{first.month:02}" if whole else ""


def taken(trial: Trial) -> str:
    """From when to when a drug was taken, one above the other: a narrow window has no room for both side by side."""
    return f"{day(trial.start)} {DASH}\n{'ongoing' if trial.ongoing else day(trial.end)}"


def between(least: float, most: float) -> str:
    """A count as one number if it is certain, else as its two bounds."""
    return number(least) if least == most else f"{number(least)}{DASH}{number(most)}"


def days(count: Days) -> str:
    """A number of days, with both bounds if they differ; one that nobody bounded is so many "or more"."""
    return f"{count.least} or more" if count.most > A_CENTURY else between(count.least, count.most)


def number(value: float) -> str:
    """A number without a needless ".0"."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))


def dose(mg: float | None) -> str:
    """A dose in mg, or that it is not known."""
    return "unknown" if mg is None else f"{number(mg)} mg"


def outcome(found: Outcome) -> str:
    """How well a trial worked, with the scores that say so: "no response (PHQ-9 20 → 17, 15 % better)"."""
    words = RESPONSES[found.response]
    scores = _scores(found)
    why = reason(found.because) if found.because and found.response == "unknown" else ""
    detail = ", ".join(part for part in (scores, why) if part)
    return f"{words} ({detail})" if detail else words


def _scores(found: Outcome) -> str:
    if found.endpoint is None:
        return ""
    scale, ends = found.endpoint.scale.upper(), number(found.endpoint.value)
    if found.baseline is None:
        return f"{scale} {ends}"
    return f"{scale} {number(found.baseline.value)} {ARROW} {ends}{_change(found.improvement)}"


def _change(percent: float | None) -> str:
    if percent is None:
        return ""
    return f", {number(round(abs(percent), 1))} % {'worse' if percent < 0 else 'better'}"
