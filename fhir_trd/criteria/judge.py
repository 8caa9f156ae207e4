"""One trial under one criteria set: did it fail, adequately? In the fixed order of clinical rule 1.5 with ruling R15.

The conditions stand in one list. ``judged`` walks it up to the first no; whoever asks for reasons walks the same list.
"""

from collections.abc import Callable

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


Condition = Callable[[Trial, Terms], Part]
"""One question asked of a trial."""


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
    setting = walked(trial, terms, SETTING)
    refused = _refusal(setting)
    if refused:
        return Judgement(trial.id, Truth.NO, refused)
    accepted = intolerance_accepted(trial, terms)
    if accepted is Truth.YES:
        return _of_parts(trial, [setting[purpose], setting[episode]], ("intolerance",))
    failed = _judged_as_a_failure(trial, terms, setting)
    if accepted is Truth.NO or failed.answer is Truth.YES:
        return failed
    return Judgement(trial.id, Truth.MAYBE, ("intolerance", "duration_unknown"))


def walked(trial: Trial, terms: Terms, conditions: tuple[Condition, ...]) -> dict[Condition, Part]:
    """How each condition stands, up to the first that says no."""
    found: dict[Condition, Part] = {}
    for condition in conditions:
        found[condition] = condition(trial, terms)
        if found[condition].answer is Truth.NO:
            break
    return found


def intolerance_accepted(trial: Trial, terms: Terms) -> Truth:
    """Whether this set takes a stop for side effects in place of a failure, and the trial was stopped for them."""
    if not terms.intolerance_counts or StopReason.INTOLERANCE not in trial.possible_stops:
        return Truth.NO
    return Truth.YES if _surely_stopped_for(StopReason.INTOLERANCE, trial) else Truth.MAYBE


def _judged_as_a_failure(trial: Trial, terms: Terms, setting: dict[Condition, Part]) -> Judgement:
    parts = {**setting, **walked(trial, terms, FAILURE)}
    refused = _refusal(parts)
    if refused:
        return Judgement(trial.id, Truth.NO, (*refused, *_lost(trial)))
    return _of_parts(trial, [parts[condition] for condition in TOLD], _remarks(trial))


def _refusal(parts: dict[Condition, Part]) -> tuple[str, ...]:
    """The reason of the first condition that says no, if any does."""
    last = next(reversed(parts.values()))
    return last.reasons if last.answer is Truth.NO else ()


def days_of(trial: Trial, terms: Terms) -> Days:
    """The adequate days that this criteria set lets count."""
    if terms.combination_counts and trial.relation.kind is Link.COMBINATION:
        return trial.adequate if trial.place is not Place.STRADDLES else Days(trial.inside.least, trial.adequate.most)
    return trial.inside if terms.current_only else trial.countable


def satisfies_failure(improvement: float, terms: Terms) -> bool:
    """Whether an improvement (percent) is small enough to be a failure under this set."""
    return improvement < terms.improvement_below or (terms.limit_fails and improvement == terms.improvement_below)


def _of_parts(trial: Trial, parts: list[Part], remarks: tuple[str, ...]) -> Judgement:
    reasons = dict.fromkeys([*remarks, *(reason for part in parts for reason in part.reasons)])
    return Judgement(trial.id, all_of(part.answer for part in parts), tuple(reasons))


def purpose(trial: Trial, terms: Terms) -> Part:
    """Whether the drug was taken for depression."""
    if trial.intent.purpose is Purpose.OTHER:
        return Part(Truth.NO, ("intent_other",))
    if trial.intent.purpose.is_depression:
        return Part(Truth.YES)
    return Part(Truth.MAYBE, (trial.intent.reason or "intent_unknown",))


def route(trial: Trial, terms: Terms) -> Part:
    """Whether it was taken by mouth, where the set asks for that."""
    return Part(Truth.YES) if trial.oral or not terms.oral_only else Part(Truth.NO, ("non_oral",))


def drug(trial: Trial, terms: Terms) -> Part:
    """Whether this kind of drug can count at all."""
    return Part(Truth.YES) if trial.drug.can_count else Part(Truth.NO, ("not_a_trial_drug",))


def episode(trial: Trial, terms: Terms) -> Part:
    """Whether the trial lies in the current episode; one that straddles its start is judged by its days inside."""
    if not terms.current_only or trial.place is Place.CURRENT:
        return Part(Truth.YES)
    if trial.place is Place.PREVIOUS:
        return Part(Truth.NO, ("previous_episode",))
    if trial.place is Place.STRADDLES and trial.inside.least >= terms.adequate_days:
        return Part(Truth.YES)
    return Part(Truth.MAYBE, ("episode_unknown",))


def duration(trial: Trial, terms: Terms) -> Part:
    """Whether the trial was long enough at an adequate dose."""
    days = days_of(trial, terms)
    answer = at_least(terms.adequate_days, days.least, days.most)
    if answer is Truth.YES:
        return Part(answer)
    reasons = (_too_little(trial, terms),) if answer is Truth.NO else trial.doubts or ("episode_unknown",)
    return Part(answer, reasons)


