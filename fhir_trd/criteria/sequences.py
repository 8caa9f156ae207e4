"""Treatments one after another in an episode, and shifts after a diagnosis: the register algorithms (clinical rule 1.3)."""

from functools import partial

from fhir_trd.criteria.chains import Chain, Course, antidepressant_courses, chains, earlier, longest, treatment_courses, within
from fhir_trd.criteria.counted import chain_ruling
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import LONG_AGO, Days, When, days_between
from fhir_trd.model.records import DEPRESSION, Certainty, Diagnosis
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, all_of, at_least, truth_of

UNKNOWN = When(LONG_AGO, LONG_AGO.max)


def treatments_in_episode(history: History, rule: Rule) -> Ruling:
    """Looks for different treatments of some length, one begun after another, in the current episode."""
    needed = rule.whole("treatments")
    courses = antidepressant_courses(history) + treatment_courses(history, rule.words("other_treatments"))
    start = history.episode.start or UNKNOWN
    joins = partial(_joins_episode, rule, start)
    asked = f"{needed} different treatments in this episode, one after another"
    return chain_ruling(history, rule, chains(courses, needed, joins), needed, longest(courses, needed, joins), asked)


def shifts_after_diagnosis(history: History, rule: Rule) -> Ruling:
    """Looks for changes to another antidepressant in a stretch of time after the first diagnosis of depression."""
    needed, days = rule.whole("shifts"), rule.whole("window_days")
    joins = partial(_shifts, first_diagnosis(history), days)
    courses = antidepressant_courses(history)
    length = longest(courses, needed + 1, joins)
    count = Days(max(0, length.least - 1), max(0, length.most - 1))
    asked = f"{needed} shifts within {days} days of the diagnosis"
    return chain_ruling(history, rule, chains(courses, needed + 1, joins), needed, count, asked)


def first_diagnosis(history: History) -> When | None:
    """When depression was first diagnosed: recorded, or else begun; None if no confirmed diagnosis is on record."""
    confirmed = [one for one in history.diagnoses if one.category == DEPRESSION and one.certainty is Certainty.CONFIRMED]
    days = [diagnosed_on(one) for one in confirmed]
    if not days:
        return None
    return When(min(day.earliest for day in days), min(day.latest for day in days))


def diagnosed_on(diagnosis: Diagnosis) -> When:
    """The day of a diagnosis: its onset if that is known, or else the day it was recorded."""
    return diagnosis.onset or diagnosis.recorded or UNKNOWN


def _joins_episode(rule: Rule, start: When, chain: Chain, course: Course) -> Truth:
    if any(course.key == one.key for one in chain):
        return Truth.NO
    parts = [earlier(chain[-1].start, course.start)] if chain else []
    parts.append(truth_of(course.start.earliest >= start.latest, course.start.latest >= start.earliest))
    if course.key not in rule.words("other_treatments"):
        parts.append(at_least(rule.whole("least_days"), *_length(course)))
    return all_of(parts)


def _length(course: Course) -> tuple[int, int]:
    """The days from the first to the last, at least and at most."""
    least = days_between(course.start.latest, course.end.earliest)
    return least, days_between(course.start.earliest, course.end.latest)


def _shifts(diagnosed: When | None, days: int, chain: Chain, course: Course) -> Truth:
    """Whether a course continues the chain: the first at any time, each other one another drug begun inside the window."""
    if not chain:
        return Truth.YES
    if diagnosed is None or course.key == chain[-1].key:
        return Truth.NO
    since = truth_of(course.start.earliest >= diagnosed.latest, course.start.latest >= diagnosed.earliest)
    return all_of((earlier(chain[-1].start, course.start), since, within(diagnosed, course.start, days)))
