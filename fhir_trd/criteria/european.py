"""The European staging method: weeks of failed trials of different classes, and when resistance is called chronic."""

from bisect import bisect_right
from datetime import date

from fhir_trd.criteria.added import used_in_vain
from fhir_trd.criteria.failures import Failure, Failures, augmentations_in
from fhir_trd.model.staging import EuropeanRules, Staging, StagingPart
from fhir_trd.model.truth import Truth, all_of, any_of

EUROPEAN = "european"


def european(failures: Failures, rules: EuropeanRules) -> Staging:
    """The stage by the weeks of failed adequate trials, or "chronic" after a year in spite of an augmentation."""
    names = (rules.none, rules.non_responder, *rules.stages, rules.chronic)
    least, most = _stage(failures, rules, surely=True), _stage(failures, rules, surely=False)
    days = [_days(failures, surely=True), _days(failures, surely=False)]
    told = f"{' to '.join(dict.fromkeys(map(str, days)))} adequate days"
    part = StagingPart("weeks", days[0] / rules.week, days[1] / rules.week, told, failures.evidence)
    return Staging(
        model=EUROPEAN,
        title=rules.title,
        in_points=False,
        least=least,
        most=most,
        least_name=names[least],
        most_name=names[most],
        parts=(part,) if failures.trials else (),
    )


def _stage(failures: Failures, rules: EuropeanRules, *, surely: bool) -> int:
    """The number of the stage: none, non-responder, then the stages by weeks, last the chronic one."""
    chosen = failures.by_drug(surely=surely)
    if not chosen:
        return 0
    if len(failures.classes(surely=surely)) < rules.classes:
        return 1
    reached = bisect_right(rules.weeks_from, _days(failures, surely=surely) / rules.week)
    if not reached:
        return 1
    return 1 + (1 + len(rules.stages) if _is_chronic(failures, rules, surely=surely) else reached)


def _days(failures: Failures, *, surely: bool) -> int:
    """The adequate days of all failed drugs, each by its longest trial."""
    return sum(max(_length(one, surely) for one in trials) for trials in failures.by_drug(surely=surely).values())


def _length(one: Failure, surely: bool) -> int:
    return one.days.least if surely else one.days.most


def _is_chronic(failures: Failures, rules: EuropeanRules, *, surely: bool) -> bool:
    """Whether a year has passed since the first failed trial began, with an augmentation that did not help either."""
    began = min(_began(one, surely) for one in failures.trials if one.sure or not surely)
    months = (failures.history.as_of - began).days / rules.month
    in_vain = any_of(all_of((within, used_in_vain(added.answer))) for _, added, within in augmentations_in(failures.history))
    return months >= rules.chronic_months and in_vain in ((Truth.YES,) if surely else (Truth.YES, Truth.MAYBE))


def _began(one: Failure, surely: bool) -> date:
    return one.trial.start.latest if surely else one.trial.start.earliest
