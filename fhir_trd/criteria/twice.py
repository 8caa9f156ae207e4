"""One antidepressant mentioned twice, then another one twice: the episodes of a published Python package."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from fhir_trd.criteria.counted import counted_ruling
from fhir_trd.criteria.mentions import Mention, are_exact, mentions_of, names_of, origins_of
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import Days, on
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, truth_of


class Pair(Struct, frozen=True):
    """Two courses: the first and the second mention of one drug, and of the one after it."""

    first: Mention
    first_again: int
    then: Mention
    then_again: int


def two_mentioned_twice(history: History, rule: Rule) -> Ruling:
    """Looks for a drug mentioned twice so many days apart, and then another one likewise."""
    days, needed = rule.whole("course_days"), rule.whole("drugs")
    names, exact = names_of(history), are_exact(history)
    found = first_pair(mentions_of(history), days)
    possible = found is not None if exact else len(names) >= needed
    truth = truth_of(exact and found is not None, possible)
    pair = (names[found.first.drug], names[found.then.drug]) if found and exact else ()
    met_on = on(date.fromordinal(found.then_again)) if found and truth is Truth.YES else None
    told = f"{' and '.join(pair)}, complete on {met_on.earliest}" if met_on else "none surely found"
    return counted_ruling(
        history,
        rule,
        truth,
        needed=needed,
        count=Days(len(pair), len(pair) if exact else min(len(names), needed)),
        counted=pair,
        evidence=origins_of(history),
        because=f"two antidepressants, each mentioned twice at least {days} days apart: {told}",
        met_on=met_on,
    )


def first_pair(mentions: Sequence[Mention], course_days: int) -> Pair | None:
    """The first two courses, in the order in which the published code looks for them."""
    return next(_pairs(mentions, course_days), None)


def _pairs(mentions: Sequence[Mention], course_days: int) -> Iterator[Pair]:
    for then in mentions[1:]:
        again = _again(mentions, then, course_days)
        first = _before(mentions, then, course_days) if again is not None else None
        if first is not None and again is not None:
            yield Pair(first[0], first[1], then, again)


def _before(mentions: Sequence[Mention], then: Mention, course_days: int) -> tuple[Mention, int] | None:
    """The first course of another drug before this mention.

    The published code looks only at as many of all mentions as other drugs have before it, less one; so does this.
    """
    others = sum(one.drug != then.drug and one.day <= then.day for one in mentions)
    for first in mentions[: max(0, others - 1)]:
        again = _again(mentions, first, course_days)
        fits = first.day + course_days - 1 <= then.day
        if fits and again is not None and not _interrupted(mentions, then.drug, first.day, again):
            return first, again
    return None


def _again(mentions: Sequence[Mention], first: Mention, course_days: int) -> int | None:
    """The day of the earliest later mention of the same drug that completes a course."""
    return next((one.day for one in mentions if one.drug == first.drug and one.day >= first.day + course_days - 1), None)


def _interrupted(mentions: Sequence[Mention], drug: str, first: int, last: int) -> bool:
    return any(one.drug == drug and first <= one.day < last for one in mentions)
