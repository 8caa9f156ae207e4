"""An assessment as the JSON others rely on. Keys may be added, never renamed; days nobody knows are null."""

from collections.abc import Iterable, Mapping

from fhir_trd.model.issues import Issue
from fhir_trd.model.plans import Goal, Step
from fhir_trd.model.trials import History, Stage, Trial
from fhir_trd.model.verdicts import Assessment, Clause, Finding, Flag, Judgement, OpenQuestion, Sensitivity, Settling, Verdict
from fhir_trd.report.checklist import is_checklist
from fhir_trd.report.contract_staging import staging_json
from fhir_trd.report.contract_trials import diagnosis_json, episode_json, score_json, treatment_json, trial_json
from fhir_trd.report.contract_values import Json, Object, day_json, evidence_json, known_when_json, number_json, percent_json
from fhir_trd.report.words import DOCUMENTED

HISTORY_COLUMNS = (
    "patient",
    "as_of",
    "trial",
    "drug",
    "rxcui",
    "class",
    "start_earliest",
    "start_latest",
    "end_earliest",
    "end_latest",
    "ongoing",
    "max_dose_mg",
    "exposed_days_least",
    "exposed_days_most",
    "adequate_days_least",
    "adequate_days_most",
    "outcome",
    "outcome_because",
    "improvement_percent",
    "stop_reason",
    "purpose",
    "adherence",
    "relation",
    "relation_to",
    "episode",
    "doubts",
    "evidence",
)
"""The columns of ``history --format csv``: the first line of the file. New ones come at the end, none is renamed."""


def assessment_json(assessment: Assessment) -> Object:
    """One patient as ``evaluate`` gives it."""
    history = assessment.history
    judgements = _judgements_by_trial(assessment.verdicts)
    trials: list[Json] = [{**trial_json(trial), "judgements": judgements.get(trial.id, {})} for trial in history.trials]
    return {
        "patient": assessment.patient,
        "as_of": assessment.as_of.isoformat(),
        "flags": [_flag(flag) for flag in assessment.flags],
        "verdicts": [_verdict(verdict) for verdict in assessment.verdicts],
        "trials": trials,
        "staging": staging_json(assessment.staging),
        "issues": _issues(assessment.issues),
        "plan": [_step(step) for step in assessment.plan.steps],
        "goals": [_goal(goal) for goal in assessment.plan.goals],
        "sensitivity": [_sensitivity(line) for line in assessment.sensitivity],
        "episode": episode_json(history.episode),
        "dose_table": history.dose_table,
        "sources": list(assessment.sources),
        "knowledge": assessment.knowledge,
        "version": assessment.version,
    }


def history_json(history: History) -> Object:
    """One patient as ``history`` gives it."""
    return {
        "patient": history.patient,
        "as_of": history.as_of.isoformat(),
        "dose_table": history.dose_table,
        "age": history.age,
        "episode": episode_json(history.episode),
        "trials": [trial_json(trial) for trial in history.trials],
        "diagnoses": [diagnosis_json(diagnosis) for diagnosis in history.diagnoses],
        "scores": [score_json(score) for score in history.scores],
        "treatments": [treatment_json(treatment) for treatment in history.treatments],
        "stages": [_stage(stage) for stage in history.stages],
        "issues": _issues(history.issues),
    }


def history_csv_rows(history: History) -> tuple[tuple[str, ...], ...]:
    """One row a trial, under ``HISTORY_COLUMNS``; an empty cell is a fact nobody recorded, lists are joined by "; "."""
    return tuple(tuple(map(_cell, _cells(history, trial))) for trial in history.trials)


def _cells(history: History, trial: Trial) -> tuple[Json, ...]:
    outcome = trial.outcomes[-1]
    return (
        history.patient,
        history.as_of.isoformat(),
        trial.id,
        trial.drug.ingredient,
        trial.drug.rxcui,
        trial.drug.drug_class,
        day_json(trial.start.earliest),
        day_json(trial.start.latest),
        day_json(trial.end.earliest),
        day_json(trial.end.latest),
        trial.ongoing,
        number_json(trial.max_dose),
        trial.exposed.least,
        trial.exposed.most,
        trial.adequate.least,
        trial.adequate.most,
        str(outcome.response),
        outcome.because,
        percent_json(outcome.improvement),
        trial.stop_reason,
        str(trial.intent.purpose),
        str(trial.adherence.answer),
        str(trial.relation.kind),
        trial.relation.to,
        str(trial.place),
        list(trial.doubts),
        evidence_json(trial.sources),
    )


