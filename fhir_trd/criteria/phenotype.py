"""The earliest event of treatment resistance, as the phenotype library of an open network defines it."""

from functools import partial

from fhir_trd.criteria.chains import (
    ANTIPSYCHOTIC,
    Chain,
    Course,
    agent_courses,
    antidepressant_courses,
    chains,
    earlier,
    longest,
    within,
)
from fhir_trd.criteria.counted import chain_ruling
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.criteria.sequences import diagnosed_on
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import When
from fhir_trd.model.records import DEPRESSION, Certainty
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, all_of, any_of, truth_of


def earliest_event(history: History, rule: Rule) -> Ruling:
    """Looks for a further antidepressant after others, an antipsychotic after one, or a drug given for nothing else."""
    needed = rule.whole("antidepressants")
    courses = antidepressant_courses(history)
    antipsychotics = agent_courses(history, (ANTIPSYCHOTIC,))
    telling = tuple(course for course in courses if course.key in rule.words("telling_drugs"))
    switched = chains(courses, needed, _begun_after)
    added = tuple(
        (held, (first, then)) for first in courses for then in antipsychotics if (held := _starts(first, then)) is not Truth.NO
    )
    alone = tuple((Truth.YES, (course,)) for course in telling)
    found = _with_diagnosis(history, rule, (*switched, *added, *alone))
    asked = (
        f"antidepressant number {needed}, an antipsychotic after an antidepressant, or {' or '.join(rule.words('telling_drugs'))}"
    )
    return chain_ruling(history, rule, found, needed, longest(courses, needed, _begun_after), asked)


def _begun_after(chain: Chain, course: Course) -> Truth:
    if any(course.key == one.key for one in chain):
        return Truth.NO
    return _starts(chain[-1], course) if chain else Truth.YES


def _starts(first: Course, then: Course) -> Truth:
    return earlier(first.start, then.start)


def _with_diagnosis(history: History, rule: Rule, found: tuple[tuple[Truth, Chain], ...]) -> tuple[tuple[Truth, Chain], ...]:
    """The chains whose last course began no later than so many days after a diagnosis of depression."""
    diagnosed = partial(_diagnosed, history, rule.whole("diagnosis_within"))
    asked = ((all_of((held, diagnosed(chain[-1].start))), chain) for held, chain in found)
    return tuple((held, chain) for held, chain in asked if held is not Truth.NO)


def _diagnosed(history: History, days: int, event: When) -> Truth:
    """Whether depression was on record in the days before: as a diagnosis made then, or one still open."""
    known = [one for one in history.diagnoses if one.category == DEPRESSION]
    return any_of(
        all_of(
            (
                truth_of(one.certainty is Certainty.CONFIRMED, possibly=True),
                truth_of(diagnosed_on(one).latest <= event.earliest, diagnosed_on(one).earliest <= event.latest),
                within(diagnosed_on(one), event, days),
            )
        )
        for one in known
    )
