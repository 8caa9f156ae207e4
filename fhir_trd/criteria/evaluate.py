"""A history under a criteria set: the verdict, with its findings, its bounds and what would settle it."""

from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.criteria.whatif import questions_of, what_settles
from fhir_trd.errors import TableError, UsageError
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Result, Verdict


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
    is_open = result is Result.INDETERMINATE
    settled = what_settles(history, criteria, rulings) if is_open else ()
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
        would_settle=questions_of(history, criteria, rulings, settled) if is_open else (),
        settled_by=settled,
        needs_review=criteria.needs_review,
        ignores=criteria.ignores,
        met_on=counting.met_on if result is Result.MET else None,
    )
