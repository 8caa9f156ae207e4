"""A history under a criteria set: the verdict, with its findings, its bounds and what would settle it."""

from collections.abc import Sequence

from msgspec import structs

from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.criteria.ruling import Ruling
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
    """What a criteria set says about a history, and where that is open, which facts would settle it."""
    rulings = _rulings(history, criteria)
    verdict = _verdict(criteria, rulings)
    if verdict.result is not Result.INDETERMINATE:
        return verdict
    settled = what_settles(history, criteria, rulings)
    asked = questions_of(history, criteria, rulings, settled)
    return structs.replace(verdict, would_settle=asked, settled_by=settled)


def decide(history: History, criteria: CriteriaSet) -> Verdict:
    """The same verdict without the search for what would settle it, which costs more than all the rest."""
    return _verdict(criteria, _rulings(history, criteria))


def _rulings(history: History, criteria: CriteriaSet) -> tuple[Ruling, ...]:
    expect_usable(criteria)
    return rulings_of(history, criteria)


def _verdict(criteria: CriteriaSet, rulings: Sequence[Ruling]) -> Verdict:
    """Met only if even the least suffices, not met only if even the most does not."""
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
        needs_review=criteria.needs_review,
        ignores=criteria.ignores,
        met_on=counting.met_on if result is Result.MET else None,
    )
