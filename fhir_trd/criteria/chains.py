"""Treatments that follow one another: the three-valued search on which published algorithms rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct, structs

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import Days, When
from fhir_trd.model.trials import AgentUse, History, Trial, Use
from fhir_trd.model.truth import Truth, all_of, truth_of

ANTIPSYCHOTIC = "antipsychotic"


class Course(Struct, frozen=True):
    """A treatment in time, as an algorithm that asks for no outcome sees it: what, when, and days at the minimum dose.

    ``sure`` is maybe where uncertain dates leave open whether these days were one course.
    """

    key: str
    name: str
    drug_class: str
    start: When
    end: When
    adequate: Days
    sources: tuple[Origin, ...]
    sure: Truth = Truth.YES


Chain = tuple[Course, ...]
Joins = Callable[[Chain, Course], Truth]


def antidepressant_courses(history: History) -> tuple[Course, ...]:
    """Every exposure of an antidepressant, whatever it was given for."""
    return tuple(course for trial in history.trials for course in _courses(trial, history.uses))


def agent_courses(history: History, classes: Iterable[str] = ()) -> tuple[Course, ...]:
    """Every exposure of another agent, of the classes named or (none named) of all."""
    wanted = frozenset(classes)
    found = (agent for agent in history.agents if not wanted or agent.drug.drug_class in wanted)
    return tuple(course for agent in found for course in _courses(agent, history.uses))


def treatment_courses(history: History, kinds: Iterable[str]) -> tuple[Course, ...]:
    """Every treatment of these kinds that is not a drug."""
    wanted = frozenset(kinds)
    return tuple(
        Course(one.kind, one.kind, one.kind, one.start, one.end, Days(0, 0), (one.origin,))
        for one in history.treatments
        if one.kind in wanted
    )


def chains(courses: Sequence[Course], length: int, joins: Joins) -> tuple[tuple[Truth, Chain], ...]:
    """Every chain of that many courses that may hold, with whether it surely does; a chain grows by what ``joins`` allows."""
    grown: tuple[tuple[Truth, Chain], ...] = ((Truth.YES, ()),)
    for _ in range(length):
        longer = ((all_of((held, one.sure, joins(chain, one))), (*chain, one)) for held, chain in grown for one in courses)
        grown = tuple((held, chain) for held, chain in longer if held is not Truth.NO)
    return grown


def longest(courses: Sequence[Course], needed: int, joins: Joins) -> Days:
    """The longest chain, surely and possibly, up to the length needed."""
    lengths = range(1, needed + 1)
    rows = {length: [held for held, _ in chains(courses, length, joins)] for length in lengths}
    least = max((length for length in lengths if Truth.YES in rows[length]), default=0)
    return Days(least, max((length for length in lengths if rows[length]), default=0))


def earlier(first: When, then: When) -> Truth:
    """Whether the first day lies before the other."""
    return truth_of(first.latest < then.earliest, first.earliest < then.latest)


def within(first: When, then: When, days: int) -> Truth:
    """Whether the second day comes no more than so many days after the first (or before it)."""
    return truth_of(_days(first.earliest, then.latest) <= days, _days(first.latest, then.earliest) <= days)


def uncovered(first: Course, then: Course) -> Days:
    """The days between the end of one course and the start of the next, at least and at most; an overlap is no gap."""
    least = _days(first.end.latest, then.start.earliest) - 1
    most = _days(first.end.earliest, then.start.latest) - 1
    return Days(max(0, least), max(0, most))


def at_most(limit: int, days: Days) -> Truth:
    """Whether a number of days stays within a limit."""
    return truth_of(days.most <= limit, days.least <= limit)


def _days(first: date, then: date) -> int:
    return (then - first).days


def _courses(one: Trial | AgentUse, uses: Iterable[Use]) -> Iterator[Course]:
    """An exposure as a course; one that may have been several also as any of these, none of them sure."""
    drug = one.drug
    key = drug.distinct_name
    sure = truth_of(one.surely_one, possibly=True)
    whole = Course(key, drug.name, drug.drug_class, one.start, one.end, one.adequate, one.sources, sure)
    yield whole
    if not one.surely_one:
        yield _any_part(whole, [use for use in uses if use.drug.ingredient == drug.ingredient and use.origin in one.sources])


def _any_part(whole: Course, uses: Sequence[Use]) -> Course:
    """Any of the courses that an exposure may consist of: begun with one of its records, ended with one."""
    start = When(whole.start.earliest, max((use.start.latest for use in uses), default=whole.start.latest))
    end = When(min((use.end.earliest for use in uses), default=whole.end.earliest), whole.end.latest)
    return structs.replace(whole, start=start, end=end, adequate=Days(0, whole.adequate.most))
