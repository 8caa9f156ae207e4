"""Augmentations that failed, as a criteria set counts them: long enough, in the days and the episode it looks at."""

from fhir_trd.criteria.lookback import surely_since
from fhir_trd.model.criteria import FAILED_TRIALS, Rule
from fhir_trd.model.trials import Augmentation, AugmentationAnswer, Episode, History, Place, Trial
from fhir_trd.model.truth import Truth, all_of, any_of, at_least, truth_of


def failed_agents(history: History, rule: Rule) -> dict[str, tuple[Truth, str]]:
    """For each agent whether it surely or possibly failed under this rule, and its name; those that did not are left out."""
    found: dict[str, list[tuple[Truth, str]]] = {}
    for trial in history.trials:
        for one in trial.augmentations:
            found.setdefault(one.drug.ingredient, []).append((counts(one, trial, history, rule), one.drug.name))
    answers = {key: (any_of(answer for answer, _ in each), each[0][1]) for key, each in found.items()}
    return {key: answer for key, answer in answers.items() if answer[0] is not Truth.NO}


def counts(one: Augmentation, trial: Trial, history: History, rule: Rule) -> Truth:
    """Whether an augmentation counts as a failed one."""
    if one.answer in (AugmentationAnswer.OTHER_INDICATION, AugmentationAnswer.INADEQUATE_DOSE):
        return Truth.NO
    parts = [_failed(one, rule)]
    if "scope" in rule.parameters and rule.word("scope") == "current":
        parts.append(lies_in_episode(one, trial, history.episode))
    if "within" in rule.parameters:
        parts.append(surely_since(history.as_of, rule.whole("within"), one.start, one.end))
    return all_of(parts)


def _failed(one: Augmentation, rule: Rule) -> Truth:
    """By the days that the rule asks for, or, where it counts augmentations as treatments, by those of the agent itself."""
    if rule.kind == FAILED_TRIALS:
        return used_in_vain(one.answer)
    is_open = one.answer is AugmentationAnswer.UNKNOWN and one.failed is Truth.YES
    long_enough = at_least(rule.whole("adequate_days"), one.adequate.least, one.adequate.most)
    return all_of((long_enough, Truth.MAYBE if is_open else one.failed))


def used_in_vain(answer: AugmentationAnswer) -> Truth:
    """Whether an augmentation failed; one of which only the use is known may have."""
    return truth_of(answer is AugmentationAnswer.ADEQUATE_FAILED, answer is AugmentationAnswer.UNKNOWN)


def lies_in_episode(one: Augmentation, trial: Trial, episode: Episode) -> Truth:
    """Whether an augmentation lies in the current episode: with its trial, or by its own dates if that straddles the onset."""
    if trial.place in (Place.CURRENT, Place.PREVIOUS):
        return Truth.YES if trial.place is Place.CURRENT else Truth.NO
    return episode.holds(one.start, one.end)
