"""The finding as a FHIR Observation (US Core Simple Observation)."""

from fhir_trd.fhir.write.identity import Refer, device_identity, identifier, identity_for, inside
from fhir_trd.fhir.write.narrative import listed, narrative, paragraph, strong
from fhir_trd.fhir.write.sentences import finding_line, flag_line, question_line, staging_line, trial_line, verdict_line
from fhir_trd.fhir.write.shape import Element, concept, filled, reference_to, resource_type_of
from fhir_trd.fhir.write.vocabulary import (
    ASSERTED_BY_ALGORITHM,
    CRITERIA,
    FINDING,
    INTERPRETATION_SYSTEM,
    INTERPRETATIONS,
    LEAST,
    MOST,
    NEEDED,
    RESULT_WORDS,
    REVIEW_SENTENCE,
    SIMPLE_OBSERVATION,
    STAGING,
    STATUS,
    SURVEY,
    TREATMENT_RESISTANT,
    TRIAL,
    VERDICT,
    result_coding,
)
from fhir_trd.model.staging import Staging
from fhir_trd.model.verdicts import Assessment, Result, Verdict

DERIVABLE = frozenset({"Observation", "QuestionnaireResponse"})
"""The types of what we read from which an Observation may say it is derived; Provenance names all the others."""


def observation_for(assessment: Assessment, refer: Refer = inside) -> Element:
    """The Observation for one patient. It is preliminary: until a clinician has looked, nothing in it is verified."""
    verdict = assessment.verdicts[0]
    resource_id = identity_for("observation", assessment)
    return filled(
        resourceType="Observation",
        id=resource_id,
        meta={"profile": [SIMPLE_OBSERVATION], "security": [ASSERTED_BY_ALGORITHM]},
        text=_narrative(assessment),
        identifier=[identifier("observation", resource_id)],
        status="preliminary",
        category=[concept(SURVEY)],
        code=concept(STATUS, text="Treatment-resistant depression status, for clinician review"),
        subject=reference_to(assessment.patient),
        effectiveDateTime=assessment.as_of.isoformat(),
        valueCodeableConcept=_value(verdict.result),
        interpretation=_interpretation(verdict.result),
        note=[{"text": line} for line in _notes(assessment)],
        method=_method(verdict),
        # The base resource allows no Device as performer; the software stands here, and as agent in the Provenance.
        device=refer("Device", device_identity(assessment)),
        derivedFrom=_derived_from(assessment),
        component=_components(assessment),
    )


def _value(result: Result) -> Element:
    """The result in our words; the SNOMED CT disorder stands beside it only where the criteria are met."""
    codings = [result_coding(result)] + ([TREATMENT_RESISTANT] if result is Result.MET else [])
    return concept(*codings, text=RESULT_WORDS[result])


def _interpretation(result: Result) -> list[Element]:
    if result not in INTERPRETATIONS:
        return []
    code, display = INTERPRETATIONS[result]
    return [concept({"system": INTERPRETATION_SYSTEM, "code": code, "display": display})]


def _method(verdict: Verdict) -> Element:
    return concept(_criteria_coding(verdict), text=f"{verdict.title}, version {verdict.version}")


def _criteria_coding(verdict: Verdict) -> Element:
    return {"system": CRITERIA, "version": verdict.version, "code": verdict.criteria, "display": verdict.title}


def _notes(assessment: Assessment) -> list[str]:
    flags = [flag_line(flag) for flag in assessment.flags]
    return [REVIEW_SENTENCE, *flags, *(question_line(question) for question in assessment.verdicts[0].would_settle)]


def _derived_from(assessment: Assessment) -> list[Element]:
    outcomes = [outcome for trial in assessment.history.trials for outcome in trial.outcomes]
    scores = {score.origin.resource for outcome in outcomes for score in (outcome.baseline, outcome.endpoint) if score}
    findings = assessment.verdicts[0].findings
    shown = {origin.resource for finding in findings for origin in finding.evidence}
    return [reference_to(resource) for resource in sorted(scores | shown) if resource_type_of(resource) in DERIVABLE]


def _components(assessment: Assessment) -> list[Element]:
    verdict = assessment.verdicts[0]
    counts = ((LEAST, verdict.least), (MOST, verdict.most), (NEEDED, verdict.needed))
    return [
        *({"code": concept(coding), "valueInteger": count} for coding, count in counts),
        *(_verdict_component(each) for each in assessment.verdicts),
        *({"code": concept(TRIAL), "valueString": line} for line in _trial_lines(assessment)),
        *({"code": concept(STAGING, text=staged.title), "valueString": staging_line(staged)} for staged in _staged(assessment)),
        *({"code": concept(FINDING, text=found.rule), "valueString": finding_line(found)} for found in verdict.findings),
    ]


def _staged(assessment: Assessment) -> list[Staging]:
    """The stagings that say something: where nothing may have failed there is nothing to stage."""
    return [staging for staging in assessment.staging if staging.parts]


def _verdict_component(verdict: Verdict) -> Element:
    value = concept(result_coding(verdict.result), text=verdict_line(verdict))
    return {"code": concept(VERDICT, _criteria_coding(verdict), text=verdict.title), "valueCodeableConcept": value}


def _trial_lines(assessment: Assessment) -> list[str]:
    judgements = {judgement.trial: judgement for judgement in assessment.verdicts[0].judgements}
    return [trial_line(trial, judgements.get(trial.id)) for trial in assessment.history.trials]


def _narrative(assessment: Assessment) -> Element:
    verdict = assessment.verdicts[0]
    return narrative(
        strong(f"{RESULT_WORDS[verdict.result]}, as of {assessment.as_of}"),
        listed("Flags", [flag_line(flag) for flag in assessment.flags]),
        paragraph(REVIEW_SENTENCE),
        listed("Criteria", [verdict_line(each) for each in assessment.verdicts]),
        listed("Antidepressant trials", _trial_lines(assessment)),
        listed("Staging, beside the criteria", [staging_line(staging) for staging in _staged(assessment)]),
        listed("What was checked", [finding_line(finding) for finding in verdict.findings]),
        listed("Open questions", [question.ask for question in verdict.would_settle]),
    )
