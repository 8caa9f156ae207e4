"""Whether an option can be put to a clinician: one small test for each word an option's ``when`` may hold."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import shifted
from fhir_trd.model.plans import Standing
from fhir_trd.model.records import Certainty, StopReason
from fhir_trd.model.trials import Link
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Result, Severity
from fhir_trd.planning.facts import Facts, evidence_of, names_of, sources_of
from fhir_trd.planning.grounds import conditions_of

OPEN_QUESTIONS = "open-questions"
"""The word for an option that needs to know what would settle the verdict."""

STILL_YOUNG = "ongoing_insufficient"
"""The reason code of a trial that has not had its time yet."""


class Ground(Struct, frozen=True):
    """Where an option stands, why, and the evidence."""

    standing: Standing
    because: str
    evidence: tuple[Origin, ...] = ()


def always(facts: Facts) -> Ground:
    """An option for every patient."""
    return Ground(Standing.SUGGESTED, "belongs to every plan")


def when_questions_are_open(facts: Facts) -> Ground:
    """An option for a verdict that a missing fact could change."""
    questions = facts.verdict.would_settle
    if not questions:
        return Ground(Standing.NOT_ELIGIBLE, "no missing fact could change the verdict")
    asked = "; ".join(dict.fromkeys(question.ask for question in questions))
    evidence = evidence_of(question.evidence for question in questions)
    return Ground(Standing.SUGGESTED, f"could change the verdict: {asked}", evidence)


def when_trials_are_recorded(facts: Facts) -> Ground:
    """An option for whoever has taken an antidepressant."""
    trials = facts.history.trials
    if not trials:
        return Ground(Standing.NOT_ELIGIBLE, "no antidepressant trial is recorded")
    return Ground(Standing.SUGGESTED, f"antidepressant trials are recorded: {names_of(trials)}", sources_of(trials))


def when_met(facts: Facts) -> Ground:
    """An option for whoever meets the criteria; for an open verdict a clinician must look first."""
    return _by_result(facts, open_standing=Standing.NEEDS_REVIEW)


def when_met_or_open(facts: Facts) -> Ground:
    """An option for whoever meets the criteria or may meet them."""
    return _by_result(facts, open_standing=Standing.SUGGESTED)


def when_one_trial_failed(facts: Facts) -> Ground:
    """An option after at least one adequate trial that failed."""
    if failed := facts.judged(Truth.YES):
        return Ground(Standing.SUGGESTED, f"an adequate trial failed: {names_of(failed)}", sources_of(failed))
    if open_trials := facts.judged(Truth.MAYBE):
        because = f"whether an adequate trial failed is not settled: {names_of(open_trials)}"
        return Ground(Standing.NEEDS_REVIEW, because, sources_of(open_trials))
    return Ground(Standing.NOT_ELIGIBLE, "no adequate trial is known to have failed")


def when_a_trial_failed_or_was_not_tolerated(facts: Facts) -> Ground:
    """An option after a failure, and after a drug that was stopped for side effects."""
    failed = when_one_trial_failed(facts)
    stopped = tuple(trial for trial in facts.history.trials if trial.stop_reason is StopReason.INTOLERANCE)
    if failed.standing is Standing.SUGGESTED or not stopped:
        return failed
    return Ground(Standing.SUGGESTED, f"stopped for side effects: {names_of(stopped)}", sources_of(stopped))


def when_a_trial_goes_on(facts: Facts) -> Ground:
    """An option for whoever takes an antidepressant now."""
    if not facts.ongoing:
        return Ground(Standing.NOT_ELIGIBLE, "no antidepressant is being taken, as far as the record says")
    return Ground(Standing.SUGGESTED, f"still being taken: {names_of(facts.ongoing)}", sources_of(facts.ongoing))


def when_something_is_urgent(facts: Facts) -> Ground:
    """An option for whoever has a flag that cannot wait."""
    urgent = facts.raised(Severity.STOP)
    if not urgent:
        return Ground(Standing.NOT_ELIGIBLE, "no urgent flag is raised")
    because = "; ".join(dict.fromkeys(flag.because for flag in urgent))
    return Ground(Standing.SUGGESTED, because, evidence_of(flag.evidence for flag in urgent))


def when_enough_trials_failed(facts: Facts) -> Ground:
    """An option after as many failures as its row asks for."""
    failed, needed = facts.judged(Truth.YES), facts.option.failures
    weighed = failed + facts.judged(Truth.MAYBE)
    if len(failed) >= needed:
        return Ground(Standing.SUGGESTED, f"{len(failed)} adequate trials failed: {names_of(failed)}", sources_of(failed))
    if len(weighed) >= needed:
        because = f"whether {needed} adequate trials failed is not settled: {names_of(weighed)}"
        return Ground(Standing.NEEDS_REVIEW, because, sources_of(weighed))
    return Ground(Standing.NOT_ELIGIBLE, f"needs {needed} failed adequate trials, at most {len(weighed)} are recorded")


def when_a_trial_is_young(facts: Facts) -> Ground:
    """An option for whoever takes an antidepressant that has not had its time yet."""
    young = facts.because_of(STILL_YOUNG)
    if not young:
        return Ground(Standing.NOT_ELIGIBLE, "no antidepressant is too new to be judged")
    so_far = ", ".join(f"{trial.drug.name} for {trial.adequate.most} days so far" for trial in young)
    return Ground(Standing.SUGGESTED, f"too new to be judged: {so_far}", sources_of(young))


def when_not_given_yet(facts: Facts) -> Ground:
    """An option that is open until it was given in this episode; then a person must say whether that was enough."""
    start = facts.history.episode.start
    given = [
        one
        for one in facts.history.treatments
        if one.kind == facts.option.id and (start is None or one.end.latest >= start.earliest)
    ]
    if not given:
        return Ground(Standing.SUGGESTED, "no course in this episode is recorded")
    evidence = evidence_of((one.origin,) for one in given)
    return Ground(Standing.NEEDS_REVIEW, "a course is recorded: was it adequate?", evidence)


def when_work_up_is_missing(facts: Facts) -> Ground:
    """An option for whoever lacks a recent baseline; what is missing is named."""
    days = facts.option.fresh
    recorded = facts.recorded_since(date.min if days is None else shifted(facts.history.as_of, -days))
    missing = [kind for kind in facts.option.wants if kind not in recorded]
    if not missing:
        return Ground(Standing.NOT_ELIGIBLE, "all of it that is read from the record is recent")
    return Ground(Standing.SUGGESTED, f"not on record for the last {days} days: {', '.join(missing)}")


def when_fast_help_is_needed(facts: Facts) -> Ground:
    """An option for urgent cases and for what its row names (psychosis), whatever failed; else for whoever meets the criteria."""
    return _urgent_or_named(facts) or when_met_or_open(facts)


def when_a_specialist_is_needed(facts: Facts) -> Ground:
    """An option for urgent cases, what its row names, and whoever meets the criteria; open cases need several switches."""
    return _urgent_or_named(facts) or _open_after_switches(facts)


def _urgent_or_named(facts: Facts) -> Ground | None:
    urgent = when_something_is_urgent(facts)
    if urgent.standing is Standing.SUGGESTED:
        return Ground(Standing.SUGGESTED, f"urgent: {urgent.because}", urgent.evidence)
    present = (one for one in conditions_of(facts.history) if not one.course.is_past)
    found = [one for one in present if one.category in facts.option.findings]
    if not found:
        return None
    surely = any(one.certainty is Certainty.CONFIRMED for one in found)
    named = ", ".join(sorted({one.category for one in found}))
    words = "recorded" if surely else "suspected"
    return Ground(Standing.SUGGESTED, f"{words}: {named}", evidence_of((one.origin,) for one in found))


def _open_after_switches(facts: Facts) -> Ground:
    ground, needed = when_met(facts), facts.option.switches
    switched = tuple(trial for trial in facts.history.trials if trial.relation.kind is Link.SWITCH)
    if ground.standing is not Standing.NEEDS_REVIEW or len(switched) < needed:
        return ground
    because = f"{ground.because}; {len(switched)} switches: {names_of(switched)}"
    return Ground(Standing.SUGGESTED, because, evidence_of((ground.evidence, sources_of(switched))))


def _by_result(facts: Facts, *, open_standing: Standing) -> Ground:
    verdict = facts.verdict
    if verdict.result is Result.MET:
        failed = facts.judged(Truth.YES)
        return Ground(Standing.SUGGESTED, f"{verdict.criteria} is met: {names_of(failed)}", sources_of(failed))
    if verdict.result is Result.INDETERMINATE:
        weighed = facts.judged(Truth.YES) + facts.judged(Truth.MAYBE)
        because = f"whether {verdict.criteria} is met is not settled: {verdict.least} to {verdict.most} of {verdict.needed}"
        return Ground(open_standing, because, sources_of(weighed))
    return Ground(Standing.NOT_ELIGIBLE, f"{verdict.criteria} is not met: at most {verdict.most} of {verdict.needed}")


TESTS: Mapping[str, Callable[[Facts], Ground]] = MappingProxyType(
    {
        "always": always,
        OPEN_QUESTIONS: when_questions_are_open,
        "trials": when_trials_are_recorded,
        "met": when_met,
        "met-or-open": when_met_or_open,
        "fast-help": when_fast_help_is_needed,
        "one-failure": when_one_trial_failed,
        "failure-or-intolerance": when_a_trial_failed_or_was_not_tolerated,
        "failures": when_enough_trials_failed,
        "too-young": when_a_trial_is_young,
        "not-given": when_not_given_yet,
        "work-up": when_work_up_is_missing,
        "refer": when_a_specialist_is_needed,
        "ongoing": when_a_trial_goes_on,
        "stop-flag": when_something_is_urgent,
    }
)
"""Every eligibility test, by the word that stands for it in the table of options."""
