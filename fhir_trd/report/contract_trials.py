"""Trials, scores and the episode in the JSON contract."""

from fhir_trd.model.records import Diagnosis, Score, Treatment
from fhir_trd.model.trials import Augmentation, Episode, Outcome, Segment, Trial
from fhir_trd.report.contract_values import (
    Json,
    Object,
    days_json,
    evidence_json,
    known_when_json,
    number_json,
    percent_json,
    when_json,
)


def trial_json(trial: Trial) -> Object:
    """A trial, with the outcome in its latest window."""
    return {
        **_drug_and_time(trial),
        **_dose_and_days(trial),
        **_context(trial),
        **_outcome(trial.outcomes[-1]),
        "augmentations": [_augmentation(augmentation) for augmentation in trial.augmentations],
        "stop_reason": None if trial.stop_reason is None else str(trial.stop_reason),
        "loss_of_response": trial.loss_of_response,
        "doubts": list(trial.doubts),
        "notes": list(trial.notes),
        "evidence": evidence_json(trial.sources),
    }


def _drug_and_time(trial: Trial) -> Object:
    return {
        "id": trial.id,
        "drug": trial.drug.ingredient,
        "name": trial.drug.name,
        "rxcui": trial.drug.rxcui,
        "class": trial.drug.drug_class,
        "start": when_json(trial.start),
        "end": when_json(trial.end),
        "ongoing": trial.ongoing,
    }


def _dose_and_days(trial: Trial) -> Object:
    return {
        "max_dose_mg": number_json(None if trial.max_dose is None else round(trial.max_dose, 2)),
        "segments": [_segment(segment) for segment in trial.segments],
        "exposed_days": days_json(trial.exposed),
        "days_at_minimum": days_json(trial.at_minimum),
        "adequate_days": days_json(trial.adequate),
        "countable_days": days_json(trial.countable),
        "days_in_episode": days_json(trial.inside),
        "first_at_minimum": known_when_json(trial.first_at_minimum),
        "oral": trial.oral,
    }


def _context(trial: Trial) -> Object:
    intent, adherence, relation = trial.intent, trial.adherence, trial.relation
    return {
        "intent": {
            "purpose": str(intent.purpose),
            "because": intent.because,
            "reason": intent.reason,
            "evidence": evidence_json(intent.evidence),
        },
        "known_from": str(trial.strongest),
        "adherence": {
            "answer": str(adherence.answer),
            "because": adherence.because,
            "covered": number_json(adherence.covered),
            "evidence": evidence_json(adherence.evidence),
        },
        "relation": {"kind": str(relation.kind), "to": relation.to, "overlap_days": days_json(relation.overlap_days)},
        "episode": str(trial.place),
        "breakthrough": str(trial.breakthrough),
    }


def _outcome(outcome: Outcome) -> Object:
    return {
        "outcome": str(outcome.response),
        "outcome_because": outcome.because,
        "improvement_percent": percent_json(outcome.improvement),
        "baseline": _known_score(outcome.baseline),
        "endpoint": _known_score(outcome.endpoint),
    }


def _segment(segment: Segment) -> Object:
    dose = segment.dose
    dose_mg: Json = None if dose is None else {"least": number_json(dose.least), "most": number_json(dose.most)}
    return {"start": when_json(segment.start), "end": when_json(segment.end), "dose_mg": dose_mg}


def _augmentation(augmentation: Augmentation) -> Object:
    return {
        "drug": augmentation.drug.ingredient,
        "start": when_json(augmentation.start),
        "end": when_json(augmentation.end),
        "max_dose_mg": number_json(augmentation.max_dose),
        "overlap_days": days_json(augmentation.overlap),
        "answer": str(augmentation.answer),
        "evidence": evidence_json(augmentation.evidence),
    }


def _known_score(score: Score | None) -> Json:
    return None if score is None else score_json(score)


def score_json(score: Score) -> Object:
    """A total on a scale."""
    return {
        "scale": score.scale,
        "value": number_json(score.value),
        "when": when_json(score.when),
        "notes": list(score.notes),
        "evidence": evidence_json((score.origin,)),
    }


def episode_json(episode: Episode) -> Object:
    """The current episode, and how it is known."""
    return {
        "start": known_when_json(episode.start),
        "known_from": episode.evidence,
        "because": episode.because,
        "evidence": evidence_json(episode.origins),
    }


def diagnosis_json(diagnosis: Diagnosis) -> Object:
    """A diagnosis the rules know."""
    return {
        "category": diagnosis.category,
        "certainty": str(diagnosis.certainty),
        "course": str(diagnosis.course),
        "severity": diagnosis.severity,
        "onset": known_when_json(diagnosis.onset),
        "abated": known_when_json(diagnosis.abated),
        "recorded": known_when_json(diagnosis.recorded),
        "evidence": evidence_json((diagnosis.origin,)),
    }


def treatment_json(treatment: Treatment) -> Object:
    """A treatment that is not a drug."""
    return {
        "kind": treatment.kind,
        "start": when_json(treatment.start),
        "end": when_json(treatment.end),
        "evidence": evidence_json((treatment.origin,)),
    }