def outcome(trial: Trial, terms: Terms) -> Part:
    """Whether the trial worked too little: by the scores, else by the reason of its stop."""
    found = trial.outcome_for(terms.adequate_days)
    refuted = _not_a_failure(trial, found, terms)
    return Part(Truth.NO, (refuted,)) if refuted else _failure(trial, found, terms)


def adherence(trial: Trial, terms: Terms) -> Part:
    """Whether it was really taken. Unknown is flagged everywhere, and left open where the set asks for it to be affirmed."""
    if trial.adherence.answer is Adherence.POOR:
        return Part(Truth.NO, ("adherence_poor",))
    if trial.adherence.answer is Adherence.GOOD:
        return Part(Truth.YES)
    return Part(Truth.MAYBE if trial.adherence.may_be_poor or terms.adherence_needed else Truth.YES, ("adherence_unknown",))


SETTING: tuple[Condition, ...] = (purpose, route, drug, episode)
"""What a trial must be to count at all, in the order in which it is asked."""
FAILURE: tuple[Condition, ...] = (duration, outcome, adherence)
"""What makes it a failed adequate trial."""
TOLD: tuple[Condition, ...] = (outcome, duration, purpose, episode, adherence)
"""The order in which reasons are told: what is most often open comes first."""


def _too_little(trial: Trial, terms: Terms) -> str:
    """Why a trial cannot have been long enough at an adequate dose."""
    needed = terms.adequate_days
    if trial.countable.most >= needed:
        return "breakthrough" if trial.breakthrough is Truth.YES else "previous_episode"
    if trial.adequate.most >= needed:
        return "combination"
    if trial.ongoing and trial.adequate.most:
        return "ongoing_insufficient"
    dose_decides = trial.exposed.most >= needed > trial.at_minimum.most
    return "dose_below_min" if dose_decides else "too_short"


def _not_a_failure(trial: Trial, found: Outcome, terms: Terms) -> str:
    """Why an adequate trial did not fail, or an empty string."""
    if found.response in IMPROVED and not _lost_and_counted(trial, terms):
        return "remitted" if found.response is Response.REMISSION else "responded"
    failed_by_score = _failed_by_score(found, terms)
    may_have_failed = failed_by_score is True or (found.unsettled and found.because == "outcome_unknown")
    if _surely_stopped_for(StopReason.INTOLERANCE, trial) and not may_have_failed:
        return "intolerance"
    if _surely_stopped_for(StopReason.REMISSION, trial):
        return "remitted"
    partial = failed_by_score is False or (failed_by_score is None and _is_partial_only(trial, found, terms))
    return "partial_only" if partial else ""


def _lost_and_counted(trial: Trial, terms: Terms) -> bool:
    """Whether a response was lost again, under a set that counts this as a failure."""
    return terms.loss_counts and trial.loss_of_response


def _failed_by_score(found: Outcome, terms: Terms) -> bool | None:
    if found.response not in MEASURED or found.improvement is None:
        return None
    return satisfies_failure(found.improvement, terms)


def _is_partial_only(trial: Trial, found: Outcome, terms: Terms) -> bool:
    """Whether a stated partial response is too good to be a failure under this set."""
    return _surely_stopped_for(StopReason.PARTIAL, trial) and not found.unsettled and not terms.partial_fails


def _surely_stopped_for(reason: StopReason, trial: Trial) -> bool:
    return trial.possible_stops == (reason,)


def _failure(trial: Trial, found: Outcome, terms: Terms) -> Part:
    if _lost_and_counted(trial, terms):
        return Part(Truth.YES, ("loss_of_response",))
    if _failed_by_score(found, terms):
        return Part(Truth.YES)
    if found.unsettled:
        return Part(Truth.MAYBE, (found.because,))
    remark = (found.because,) if found.because == "low_baseline" else ()
    if _surely_stopped_for(StopReason.LACK_OF_EFFICACY, trial):
        unsettled = (*remark, "outcome_unknown") if terms.reason_alone is Truth.MAYBE else remark
        return Part(terms.reason_alone, unsettled)
    if _surely_stopped_for(StopReason.PARTIAL, trial):
        return Part(Truth.YES, remark)
    return Part(Truth.MAYBE, tuple(dict.fromkeys((*remark, "outcome_unknown"))))


def _remarks(trial: Trial) -> tuple[str, ...]:
    """Reason codes that do not change the answer but belong beside it."""
    intolerant = ("intolerance",) if trial.stop_reason is StopReason.INTOLERANCE else ()
    ongoing = ("ongoing_failed",) if trial.ongoing and trial.outcomes[-1].response in MEASURED else ()
    return (*intolerant, *ongoing)


def _lost(trial: Trial) -> tuple[str, ...]:
    return ("loss_of_response",) if trial.loss_of_response else ()
