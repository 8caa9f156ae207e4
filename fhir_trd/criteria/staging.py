"""A history under every published staging model. Stagings stand beside the verdicts and never replace one."""

from fhir_trd.criteria.european import european
from fhir_trd.criteria.failures import failures_in
from fhir_trd.criteria.maudsley import maudsley
from fhir_trd.criteria.mgh import mgh
from fhir_trd.criteria.thase_rush import thase_rush
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.staging import Staging, StagingRules
from fhir_trd.model.trials import History


def stagings_of(history: History, rules: StagingRules, failed_by: CriteriaSet) -> tuple[Staging, ...]:
    """What each model says, in a fixed order."""
    failures = failures_in(history, failed_by, rules)
    return (
        maudsley(failures, rules.maudsley, dict(rules.severity_scores)),
        *thase_rush(failures, rules.thase_rush),
        mgh(failures, rules.mgh),
        european(failures, rules.european),
    )
