"""The failed adequate trials of the current episode, each drug once: what every staging model counts."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from fhir_trd.criteria.added import lies_in_episode
from fhir_trd.criteria.further import fully_judged
from fhir_trd.criteria.judge import days_of, terms_of
from fhir_trd.criteria.shocks import Shocks, ect_helped, ect_of_episode, shocks_of
from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import CriteriaSet, Rule
from fhir_trd.model.dates import Days
from fhir_trd.model.staging import StagingRules
from fhir_trd.model.trials import Augmentation, History, Place, Trial
from fhir_trd.model.truth import Truth

NO_SHOCKS = Shocks()


class Failure(Struct, frozen=True):
    """A trial that failed or may have, and the days that count for it."""

    trial: Trial
    sure: bool
    days: Days

    @property
    def raised(self) -> Days:
        """The days at a raised dose, of which those before the episode of a trial that straddles its start do not count."""
        found = self.trial.raised
        if self.trial.place is not Place.STRADDLES:
            return found
        outside = self.trial.at_minimum.most - self.days.least
        return Days(max(0, found.least - outside), min(found.most, self.days.most))

    @property
    def drug(self) -> str:
        """The name under which it is told apart from other drugs."""
        return self.trial.drug.distinct_name

    @property
    def drug_class(self) -> str:
        """The class under which it is told apart from other classes."""
        return self.trial.drug.distinct_class


class Failures(Struct, frozen=True):
    """All that failed or may have, with the history it stands in and what ECT in it comes to."""

    history: History
    trials: tuple[Failure, ...]
    ect: Shocks = NO_SHOCKS

    def drugs(self, *, surely: bool) -> frozenset[str]:
        """The different drugs that surely, or possibly, failed."""
        return frozenset(one.drug for one in self.trials if one.sure or not surely)

    def classes(self, *, surely: bool) -> frozenset[str]:
        """The different classes that surely, or possibly, failed."""
        return frozenset(one.drug_class for one in self.trials if one.sure or not surely)

    @property
    def evidence(self) -> tuple[Origin, ...]:
        """The records behind the trials."""
        return tuple(dict.fromkeys(origin for one in self.trials for origin in one.trial.sources))

    def by_drug(self, *, surely: bool) -> Mapping[str, tuple[Failure, ...]]:
        """The failures of each drug."""
        chosen = [one for one in self.trials if one.sure or not surely]
        return {drug: tuple(one for one in chosen if one.drug == drug) for drug in sorted({one.drug for one in chosen})}


def failures_in(history: History, failed_by: CriteriaSet, rules: StagingRules) -> Failures:
    """What failed in a history by the terms of a criteria set."""
    rule = failed_by.failed_trials
    assert rule is not None, f"{failed_by.id}: the loader takes only a set with failed trials"
    ect = ect_of_episode(history)
    shocks = shocks_of(ect, rules.mgh.ect_sessions, ect_helped(ect, history.scores, rules.ect))
    return Failures(history, tuple(_failures(history, rule)), shocks)


def augmentations_in(history: History) -> tuple[tuple[Trial, Augmentation, Truth], ...]:
    """Every augmentation with its trial, and whether it lies in the current episode."""
    found = [(trial, added) for trial in history.trials for added in trial.augmentations]
    return tuple((trial, added, lies_in_episode(added, trial, history.episode)) for trial, added in found)


def _failures(history: History, rule: Rule) -> Iterable[Failure]:
    terms = terms_of(rule)
    for trial in history.trials:
        answer = fully_judged(trial, terms, history, rule).answer
        if answer is not Truth.NO:
            yield Failure(trial, answer is Truth.YES, days_of(trial, terms))
