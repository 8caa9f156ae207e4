"""One trial under one criteria set: did it fail, adequately? In the fixed order of clinical rule 1.5 with ruling R15."""

from msgspec import Struct

from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import Days
from fhir_trd.model.records import Adherence, StopReason
from fhir_trd.model.trials import Link, Outcome, Place, Purpose, Response, Trial
from fhir_trd.model.truth import Truth, all_of, at_least
from fhir_trd.model.verdicts import Judgement

IMPROVED = (Response.RESPONSE, Response.REMISSION)
MEASURED = (Response.PARTIAL, Response.NON_RESPONSE)


class Terms(Struct, frozen=True):
    """What a criteria set asks of a trial: the numbers of its ``failed_trials`` rule, by name."""

    adequate_days: int
    improvement_below: float
    limit_fails: bool
    reason_alone: Truth
    partial_fails: bool
    current_only: bool
    intolerance_counts: bool
    adherence_needed: bool
    oral_only: bool
    combination_counts: bool
    loss_counts: bool


class Part(Struct, frozen=True):
    """One condition of a failed trial: its answer, and the reason code that goes with a no or a maybe."""

    answer: Truth
    reasons: tuple[str, ...] = ()


def terms_of(rule: Rule) -> Terms:
    """The terms of a ``failed_trials`` rule."""
    return Terms(
        adequate_days=rule.whole("adequate_days"),
        improvement_below=rule.number("improvement_below"),
        limit_fails=rule.flag("improvement_at_limit_fails"),
        reason_alone=Truth(rule.word("reason_alone")),
        partial_fails=rule.flag("stated_partial_fails"),
        current_only=rule.word("scope") == "current",
        intolerance_counts=rule.flag("intolerance_counts"),
        adherence_needed=rule.flag("adherence_needed"),
        oral_only=rule.flag("oral_only"),
        combination_counts=rule.flag("combination_counts"),
        loss_counts="loss_of_response_counts" in rule.parameters and rule.flag("loss_of_response_counts"),
    )


def judged(trial: Trial, terms: Terms) -> Judgement:
    """Whether a trial counts as a failed adequate trial, and why."""
    barred = _barred(trial, terms)
    if barred:
        return Judgement(trial.id, Truth.NO, (barred,))
    if not terms.intolerance_counts or StopReason.INTOLERANCE not in trial.possible_stops:
        return _judged_as_a_failure(trial, terms)
    if _surely_stopped_for(StopReason.INTOLERANCE, trial):
        return _of_parts(trial, [_purpose(trial), _episode(trial, terms)], ("intolerance",))
    failed = _judged_as_a_failure(trial, terms)
    return failed if failed.answer is Truth.YES else Judgement(trial.id, Truth.MAYBE, ("intolerance", "duration_unknown"))


def _judged_as_a_failure(trial: Trial, terms: Terms) -> Judgement:
    outcome = trial.outcome_for(terms.adequate_days)
    refuted = _too_little(trial, terms) or _not_a_failure(trial, outcome, terms)
    if refuted:
        return Judgement(trial.id, Truth.NO, (refuted, *_lost(trial)))
    parts = [
        _failure(trial, outcome, terms),
        _duration(trial, terms),
        _purpose(trial),
        _episode(trial, terms),
        _adherence(trial, terms),
    ]
    return _of_parts(trial, parts, _remarks(trial))


def days_of(trial: Trial, terms: Terms) -> Days:
    """The adequate days that this criteria set lets count."""
    if terms.combination_counts and trial.relation.kind is Link.COMBINATION and trial.place is not Place.STRADDLES:
        return trial.adequate
    return trial.inside if terms.current_only else trial.countable


def satisfies_failure(improvement: float, terms: Terms) -> bool:
    """Whether an improvement (percent) is small enough to be a failure under this set."""
    return improvement < terms.improvement_below or (terms.limit_fails and improvement == terms.improvement_below)


def _of_parts(trial: Trial, parts: list[Part], remarks: tuple[str, ...]) -> Judgement:
    reasons = dict.fromkeys([*remarks, *(reason for part in parts for reason in part.reasons)])
    return Judgement(trial.id, all_of(part.answer for part in parts), tuple(reasons))


def _barred(trial: Trial, terms: Terms) -> str:
    """Why a trial cannot count whatever happened in it, or an empty string."""
    if trial.intent.purpose is Purpose.OTHER:
        return "intent_other"
    if not trial.oral and terms.oral_only:
        return "non_oral"
    if not trial.drug.can_count:
        return "not_a_trial_drug"
    return "previous_episode" if terms.current_only and trial.place is Place.PREVIOUS else ""


