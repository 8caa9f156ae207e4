"""The finding as a FHIR Observation (US Core Simple Observation)."""

from functools import lru_cache

from msgspec import Struct

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


STATUS_CODE = concept(STATUS, text="Treatment-resistant depression status, for clinician review")
TRIAL_CODE = concept(TRIAL)
COUNT_CODES = concept(LEAST), concept(MOST), concept(NEEDED)


class Words(Struct, frozen=True):
    """The lines about one patient, which stand in the narrative and as values."""

    verdicts: list[str]
    trials: list[str]
    stagings: list[str]
    findings: list[str]
    flags: list[str]


def observation_for(assessment: Assessment, refer: Refer = inside) -> Element:
    """The Observation for one patient. It is preliminary: until a clinician has looked, nothing in it is verified."""
    verdict = assessment.verdicts[0]
    words = _words(assessment)
    resource_id = identity_for("observation", assessment)
    return filled(
        resourceType="Observation",
        id=resource_id,
        meta={"profile": [SIMPLE_OBSERVATION], "security": [ASSERTED_BY_ALGORITHM]},
        text=_narrative(assessment, words),
        identifier=[identifier("observation", resource_id)],
        status="preliminary",
        category=[concept(SURVEY)],
        code=STATUS_CODE,
        subject=reference_to(assessment.patient),
        effectiveDateTime=assessment.as_of.isoformat(),
        valueCodeableConcept=_value(verdict.result),
        interpretation=_interpretation(verdict.result),
        note=[{"text": line} for line in [REVIEW_SENTENCE, *words.flags, *map(question_line, verdict.would_settle)]],
        method=_method(verdict),
        # The base resource allows no Device as performer; the software stands here, and as agent in the Provenance.
        device=refer("Device", device_identity(assessment)),
        derivedFrom=_derived_from(assessment),
        component=_components(assessment, words),
    )


def _words(assessment: Assessment) -> Words:
    verdict = assessment.verdicts[0]
    judgements = {judgement.trial: judgement for judgement in verdict.judgements}
    return Words(
        verdicts=[verdict_line(each) for each in assessment.verdicts],
        trials=[trial_line(trial, judgements.get(trial.id)) for trial in assessment.history.trials],
        stagings=[staging_line(staging) for staging in _staged(assessment)],
        findings=[finding_line(finding) for finding in verdict.findings],
        flags=[flag_line(flag) for flag in assessment.flags],
    )


@lru_cache
def _value(result: Result) -> Element:
    """The result in our words; the SNOMED CT disorder stands beside it only where the criteria are met."""
    codings = [result_coding(result)] + ([TREATMENT_RESISTANT] if result is Result.MET else [])
    return concept(*codings, text=RESULT_WORDS[result])


@lru_cache
def _interpretation(result: Result) -> list[Element]:
    if result not in INTERPRETATIONS:
        return []
    code, display = INTERPRETATIONS[result]
    return [concept({"system": INTERPRETATION_SYSTEM, "code": code, "display": display})]


def _method(verdict: Verdict) -> Element:
    return concept(_criteria_coding(verdict), text=f"{verdict.title}, version {verdict.version}")


def _criteria_coding(verdict: Verdict) -> Element:
    return {"system": CRITERIA, "version": verdict.version, "code": verdict.criteria, "display": verdict.title}


def _derived_from(assessment: Assessment) -> list[Element]:
    outcomes = [outcome for trial in assessment.history.trials for outcome in trial.outcomes]
    scores = {score.origin.resource for outcome in outcomes for score in (outcome.baseline, outcome.endpoint) if score}
    findings = assessment.verdicts[0].findings
    shown = {origin.resource for finding in findings for origin in finding.evidence}
    return [reference_to(resource) for resource in sorted(scores | shown) if resource_type_of(resource) in DERIVABLE]


def _components(assessment: Assessment, words: Words) -> list[Element]:
    verdict = assessment.verdicts[0]
    counts = verdict.least, verdict.most, verdict.needed
    verdicts = zip(assessment.verdicts, words.verdicts, strict=True)
    stagings = zip(_staged(assessment), words.stagings, strict=True)
    findings = zip(verdict.findings, words.findings, strict=True)
    return [
        *({"code": code, "valueInteger": count} for code, count in zip(COUNT_CODES, counts, strict=True)),
        *(_verdict_component(each, line) for each, line in verdicts),
        *({"code": TRIAL_CODE, "valueString": line} for line in words.trials),
        *({"code": _staging_code(staged.title), "valueString": line} for staged, line in stagings),
        *({"code": _finding_code(found.rule), "valueString": line} for found, line in findings),
    ]


@lru_cache
def _staging_code(title: str) -> Element:
    return concept(STAGING, text=title)


@lru_cache
def _finding_code(rule: str) -> Element:
    return concept(FINDING, text=rule)


def _staged(assessment: Assessment) -> list[Staging]:
    """The stagings that say something: where nothing may have failed there is nothing to stage."""
    return [staging for staging in assessment.staging if staging.parts]


def _verdict_component(verdict: Verdict, line: str) -> Element:
    value = concept(result_coding(verdict.result), text=line)
    return {"code": concept(VERDICT, _criteria_coding(verdict), text=verdict.title), "valueCodeableConcept": value}


def _narrative(assessment: Assessment, words: Words) -> Element:
    verdict = assessment.verdicts[0]
    return narrative(
        strong(f"{RESULT_WORDS[verdict.result]}, as of {assessment.as_of}"),
        listed("Flags", words.flags),
        paragraph(REVIEW_SENTENCE),
        listed("Criteria", words.verdicts),
        listed("Antidepressant trials", words.trials),
        listed("Staging, beside the criteria", words.stagings),
        listed("What was checked", words.findings),
        listed("Open questions", [question.ask for question in verdict.would_settle]),
    )
