"""The staging of the Massachusetts General Hospital: a point a failed trial, half a point for each way it was optimised."""

from collections.abc import Sequence

from msgspec import Struct

from fhir_trd.criteria.added import lies_in_episode
from fhir_trd.criteria.failures import Failure, Failures
from fhir_trd.model.staging import MghRules, Staging, StagingPart
from fhir_trd.model.trials import AugmentationAnswer, History, Trial
from fhir_trd.model.truth import Truth

MGH_S = "mgh-s"


class Added(Struct, frozen=True):
    """Which answers make an augmentation count surely, and which possibly; and whether one of an earlier episode does."""

    surely: tuple[AugmentationAnswer, ...] = (AugmentationAnswer.ADEQUATE_FAILED,)
    possibly: tuple[AugmentationAnswer, ...] = (AugmentationAnswer.ADEQUATE_FAILED, AugmentationAnswer.UNKNOWN)
    any_episode: bool = False


FAILED_ONLY = Added()


def mgh(failures: Failures, rules: MghRules, added: Added = FAILED_ONLY) -> Staging:
    """The points, with no upper limit. Each drug counts by the best of its trials."""
    drugs = failures.by_drug(surely=False)
    parts = (*(_drug(trials, failures.history, rules, added) for trials in drugs.values()), *_ect(failures, rules))
    least, most = sum(part.least for part in parts), sum(part.most for part in parts)
    return Staging(model=MGH_S, title=rules.title, least=float(least), most=float(most), parts=parts)


def _drug(trials: Sequence[Failure], history: History, rules: MghRules, added: Added) -> StagingPart:
    """The points of one drug: those of its best trial, whose ways of trying harder are told."""
    scored = [(_points(one, history, rules, added, surely=False), one) for one in trials]
    most, best = max(scored, key=_by_points)
    least = max(_points(one, history, rules, added, surely=True) if one.sure else 0 for one in trials)
    evidence = tuple(dict.fromkeys(origin for one in trials for origin in one.trial.sources))
    return StagingPart(best.trial.drug.name, least, most, _because(best, history, rules, added), evidence)


def _by_points(scored: tuple[float, Failure]) -> float:
    return scored[0]


def _points(one: Failure, history: History, rules: MghRules, added: Added, *, surely: bool) -> float:
    raised = one.raised.least if surely else one.raised.most
    days = one.days.least if surely else one.days.most
    ways = (raised >= rules.raised_days) + (days >= rules.long_days)
    agents = len(_agents(one, history, added, surely=surely)) + len(_joined(one.trial, history, surely=surely))
    return rules.trial + rules.optimised * ways + rules.augmentation * agents


def _agents(one: Failure, history: History, added: Added, *, surely: bool) -> frozenset[str]:
    """The different agents that were added with one of the answers that count, in the episode where the model asks for that."""
    answers = added.surely if surely else added.possibly
    held = [each for each in one.trial.augmentations if each.answer in answers]
    if added.any_episode:
        return frozenset(each.drug.name for each in held)
    wanted = (Truth.YES,) if surely else (Truth.YES, Truth.MAYBE)
    return frozenset(each.drug.name for each in held if lies_in_episode(each, one.trial, history.episode) in wanted)


def _joined(trial: Trial, history: History, *, surely: bool) -> tuple[Trial, ...]:
    """The antidepressants that were added to a trial: those combined with it that began later, so that each pair counts once."""
    names = trial.relation.joined_surely if surely else trial.relation.joined_possibly
    partners = (other for other in history.trials if other.id in names)
    return tuple(other for other in partners if (_surely_later if surely else _possibly_later)(other, trial))


def _surely_later(other: Trial, trial: Trial) -> bool:
    return (other.start.earliest, other.id) > (trial.start.latest, trial.id)


def _possibly_later(other: Trial, trial: Trial) -> bool:
    return (other.start.latest, other.id) > (trial.start.earliest, trial.id)


def _because(one: Failure, history: History, rules: MghRules, added: Added) -> str:
    ways = [
        *(["dose raised"] if one.raised.most >= rules.raised_days else []),
        *(["taken for long"] if one.days.most >= rules.long_days else []),
        *sorted(_agents(one, history, added, surely=False)),
        *(["combined"] if _joined(one.trial, history, surely=False) else []),
    ]
    return f"{'counts' if one.sure else 'may count'}{': ' if ways else ''}{', '.join(ways)}"


def _ect(failures: Failures, rules: MghRules) -> tuple[StagingPart, ...]:
    """Points for a course of ECT that did not help; a course recorded as one has an unknown number of sessions."""
    ect = failures.ect
    if not ect.records:
        return ()
    because = f"{ect.records} record{'s' if ect.records > 1 else ''} of ECT; a course has {rules.ect_sessions} sessions"
    because += "; remission followed" if ect.course is Truth.NO else ""
    least, most = (rules.ect if held else 0 for held in (ect.course is Truth.YES, ect.course is not Truth.NO))
    return (StagingPart("ECT", least, most, because, ect.evidence),)
