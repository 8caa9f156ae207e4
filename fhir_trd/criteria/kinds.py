"""Every kind of rule by the name that mappings/criteria/ calls it."""

from collections.abc import Callable, Mapping

from fhir_trd.criteria.rules import excluding_diagnoses, failed_trials, severity_documented
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import Rule
from fhir_trd.model.trials import History

KINDS: Mapping[str, Callable[[History, Rule], Ruling]] = {
    "excluding_diagnoses": excluding_diagnoses,
    "failed_trials": failed_trials,
    "severity_documented": severity_documented,
}
