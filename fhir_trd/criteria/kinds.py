"""Every kind of rule by the name that mappings/criteria/ calls it."""

from collections.abc import Callable, Mapping

from fhir_trd.criteria.checklist import (
    age_between,
    asked_of_a_person,
    augmentation_or_psychotherapy,
    concurrent_antidepressant,
    diagnoses_absent,
    failed_augmentations,
    psychotherapy_documented,
)
from fhir_trd.criteria.claims_staging import staged_above
from fhir_trd.criteria.courses import courses_then_another
from fhir_trd.criteria.maximum import maximum_dose_reached
from fhir_trd.criteria.phenotype import earliest_event
from fhir_trd.criteria.rules import excluding_diagnoses, failed_trials, severity_documented
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.criteria.sequences import shifts_after_diagnosis, treatments_in_episode
from fhir_trd.criteria.switches import switches
from fhir_trd.criteria.twice import two_mentioned_twice
from fhir_trd.criteria.windows import drugs_in_window, drugs_started
from fhir_trd.model.criteria import FAILED_TRIALS, Rule
from fhir_trd.model.trials import History

KINDS: Mapping[str, Callable[[History, Rule], Ruling]] = {
    "courses_then_another": courses_then_another,
    "drugs_in_window": drugs_in_window,
    "drugs_started": drugs_started,
    "excluding_diagnoses": excluding_diagnoses,
    FAILED_TRIALS: failed_trials,
    "earliest_event": earliest_event,
    "shifts_after_diagnosis": shifts_after_diagnosis,
    "staged_above": staged_above,
    "switches": switches,
    "treatments_in_episode": treatments_in_episode,
    "two_mentioned_twice": two_mentioned_twice,
    "severity_documented": severity_documented,
    "age_between": age_between,
    "asked_of_a_person": asked_of_a_person,
    "augmentation_or_psychotherapy": augmentation_or_psychotherapy,
    "concurrent_antidepressant": concurrent_antidepressant,
    "diagnoses_absent": diagnoses_absent,
    "failed_augmentations": failed_augmentations,
    "psychotherapy_documented": psychotherapy_documented,
    "maximum_dose_reached": maximum_dose_reached,
}
