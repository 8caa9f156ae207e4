"""Adequate courses and the start of another one: the claims algorithm (clinical rule 1.3, ruling R21)."""

from functools import partial

from fhir_trd.criteria.chains import (
    Chain,
    Course,
    agent_courses,
    antidepressant_courses,
    at_most,
    chains,
    earlier,
    longest,
    uncovered,
    within,
)
from fhir_trd.criteria.counted import chain_ruling
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import Rule
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, all_of, at_least


def courses_then_another(history: History, rule: Rule) -> Ruling:
    """Looks for adequate courses of different drugs after which yet another drug was begun; the outcome is not asked."""
    needed = rule.whole("courses")
    courses = antidepressant_courses(history)
    if rule.flag("augmentation_is_course"):
        courses += agent_courses(history)
    joins = partial(_joins, rule)
    found = chains(courses, needed + 1, joins)
    asked = f"{needed} adequate courses and the start of another"
    return chain_ruling(history, rule, found, needed, longest(courses, needed, joins), asked)


def _joins(rule: Rule, chain: Chain, course: Course) -> Truth:
    """Whether a course may follow a chain: another drug, begun later, soon enough; adequate, unless it is the last one."""
    if any(course.key == one.key for one in chain):
        return Truth.NO
    parts = [_follows(chain[-1], course, rule.whole("longest_gap"))] if chain else []
    if len(chain) < rule.whole("courses"):
        parts.append(at_least(rule.whole("adequate_days"), course.adequate.least, course.adequate.most))
    else:
        parts.append(within(chain[0].start, course.start, rule.whole("all_within")))
    return all_of(parts)


def _follows(first: Course, then: Course, longest_gap: int) -> Truth:
    return all_of((earlier(first.start, then.start), at_most(longest_gap, uncovered(first, then))))
