"""What people read instead of codes: one short phrase for every reason, result and kind."""

from fhir_trd.model.records import StopReason
from fhir_trd.model.trials import AugmentationAnswer, Link, Place, Purpose, Response
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Result

REASONS = {
    "dose_below_min": "dose below the minimum",
    "dose_unknown": "dose not recorded",
    "dose_age": "dose adequate only for the person's age",
    "dose_impaired": "dose adequate only with impaired kidneys or liver",
    "dose_from_text": "dose read from the drug's text",
    "too_short": "too short at an adequate dose",
    "duration_unknown": "length not certain",
    "ongoing_insufficient": "still going on, not long enough yet",
    "ongoing_failed": "still going on, and not helping enough so far",
    "as_needed": "taken as needed",
    "intent_other": "taken for another purpose",
    "intent_unknown": "purpose not recorded",
    "diagnosis_unconfirmed": "depression suspected, not confirmed",
    "previous_episode": "in a previous episode",
    "episode_unknown": "episode not certain",
    "responded": "responded",
    "remitted": "remitted",
    "partial_only": "partial response",
    "intolerance": "stopped for side effects",
    "not_taken": "not taken",
    "adherence_poor": "not taken reliably",
    "adherence_unknown": "not recorded how reliably it was taken",
    "outcome_unknown": "outcome not recorded",
    "outcome_confounded": "outcome mixed up with another treatment",
    "outcome_conflict": "scores and reason for stopping disagree",
    "low_baseline": "first score too low for a percentage",
    "same_ingredient_as": "same drug as",
    "same_class_as": "same class as",
    "loss_of_response": "response lost later",
    "combination": "taken together with another antidepressant",
    "augmentation": "changed by an added drug",
    "non_oral": "not taken by mouth",
    "not_a_trial_drug": "this kind of drug does not count",
    "breakthrough": "the episode began while it was taken",
    "before_look_back": "longer ago than this set looks back",
    "maximum_dose_unknown": "partial response; not known to be at the highest dose that was tolerated",
    "lack_of_efficacy": "no sufficient effect, by the reason recorded",
    "class_distinctness_debatable": "class is debatable",
    "enantiomer_or_metabolite_pair": "one drug is made from the other",
}
"""Every reason code in words."""

RESULTS = {
    Result.MET: "MET",
    Result.NOT_MET: "NOT MET",
    Result.INDETERMINATE: "INDETERMINATE",
    Result.EXCLUDED: "EXCLUDED",
}

RESPONSES = {
    Response.RESPONSE: "response",
    Response.PARTIAL: "partial response",
    Response.NON_RESPONSE: "no response",
    Response.REMISSION: "remission",
    Response.UNKNOWN: "unknown",
}

STOPS = {
    StopReason.LACK_OF_EFFICACY: "no sufficient effect",
    StopReason.PARTIAL: "partial effect",
    StopReason.INTOLERANCE: "side effects",
    StopReason.REMISSION: "well again",
    StopReason.OTHER: "other reason",
}

ANSWERS = {Truth.YES: "yes", Truth.MAYBE: "perhaps", Truth.NO: "no"}
"""Whether a trial counts."""

DOCUMENTED = {Truth.YES: "documented", Truth.MAYBE: "missing", Truth.NO: "contradicted"}
"""How a line of a payer's checklist stands."""

HOLDS = {Truth.YES: "holds", Truth.MAYBE: "open", Truth.NO: "does not hold"}
"""Whether a rule holds."""

LINKS = {
    Link.FIRST: "first trial",
    Link.SWITCH: "switch from",
    Link.COMBINATION: "together with",
    Link.RESTART: "restart of",
    Link.SEPARATE: "separate from",
    Link.CO_MEDICATION: "alongside",
}

PLACES = {
    Place.CURRENT: "current episode",
    Place.PREVIOUS: "previous episode",
    Place.STRADDLES: "began before the episode",
    Place.UNKNOWN: "episode not certain",
}

PURPOSES = {
    Purpose.DEPRESSION: "depression",
    Purpose.ASSUMED: "depression (assumed)",
    Purpose.OTHER: "another purpose",
    Purpose.UNKNOWN: "not known",
}

AUGMENTATIONS = {
    AugmentationAnswer.ADEQUATE_FAILED: "adequate, failed",
    AugmentationAnswer.ADEQUATE_RESPONDED: "adequate, responded",
    AugmentationAnswer.INADEQUATE_DOSE: "dose too low",
    AugmentationAnswer.INADEQUATE_DURATION: "too short",
    AugmentationAnswer.UNKNOWN: "outcome unknown",
    AugmentationAnswer.OTHER_INDICATION: "for another purpose",
}


def reason(code: str) -> str:
    """A reason code in words; what follows a colon (the other trial) is kept: "same_class_as:sertraline-1"."""
    kind, _, rest = code.partition(":")
    words = REASONS.get(kind, kind.replace("_", " "))
    return f"{words} {rest}" if rest else words


def reasons(codes: tuple[str, ...]) -> str:
    """Several reason codes in words."""
    return "; ".join(reason(code) for code in codes)
