"""Facts that a record leaves open or that a verdict hangs on: how each may be answered, and the history that would follow."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, structs

from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.dates import NO_DAYS, Days, on
from fhir_trd.model.records import Adherence, StopReason
from fhir_trd.model.trials import AdherenceFact, History, Intent, Outcome, Place, Purpose, Response, Trial, Use
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import OpenQuestion

Answered = Callable[[Trial], Trial]

SUPPOSED = "supposed, to see what would follow"


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
    trials = tuple(_answered(trial, by_trial.get(trial.id, ())) for trial in history.trials)
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


def _answered(trial: Trial, facts: Sequence[tuple[str, str]]) -> Trial:
    for fact, answer in facts:
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


def _with_days(trial: Trial, days: Callable[[Days], Days]) -> Trial:
    names = ("at_minimum", "adequate", "countable", "inside")
    return structs.replace(trial, doubts=(), **{name: days(getattr(trial, name)) for name in names})


def _at_most(trial: Trial) -> Trial:
    return _with_days(trial, lambda days: Days(days.most, days.most))


def _at_least(trial: Trial) -> Trial:
    return _with_days(trial, lambda days: Days(days.least, days.least))


def _as_exposed(trial: Trial) -> Trial:
    """The trial as if every day of it had been at an adequate dose."""
    return structs.replace(trial, at_minimum=trial.exposed, adequate=trial.exposed, countable=trial.exposed, inside=trial.exposed)


def _exact(trial: Trial, *, early_start: bool, late_end: bool) -> Trial:
    start = on(trial.start.earliest if early_start else trial.start.latest)
    end = on(trial.end.latest if late_end else trial.end.earliest)
    return structs.replace(trial, start=start, end=end, surely_one=True)


def _long(trial: Trial) -> Trial:
    return _exact(_at_most(trial), early_start=True, late_end=True)


def _short(trial: Trial) -> Trial:
    return _exact(_at_least(trial), early_start=False, late_end=False)


def _early(trial: Trial) -> Trial:
    return _exact(_at_most(trial), early_start=True, late_end=False)


def _late(trial: Trial) -> Trial:
    return _exact(_at_most(trial), early_start=False, late_end=True)


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
    DATES: {"as long as may be": _long, "as short as may be": _short, "early": _early, "late": _late},
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
