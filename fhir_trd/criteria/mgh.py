"""The staging of the Massachusetts General Hospital: a point a failed trial, half a point for each way it was optimised."""

from collections.abc import Sequence

from msgspec import Struct

from fhir_trd.criteria.failures import Failure, Failures, combined_with
from fhir_trd.model.staging import MghRules, Staging, StagingPart
from fhir_trd.model.trials import AugmentationAnswer, History
from fhir_trd.model.truth import Truth

MGH_S = "mgh-s"


class Added(Struct, frozen=True):
    """Which answers make an augmentation count surely, and which possibly."""

    surely: tuple[AugmentationAnswer, ...] = (AugmentationAnswer.ADEQUATE_FAILED,)
    possibly: tuple[AugmentationAnswer, ...] = (AugmentationAnswer.ADEQUATE_FAILED, AugmentationAnswer.UNKNOWN)


FAILED_ONLY = Added()


def mgh(failures: Failures, rules: MghRules, added: Added = FAILED_ONLY) -> Staging:
    """The points, with no upper limit. Each drug counts by the best of its trials."""
    drugs = failures.by_drug(surely=False)
    parts = (*(_drug(trials, failures.history, rules, added) for trials in drugs.values()), *_ect(failures, rules))
    least, most = sum(part.least for part in parts), sum(part.most for part in parts)
    return Staging(model=MGH_S, title=rules.title, least=float(least), most=float(most), parts=parts)


def _drug(trials: Sequence[Failure], history: History, rules: MghRules, added: Added) -> StagingPart:
    least = max(_points(one, history, rules, added, surely=True) if one.sure else 0 for one in trials)
    most = max(_points(one, history, rules, added, surely=False) for one in trials)
    evidence = tuple(dict.fromkeys(origin for one in trials for origin in one.trial.sources))
    return StagingPart(trials[0].trial.drug.name, least, most, _because(trials[0], history, rules, added), evidence)


def _points(one: Failure, history: History, rules: MghRules, added: Added, *, surely: bool) -> float:
    raised = one.raised.least if surely else one.raised.most
    days = one.days.least if surely else one.days.most
    ways = (raised >= rules.raised_days) + (days >= rules.long_days)
    agents = len(_agents(one, added.surely if surely else added.possibly)) + combined_with(one.trial, history)
    return rules.trial + rules.optimised * ways + rules.augmentation * agents


def _agents(one: Failure, answers: Sequence[AugmentationAnswer]) -> frozenset[str]:
    """The different agents that were added with one of these answers."""
    return frozenset(added.drug.name for added in one.trial.augmentations if added.answer in answers)


def _because(one: Failure, history: History, rules: MghRules, added: Added) -> str:
    ways = [
        *(["dose raised"] if one.raised.most >= rules.raised_days else []),
        *(["taken for long"] if one.days.most >= rules.long_days else []),
        *sorted(_agents(one, added.possibly)),
        *(["combined"] if combined_with(one.trial, history) else []),
    ]
    return f"{'counts' if one.sure else 'may count'}{': ' if ways else ''}{', '.join(ways)}"


def _ect(failures: Failures, rules: MghRules) -> tuple[StagingPart, ...]:
    """Points for a course of ECT that did not help; a course recorded as one has an unknown number of sessions."""
    ect = failures.ect
    if not ect.records:
        return ()
    because = f"{ect.records} records of ECT; a course has {rules.ect_sessions} sessions"
    because += "; remission followed" if ect.course is Truth.NO else ""
    least, most = (rules.ect if held else 0 for held in (ect.course is Truth.YES, ect.course is not Truth.NO))
    return (StagingPart("ECT", least, most, because, ect.evidence),)