def _cell(value: Json) -> str:
    if isinstance(value, list):
        return "; ".join(str(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _judgements_by_trial(verdicts: Iterable[Verdict]) -> Mapping[str, Object]:
    by_trial: dict[str, Object] = {}
    for verdict in verdicts:
        for judgement in verdict.judgements:
            by_trial.setdefault(judgement.trial, {})[verdict.criteria] = _judgement(judgement)
    return by_trial


def _judgement(judgement: Judgement) -> Object:
    return {"answer": str(judgement.answer), "reasons": list(judgement.reasons)}


def _verdict(verdict: Verdict) -> Object:
    return {
        "criteria": verdict.criteria,
        "result": str(verdict.result),
        "least": verdict.least,
        "most": verdict.most,
        "counted": list(verdict.counted),
        "findings": [finding_json(finding) for finding in verdict.findings],
        "would_settle": [_question(question) for question in verdict.would_settle],
        "settled_by": [_settling(settling) for settling in verdict.settled_by],
        "needed": verdict.needed,
        "title": verdict.title,
        "version": verdict.version,
        "needs_review": verdict.needs_review,
        "ignores": list(verdict.ignores),
        "met_on": known_when_json(verdict.met_on),
        **_checklist(verdict),
        **_explained(verdict),
    }


def _explained(verdict: Verdict) -> Object:
    """Every step that led to the verdict, and what would have changed it; only where someone asked for reasons."""
    if not verdict.clauses:
        return {}
    return {
        "clauses": [_clause(clause) for clause in verdict.clauses],
        "would_change": [_settling(settling) for settling in verdict.changed_by],
    }


def _clause(clause: Clause) -> Object:
    return {
        "rule": clause.rule,
        "trial": clause.trial or None,
        "condition": clause.condition or None,
        "relevant": clause.relevant,
        "truth": str(clause.truth),
        "wanted": clause.wanted,
        "found": clause.found,
        "reasons": list(clause.reasons),
        "evidence": evidence_json(clause.evidence),
        "source": clause.source,
        "place": clause.place,
    }


def _settling(settling: Settling) -> Object:
    return {
        "facts": [_question(question) for question in settling.questions],
        "answers": [{"if": list(branch.answers), "then": str(branch.result)} for branch in settling.branches],
    }


def _checklist(verdict: Verdict) -> Object:
    """For a set that is a checklist of documentation: every line with its status."""
    if not is_checklist(verdict):
        return {}
    return {"checklist": [_line(finding) for finding in verdict.findings]}


def _line(finding: Finding) -> Object:
    return {
        "item": finding.rule,
        "status": DOCUMENTED[finding.truth],
        "because": finding.because,
        "evidence": evidence_json(finding.evidence),
        "source": finding.source,
        "place": finding.place,
    }


def finding_json(finding: Finding) -> Object:
    """What one rule found, with its evidence and source."""
    return {
        "rule": finding.rule,
        "truth": str(finding.truth),
        "because": finding.because,
        "evidence": evidence_json(finding.evidence),
        "source": finding.source,
        "place": finding.place,
        "informs_only": finding.informs_only,
    }


def _question(question: OpenQuestion) -> Object:
    return {
        "fact": question.fact,
        "trial": question.trial,
        "ask": question.ask,
        "evidence": evidence_json(question.evidence),
    }


def _flag(flag: Flag) -> Object:
    return {
        "severity": str(flag.severity),
        "about": flag.about,
        "because": flag.because,
        "evidence": evidence_json(flag.evidence),
    }


def _step(step: Step) -> Object:
    option = step.option
    return {
        "option": option.id,
        "title": option.title,
        "standing": str(step.standing),
        "because": step.because,
        "evidence": evidence_json(step.evidence),
        "monitoring": list(option.monitoring),
        "course": list(option.course),
        "va22": option.va22,
        "can23": option.can23,
        "source": option.source,
        "place": option.place,
        "mark": str(option.mark),
    }


def _goal(goal: Goal) -> Object:
    return {"goal": goal.id, "title": goal.title, "scale": goal.scale or None, "at_most": number_json(goal.at_most)}


def _sensitivity(line: Sensitivity) -> Object:
    return {
        "criteria": line.criteria,
        "dose_table": line.dose_table,
        "result": str(line.result),
        "least": line.least,
        "most": line.most,
    }


def _stage(stage: Stage) -> Object:
    return {"name": stage.name, "into": stage.into, "out": stage.out, "left": list(stage.left)}


def _issues(issues: Iterable[Issue]) -> list[Json]:
    return [
        {
            "kind": issue.kind,
            "resource": issue.origin.resource,
            "path": issue.origin.path,
            "found": issue.found,
            "effect": issue.effect,
            **({"beside": [origin.resource for origin in issue.beside]} if issue.beside else {}),
        }
        for issue in issues
    ]
