"""A history under a criteria set: the verdict, with its findings, its bounds and what would settle it."""

from collections.abc import Sequence

from fhir_trd.criteria.kinds import KINDS
from fhir_trd.criteria.questions import open_questions
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.errors import TableError, UsageError
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, all_of, any_of
from fhir_trd.model.verdicts import Result, Verdict

RESULTS = {Truth.YES: Result.MET, Truth.MAYBE: Result.INDETERMINATE, Truth.NO: Result.NOT_MET}


def expect_usable(criteria: CriteriaSet) -> None:
    """Refuse a set that cannot be evaluated, with the reason that its table gives."""
    if criteria.refused:
        raise UsageError(f"found the criteria set {criteria.id!r}, which cannot be evaluated: {criteria.refused}")


def evaluate(history: History, criteria: CriteriaSet) -> Verdict:
    """What a criteria set says about a history: met only if even the least suffices, not met only if even the most does not."""
    expect_usable(criteria)
    rulings = rulings_of(history, criteria)
    counting = next((ruling for ruling in rulings if ruling.needed), None)
    if counting is None:
        raise TableError(
            f"criteria/{criteria.id}.toml: found no rule that counts anything, wanted one (failed_trials, for example)"
        )
    result = result_of(rulings)
    return Verdict(
        criteria=criteria.id,
        version=criteria.version,
        title=criteria.title,
        result=result,
        needed=counting.needed,
        least=counting.least,
        most=counting.most,
        counted=counting.counted,
        judgements=counting.judgements,
        findings=tuple(ruling.finding for ruling in rulings),
        would_settle=open_questions(history, rulings) if result is Result.INDETERMINATE else (),
        needs_review=criteria.needs_review,
        ignores=criteria.ignores,
        met_on=counting.met_on if result is Result.MET else None,
    )


def rulings_of(history: History, criteria: CriteriaSet) -> tuple[Ruling, ...]:
    """What every rule of a set says about a history, in the order of its table."""
    return tuple(KINDS[rule.kind](history, rule) for rule in criteria.rules)


def result_of(rulings: Sequence[Ruling]) -> Result:
    """A confirmed exclusion dominates; a suspected one keeps a met verdict open and leaves a not-met one as it is (R19)."""
    if any_of(ruling.excludes for ruling in rulings) is Truth.YES:
        return Result.EXCLUDED
    return RESULTS[all_of(ruling.finding.truth for ruling in rulings if not ruling.finding.informs_only)]
