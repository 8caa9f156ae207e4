"""The fixed words of what we write: our own URIs, and the codes that FHIR and US Core ask for."""

from typing import Any

from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Result

HOME = "https://fhir-trd.org"
"""The root of every URI of ours. It names things; nothing has to answer there."""

IDS = f"{HOME}/ids"
CRITERIA = f"{HOME}/criteria"
RESULTS = f"{HOME}/CodeSystem/trd-result"
OPTIONS = f"{HOME}/CodeSystem/plan-option"
PARTS = f"{HOME}/CodeSystem/trd-observation"

SNOMED = "http://snomed.info/sct"
TREATMENT_RESISTANT = {"system": SNOMED, "code": "1153570009", "display": "Treatment resistant depression"}

SCORE_UNIT = {"unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
SCALE_TOTALS = {"phq-9": {"system": "http://loinc.org", "code": "44261-6", "display": "PHQ-9 total score"}}
"""The code of the total of each scale that a goal may be measured on."""

REVIEW_SENTENCE = "Flag for clinician review, not a diagnosis."
RETRACTION_SENTENCE = "No longer among the findings of a new assessment of all records."

SIMPLE_OBSERVATION = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-simple-observation"
CARE_PLAN = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-careplan"

ASSERTED_BY_ALGORITHM = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "AIAST",
    "display": "Artificial Intelligence asserted",
}
# The set of categories holds nothing nearer: a result of an assessment instrument is what "survey" is defined to be.
SURVEY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey", "display": "Survey"}
ASSESS_PLAN = {
    "system": "http://hl7.org/fhir/us/core/CodeSystem/careplan-category",
    "code": "assess-plan",
    "display": "Assessment and Plan of Treatment",
}
ASSEMBLER = {
    "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
    "code": "assembler",
    "display": "Assembler",
}
CREATE = {"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "CREATE", "display": "create"}
NULLIFY = {"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "NULLIFY", "display": "nullify"}

STATUS = {"system": PARTS, "code": "trd-status", "display": "Treatment-resistant depression status"}
LEAST = {"system": PARTS, "code": "failed-least", "display": "Distinct failed adequate trials, at least"}
MOST = {"system": PARTS, "code": "failed-most", "display": "Distinct failed adequate trials, at most"}
NEEDED = {"system": PARTS, "code": "failed-needed", "display": "Distinct failed adequate trials needed"}
VERDICT = {"system": PARTS, "code": "criteria-verdict", "display": "Verdict of a criteria set"}
TRIAL = {"system": PARTS, "code": "antidepressant-trial", "display": "Antidepressant trial"}
STAGING = {"system": PARTS, "code": "staging", "display": "Stage of treatment resistance"}
FINDING = {"system": PARTS, "code": "criteria-finding", "display": "Finding of a rule"}

RESULT_WORDS = {
    Result.MET: "possible treatment resistance - clinician review",
    Result.NOT_MET: "criteria for treatment resistance not met by what is recorded - clinician review",
    Result.INDETERMINATE: "treatment resistance not settled by what is recorded - clinician review",
    Result.EXCLUDED: "criteria for treatment resistance do not apply - clinician review",
}
RESULT_DISPLAYS = {
    Result.MET: "Criteria met",
    Result.NOT_MET: "Criteria not met",
    Result.INDETERMINATE: "Not settled",
    Result.EXCLUDED: "Criteria do not apply",
}
# No interpretation stands for criteria that do not apply.
INTERPRETATIONS = {
    Result.MET: ("POS", "Positive"),
    Result.NOT_MET: ("NEG", "Negative"),
    Result.INDETERMINATE: ("IND", "Indeterminate"),
}
INTERPRETATION_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
COUNTS = {Truth.YES: "counts", Truth.MAYBE: "may count", Truth.NO: "does not count"}


def result_coding(result: Result) -> dict[str, Any]:
    """The coding of a result in our own code system."""
    return {"system": RESULTS, "code": str(result), "display": RESULT_DISPLAYS[result]}
