"""A staging by points applied to claims: adequate courses in a window, whatever became of them."""

from fhir_trd.criteria.counted import counted_ruling
from fhir_trd.criteria.failures import Failure, Failures
from fhir_trd.criteria.mgh import MGH_S, Added, mgh
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.criteria.shocks import ECT, shocks_of
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import Days, When, shifted
from fhir_trd.model.staging import MghRules
from fhir_trd.model.trials import AugmentationAnswer, History, Trial
from fhir_trd.model.truth import Truth, all_of, at_least, truth_of

ANY_OUTCOME = Added(
    surely=(AugmentationAnswer.ADEQUATE_FAILED, AugmentationAnswer.ADEQUATE_RESPONDED),
    possibly=(AugmentationAnswer.ADEQUATE_FAILED, AugmentationAnswer.ADEQUATE_RESPONDED, AugmentationAnswer.UNKNOWN),
    any_episode=True,
)
"""Claims do not tell how a drug worked: every augmentation that was adequate counts."""


def staged_above(history: History, rule: Rule) -> Ruling:
    """Asks whether the points of the courses in a window, whatever their outcome, are above a limit."""
    staging = mgh(_courses(history, rule), _points_of(rule), ANY_OUTCOME)
    assert staging.least is not None, "this model gives points to every history"
    assert staging.most is not None, "this model gives points to every history"
    limit = rule.number("above")
    bounds = f"{staging.least:g}" if staging.is_settled else f"{staging.least:g} to {staging.most:g}"
    return counted_ruling(
        history,
        rule,
        truth_of(staging.least > limit, staging.most > limit),
        needed=int(limit) + 1,
        count=Days(int(staging.least), int(staging.most)),
        counted=sorted(part.name for part in staging.parts if part.least),
        evidence=(origin for part in staging.parts for origin in part.evidence),
        because=f"{bounds} points, more than {limit:g} needed",
    )


def _courses(history: History, rule: Rule) -> Failures:
    found = [(_counts(trial, history, rule), trial) for trial in history.trials]
    trials = tuple(Failure(trial, answer is Truth.YES, trial.adequate) for answer, trial in found if answer is not Truth.NO)
    held = [(one, _within(one.start, history, rule)) for one in history.treatments if one.kind == ECT]
    return Failures(history, trials, shocks_of(held, rule.whole("ect_sessions")))


def _counts(trial: Trial, history: History, rule: Rule) -> Truth:
    long_enough = at_least(rule.whole("adequate_days"), trial.adequate.least, trial.adequate.most)
    return all_of((long_enough, _within(trial.start, history, rule)))


def _within(start: When, history: History, rule: Rule) -> Truth:
    opens = shifted(history.as_of, -rule.whole("within"))
    return truth_of(start.earliest > opens, start.latest > opens)


def _points_of(rule: Rule) -> MghRules:
    return MghRules(
        title=MGH_S,
        trial=rule.number("trial"),
        optimised=rule.number("optimised"),
        augmentation=rule.number("augmentation"),
        ect=rule.number("ect"),
        raised_days=rule.whole("raised_days"),
        long_days=rule.whole("long_days"),
        ect_sessions=rule.whole("ect_sessions"),
    )
