"""What the rules of a set say about a history, and the result that follows."""

from collections.abc import Sequence

from fhir_trd.criteria.kinds import KINDS
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, all_of, any_of
from fhir_trd.model.verdicts import Result

RESULTS = {Truth.YES: Result.MET, Truth.MAYBE: Result.INDETERMINATE, Truth.NO: Result.NOT_MET}


def rulings_of(history: History, criteria: CriteriaSet) -> tuple[Ruling, ...]:
    """What every rule of a set says about a history, in the order of its table."""
    return tuple(KINDS[rule.kind](history, rule) for rule in criteria.rules)


def result_of(rulings: Sequence[Ruling]) -> Result:
    """A confirmed exclusion dominates; a suspected one keeps a met verdict open and leaves a not-met one as it is (R19)."""
    if any_of(ruling.excludes for ruling in rulings) is Truth.YES:
        return Result.EXCLUDED
    return RESULTS[all_of(ruling.finding.truth for ruling in rulings if not ruling.finding.informs_only)]
