"""How far a trial gets through the conditions of a criteria set: what each says of it, up to the first no."""

from collections.abc import Mapping

from fhir_trd.criteria.judge import FAILURE, SETTING, terms_of, walked
from fhir_trd.model.criteria import Rule
from fhir_trd.model.trials import Trial
from fhir_trd.model.truth import Truth

CONDITIONS = tuple(condition.__name__ for condition in (*SETTING, *FAILURE))
"""The conditions by name, in the order in which they are asked."""


def conditions_of(trial: Trial, rule: Rule) -> Mapping[str, Truth]:
    """What each condition of a ``failed_trials`` rule says of a trial; those behind the first no are not asked."""
    return {condition.__name__: part.answer for condition, part in walked(trial, terms_of(rule), (*SETTING, *FAILURE)).items()}