def _too_little(trial: Trial, terms: Terms) -> str:
    """Why a trial cannot have been long enough at an adequate dose, or an empty string."""
    needed = terms.adequate_days
    if days_of(trial, terms).most >= needed:
        return ""
    if trial.countable.most >= needed:
        return "breakthrough" if trial.breakthrough is Truth.YES else "previous_episode"
    if trial.adequate.most >= needed:
        return "combination"
    if trial.ongoing and trial.adequate.most:
        return "ongoing_insufficient"
    dose_decides = trial.exposed.most >= needed > trial.at_minimum.most
    return "dose_below_min" if dose_decides else "too_short"


def _not_a_failure(trial: Trial, outcome: Outcome, terms: Terms) -> str:
    """Why an adequate trial did not fail, or an empty string."""
    if outcome.response in IMPROVED and not _lost_and_counted(trial, terms):
        return "remitted" if outcome.response is Response.REMISSION else "responded"
    failed_by_score = _failed_by_score(outcome, terms)
    may_have_failed = failed_by_score is True or (outcome.unsettled and outcome.because == "outcome_unknown")
    if _surely_stopped_for(StopReason.INTOLERANCE, trial) and not may_have_failed:
        return "intolerance"
    if _surely_stopped_for(StopReason.REMISSION, trial):
        return "remitted"
    if failed_by_score is False or (failed_by_score is None and _is_partial_only(trial, outcome, terms)):
        return "partial_only"
    return "adherence_poor" if trial.adherence.answer is Adherence.POOR else ""


def _lost_and_counted(trial: Trial, terms: Terms) -> bool:
    """Whether a response was lost again, under a set that counts this as a failure."""
    return terms.loss_counts and trial.loss_of_response


def _failed_by_score(outcome: Outcome, terms: Terms) -> bool | None:
    if outcome.response not in MEASURED or outcome.improvement is None:
        return None
    return satisfies_failure(outcome.improvement, terms)


def _is_partial_only(trial: Trial, outcome: Outcome, terms: Terms) -> bool:
    """Whether a stated partial response is too good to be a failure under this set."""
    return _surely_stopped_for(StopReason.PARTIAL, trial) and not outcome.unsettled and not terms.partial_fails


def _surely_stopped_for(reason: StopReason, trial: Trial) -> bool:
    return trial.possible_stops == (reason,)


def _failure(trial: Trial, outcome: Outcome, terms: Terms) -> Part:
    if _lost_and_counted(trial, terms):
        return Part(Truth.YES, ("loss_of_response",))
    if _failed_by_score(outcome, terms):
        return Part(Truth.YES)
    if outcome.unsettled:
        return Part(Truth.MAYBE, (outcome.because,))
    remark = (outcome.because,) if outcome.because == "low_baseline" else ()
    if _surely_stopped_for(StopReason.LACK_OF_EFFICACY, trial):
        unsettled = (*remark, "outcome_unknown") if terms.reason_alone is Truth.MAYBE else remark
        return Part(terms.reason_alone, unsettled)
    if _surely_stopped_for(StopReason.PARTIAL, trial):
        return Part(Truth.YES, remark)
    return Part(Truth.MAYBE, tuple(dict.fromkeys((*remark, "outcome_unknown"))))


def _duration(trial: Trial, terms: Terms) -> Part:
    days = days_of(trial, terms)
    answer = at_least(terms.adequate_days, days.least, days.most)
    if answer is Truth.YES:
        return Part(answer)
    return Part(answer, trial.doubts or ("episode_unknown",))


def _purpose(trial: Trial) -> Part:
    if trial.intent.purpose.is_depression:
        return Part(Truth.YES)
    return Part(Truth.MAYBE, (trial.intent.reason or "intent_unknown",))


def _episode(trial: Trial, terms: Terms) -> Part:
    """Whether the trial lies in the current episode; one that straddles its start is judged by its days inside."""
    if not terms.current_only or trial.place is Place.CURRENT:
        return Part(Truth.YES)
    if trial.place is Place.STRADDLES and trial.inside.least >= terms.adequate_days:
        return Part(Truth.YES)
    return Part(Truth.MAYBE, ("episode_unknown",))


def _adherence(trial: Trial, terms: Terms) -> Part:
    """Unknown adherence is flagged everywhere, and leaves the answer open where the set asks for it to be affirmed."""
    if trial.adherence.answer is Adherence.GOOD:
        return Part(Truth.YES)
    return Part(Truth.MAYBE if trial.adherence.may_be_poor or terms.adherence_needed else Truth.YES, ("adherence_unknown",))


def _remarks(trial: Trial) -> tuple[str, ...]:
    """Reason codes that do not change the answer but belong beside it."""
    intolerant = ("intolerance",) if trial.stop_reason is StopReason.INTOLERANCE else ()
    ongoing = ("ongoing_failed",) if trial.ongoing and trial.outcomes[-1].response in MEASURED else ()
    return (*intolerant, *ongoing)


def _lost(trial: Trial) -> tuple[str, ...]:
    return ("loss_of_response",) if trial.loss_of_response else ()
