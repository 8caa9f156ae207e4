"""Facts that a record leaves open or that a verdict hangs on: how each may be answered, and the history that would follow."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct, structs

from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.dates import NO_DAYS, Days, days_between, on
from fhir_trd.model.records import Adherence, StopReason
from fhir_trd.model.trials import AdherenceFact, Episode, History, Intent, Link, Outcome, Place, Purpose, Response, Trial, Use
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import OpenQuestion

Answered = Callable[[Trial], Trial]

SUPPOSED = "supposed, to see what would follow"
COUNTS = ("at_minimum", "adequate", "countable", "inside")
DATE_DOUBTS = frozenset(("duration_unknown", "combination"))
"""The doubts that dates settle; all others are about the dose."""


class Fact(Struct, frozen=True):
    """A question with the answers it may get. ``rule`` names the line of a set that is answered, where no trial is."""

    question: OpenQuestion
    answers: tuple[str, ...]
    rule: str = ""


def history_with(history: History, chosen: Sequence[tuple[Fact, str]]) -> History:
    """The history as it would be if these facts were so."""
    by_trial: dict[str, list[tuple[str, str]]] = {}
    for fact, answer in chosen:
        if not fact.rule:
            by_trial.setdefault(fact.question.trial, []).append((fact.question.fact, answer))
    if not by_trial:
        return history
    trials = tuple(_supposed(trial, by_trial.get(trial.id, ()), history.episode) for trial in history.trials)
    moved = {trial.drug.ingredient: trial for trial in trials if any(fact == "dates" for fact, _ in by_trial.get(trial.id, ()))}
    return structs.replace(history, trials=trials, uses=tuple(_moved(use, moved) for use in history.uses))


def rulings_with(rulings: Sequence[Ruling], chosen: Sequence[tuple[Fact, str]]) -> tuple[Ruling, ...]:
    """The rulings as they would be if the lines that only a person can answer were answered so."""
    answers = {fact.rule: answer for fact, answer in chosen if fact.rule}
    return tuple(_ruled(ruling, answers.get(ruling.finding.rule, "")) for ruling in rulings)


def _ruled(ruling: Ruling, answer: str) -> Ruling:
    if not answer:
        return ruling
    truth = RULED[answer]
    excludes = Truth.YES if answer == CONFIRMED else Truth.NO
    return structs.replace(ruling, excludes=excludes, finding=structs.replace(ruling.finding, truth=truth))


def _supposed(trial: Trial, facts: Sequence[tuple[str, str]], episode: Episode) -> Trial:
    """The trial if these facts were so.

    How many of its days the episode holds stays open where the onset is vague, or where the person may have fallen ill on it:
    an adequate dose may then just as well prove that the drug was already failing when the episode began.
    """
    if not facts:
        return trial
    found = _answered(trial, facts)
    is_open = episode.start is None or not episode.start.is_exact or found.breakthrough is Truth.MAYBE
    if is_open and found.place is Place.STRADDLES:
        return structs.replace(found, inside=Days(min(trial.inside.least, found.inside.least), found.inside.most))
    return found


def _answered(trial: Trial, facts: Sequence[tuple[str, str]]) -> Trial:
    # Dates first: how many of the days an answer about the dose decides is known once they are.
    for fact, answer in sorted(facts):
        trial = ANSWERS[fact][answer](trial)
    return trial


def _moved(use: Use, moved: Mapping[str, Trial]) -> Use:
    """A record of a drug whose dates were supposed, drawn into the supposed span."""
    trial = moved.get(use.drug.ingredient)
    if trial is None or (use.start.is_exact and use.end.is_exact):
        return use
    first = min(max(use.start.earliest, trial.start.earliest), use.start.latest)
    last = max(min(use.end.latest, trial.end.latest), use.end.earliest, first)
    return structs.replace(use, start=on(first), end=on(last))


def _with_days(trial: Trial, left: tuple[str, ...], days: Callable[[Days], Days]) -> Trial:
    return structs.replace(trial, doubts=left, **{name: days(getattr(trial, name)) for name in COUNTS})


def _at_most(trial: Trial) -> Trial:
    """The trial at an adequate dose; where its dates are vague too, the dose alone proves no more than the days sure of one."""
    left = tuple(doubt for doubt in trial.doubts if doubt in DATE_DOUBTS)
    if not left:
        return _with_days(trial, left, lambda days: Days(days.most, days.most))
    if not _is_plain(trial) or "combination" in left:
        return structs.replace(trial, doubts=left)
    return _with_days(trial, left, lambda days: Days(min(trial.exposed.least, days.most), days.most))


def _at_least(trial: Trial) -> Trial:
    """The trial at too low a dose; where its dates are vague too, only a trial of one dose is known to come to nothing."""
    left = tuple(doubt for doubt in trial.doubts if doubt in DATE_DOUBTS)
    if left and not _has_one_dose(trial):
        return structs.replace(trial, doubts=left)
    return _with_days(trial, left, lambda days: Days(days.least, days.least))


def _has_one_dose(trial: Trial) -> bool:
    """Whether it is one record at one dose, so that its days are those from its first to its last."""
    return trial.surely_one and not trial.segments[1:]


def _is_plain(trial: Trial) -> bool:
    """Whether every day of a trial of one dose would count, were the dose adequate."""
    return _has_one_dose(trial) and trial.countable.most == trial.exposed.most


def _as_exposed(trial: Trial) -> Trial:
    """The trial as if every day had been at an adequate dose; how many lie in the episode or alone stays as open as it was."""
    whole = trial.exposed
    alone = Days(trial.countable.least, whole.most) if trial.relation.kind is Link.COMBINATION else whole
    inside = Days(trial.inside.least, alone.most) if trial.place is Place.STRADDLES else alone
    return structs.replace(trial, at_minimum=whole, adequate=whole, countable=alone, inside=inside)


def _dated(*, early_start: bool, late_end: bool) -> Answered:
    def answered(trial: Trial) -> Trial:
        start = trial.start.earliest if early_start else trial.start.latest
        end = max(start, trial.end.latest if late_end else trial.end.earliest)
        exact = structs.replace(trial, start=on(start), end=on(end), surely_one=True)
        left = tuple(doubt for doubt in trial.doubts if doubt not in DATE_DOUBTS)
        if left and not _has_one_dose(trial):
            # Several doses and vague dates: which of the days would be left at which dose, nobody can tell.
            return structs.replace(exact, doubts=trial.doubts)
        return _with_days(exact, left, partial(_days_when, trial, days_between(start, end), early_start, late_end, bool(left)))

    return answered


def _days_when(trial: Trial, lasted: int, early_start: bool, late_end: bool, open_dose: bool, days: Days) -> Days:
    """A number of days once the dates are supposed; between the shortest and the longest, no more than the trial lasted."""
    most = days.most if early_start and late_end else min(days.most, max(lasted, days.least))
    if open_dose:
        return Days(days.least, most)
    if early_start is late_end:
        return Days(days.most, days.most) if late_end else Days(days.least, days.least)
    return Days(most, most) if _is_plain(trial) else Days(days.least, most)


def _meant_for(purpose: Purpose) -> Answered:
    return lambda trial: structs.replace(trial, intent=Intent(purpose, SUPPOSED, trial.sources))


def _in_episode(trial: Trial) -> Trial:
    return structs.replace(trial, place=Place.CURRENT, breakthrough=Truth.NO, inside=trial.countable)


def _before_episode(trial: Trial) -> Trial:
    return structs.replace(trial, place=Place.PREVIOUS, inside=NO_DAYS)


def _taken(answer: Adherence) -> Answered:
    return lambda trial: structs.replace(trial, adherence=AdherenceFact(answer, SUPPOSED))


def _worked(response: Response, reason: StopReason) -> Answered:
    improvement = 0.0 if response is Response.NON_RESPONSE else None

    def answered(trial: Trial) -> Trial:
        found = tuple(
            Outcome(opens_on=one.opens_on, response=response, because="", improvement=improvement) for one in trial.outcomes
        )
        return structs.replace(trial, outcomes=found, stop_reason=reason, possible_stops=(reason,), loss_of_response=False)

    return answered


DOSE, DATES, REASON, DIAGNOSIS, EPISODE, ADHERENCE, OUTCOME = (
    "dose", "dates", "reason", "diagnosis", "episode", "adherence", "outcome",
)  # fmt: skip
ADEQUATE_THROUGHOUT = "adequate throughout"
CONFIRMED, REFUTED, HOLDS, FAILS = "confirmed", "refuted", "it holds", "it does not hold"
RULED: Mapping[str, Truth] = {CONFIRMED: Truth.NO, REFUTED: Truth.YES, HOLDS: Truth.YES, FAILS: Truth.NO}
"""What an answer makes of a line of a set: a confirmed exclusion is a line that does not pass."""

ANSWERS: Mapping[str, Mapping[str, Answered]] = {
    DOSE: {"adequate": _at_most, "too low": _at_least, ADEQUATE_THROUGHOUT: _as_exposed},
    DATES: {
        "as long as may be": _dated(early_start=True, late_end=True),
        "as short as may be": _dated(early_start=False, late_end=False),
        "early": _dated(early_start=True, late_end=False),
        "late": _dated(early_start=False, late_end=True),
    },
    REASON: {"depression": _meant_for(Purpose.DEPRESSION), "something else": _meant_for(Purpose.OTHER)},
    DIAGNOSIS: {CONFIRMED: _meant_for(Purpose.DEPRESSION), REFUTED: _meant_for(Purpose.OTHER)},
    EPISODE: {"in the current episode": _in_episode, "before it": _before_episode},
    ADHERENCE: {"as prescribed": _taken(Adherence.GOOD), "not as prescribed": _taken(Adherence.POOR)},
    OUTCOME: {
        "it did not help": _worked(Response.NON_RESPONSE, StopReason.LACK_OF_EFFICACY),
        "it helped": _worked(Response.RESPONSE, StopReason.REMISSION),
    },
}
"""For each kind of fact about a trial: how it may be answered, and the trial that would follow."""
