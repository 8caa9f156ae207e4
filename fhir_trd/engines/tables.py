"""The tables of a population: which columns each has, and their rows. Columns bear the names of the JSON contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pyarrow as pa

from fhir_trd.criteria.conditions import CONDITIONS, conditions_of
from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.dates import LONG_AGO, When
from fhir_trd.model.drugs import Role
from fhir_trd.model.records import DEPRESSION, Certainty, PatientRecord
from fhir_trd.model.trials import Trial
from fhir_trd.model.truth import Truth, truth_of
from fhir_trd.model.verdicts import Assessment, Flag, Verdict

Row = dict[str, object]

_TEXT, _COUNT, _DAY, _TRUTH, _NUMBER = pa.string(), pa.int32(), pa.date32(), pa.bool_(), pa.float64()
_TEXTS = pa.list_(pa.string())
_JUDGEMENTS = pa.list_(pa.struct([("criteria", _TEXT), ("answer", _TEXT), ("reasons", _TEXTS)]))
_CONDITIONS = pa.list_(pa.struct([("criteria", _TEXT), *((name, _TEXT) for name in CONDITIONS)]))
_FINDINGS = pa.list_(pa.struct([("rule", _TEXT), ("truth", _TEXT)]))


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns])


LEDGER = "ledger"
"""The table of the whole population; all others are of patients."""

SCHEMAS: Mapping[str, pa.Schema] = {
    "verdicts": _schema(
        ("patient", _TEXT), ("as_of", _DAY), ("criteria", _TEXT), ("result", _TEXT), ("least", _COUNT), ("most", _COUNT),
        ("needed", _COUNT), ("counted", _TEXTS), ("met_on_earliest", _DAY), ("met_on_latest", _DAY), ("would_settle", _TEXTS),
        ("needs_review", _TRUTH), ("version", _TEXT), ("depression", _TEXT), ("antidepressant", _TRUTH), ("findings", _FINDINGS),
    ),
    "trials": _schema(
        ("patient", _TEXT), ("as_of", _DAY), ("trial", _TEXT), ("drug", _TEXT), ("rxcui", _TEXT), ("class", _TEXT),
        ("start_earliest", _DAY), ("start_latest", _DAY), ("end_earliest", _DAY), ("end_latest", _DAY), ("ongoing", _TRUTH),
        ("max_dose_mg", _NUMBER), ("exposed_days_least", _COUNT), ("exposed_days_most", _COUNT),
        ("adequate_days_least", _COUNT), ("adequate_days_most", _COUNT), ("outcome", _TEXT), ("outcome_because", _TEXT),
        ("improvement_percent", _NUMBER), ("stop_reason", _TEXT), ("purpose", _TEXT), ("adherence", _TEXT), ("relation", _TEXT),
        ("relation_to", _TEXT), ("episode", _TEXT), ("doubts", _TEXTS), ("evidence", _TEXTS), ("judgements", _JUDGEMENTS),
        ("conditions", _CONDITIONS),
    ),
    "flags": _schema(
        ("patient", _TEXT), ("as_of", _DAY), ("severity", _TEXT), ("about", _TEXT), ("because", _TEXT), ("evidence", _TEXTS),
    ),
    LEDGER: _schema(("resource_type", _TEXT), ("fate", _TEXT), ("reason", _TEXT), ("count", pa.int64())),
}  # fmt: skip
"""The tables and their columns: new ones come at the end, none is renamed."""


def columns_of(rows: Sequence[Row], name: str) -> list[pa.Array]:
    """The rows of a table as its columns."""
    return [pa.array([row[field.name] for row in rows], field.type) for field in SCHEMAS[name]]


def depression_in(record: PatientRecord) -> Truth:
    """Whether a diagnosis of depression is recorded: confirmed, or only suspected."""
    found = [one for one in record.diagnoses if one.category == DEPRESSION]
    return truth_of(surely=any(one.certainty is Certainty.CONFIRMED for one in found), possibly=bool(found))


def has_antidepressant(record: PatientRecord) -> bool:
    """Whether any record of an antidepressant is there, taken or not."""
    return any(supply.drug.role is Role.ANTIDEPRESSANT for supply in record.supplies)


def verdict_rows(record: PatientRecord, as_of: date, verdicts: Iterable[Verdict]) -> Iterator[Row]:
    """One row for each criteria set."""
    depression, antidepressant = str(depression_in(record)), has_antidepressant(record)
    for verdict in verdicts:
        yield {
            "patient": record.patient,
            "as_of": as_of,
            "criteria": verdict.criteria,
            "result": str(verdict.result),
            "least": verdict.least,
            "most": verdict.most,
            "needed": verdict.needed,
            "counted": list(verdict.counted),
            **_bounds("met_on", verdict.met_on),
            "would_settle": [question.ask for question in verdict.would_settle],
            "needs_review": verdict.needs_review,
            "version": verdict.version,
            "depression": depression,
            "antidepressant": antidepressant,
            "findings": [{"rule": one.rule, "truth": str(one.truth)} for one in verdict.findings],
        }


def trial_rows(assessment: Assessment, criteria: Mapping[str, CriteriaSet]) -> Iterator[Row]:
    """One row for each trial, with what each criteria set says of it."""
    sets = [criteria[verdict.criteria] for verdict in assessment.verdicts]
    for trial in assessment.history.trials:
        outcome = trial.outcomes[-1]
        yield {
            "patient": assessment.patient,
            "as_of": assessment.as_of,
            "trial": trial.id,
            "drug": trial.drug.ingredient,
            "rxcui": trial.drug.rxcui,
            "class": trial.drug.drug_class,
            **_bounds("start", trial.start),
            **_bounds("end", trial.end),
            "ongoing": trial.ongoing,
            "max_dose_mg": trial.max_dose,
            **_days(trial),
            "outcome": str(outcome.response),
            "outcome_because": outcome.because,
            "improvement_percent": None if outcome.improvement is None else round(outcome.improvement, 1),
            **_context(trial),
            "evidence": _evidence(trial.sources),
            "judgements": _judgements(trial.id, assessment.verdicts),
            "conditions": _conditions(trial, sets),
        }


def flag_rows(patient: str, as_of: date, flags: Iterable[Flag]) -> Iterator[Row]:
    """One row for each flag."""
    for flag in flags:
        yield {
            "patient": patient,
            "as_of": as_of,
            "severity": str(flag.severity),
            "about": flag.about,
            "because": flag.because,
            "evidence": _evidence(flag.evidence),
        }


def _days(trial: Trial) -> Row:
    return {
        "exposed_days_least": trial.exposed.least,
        "exposed_days_most": trial.exposed.most,
        "adequate_days_least": trial.adequate.least,
        "adequate_days_most": trial.adequate.most,
    }


def _context(trial: Trial) -> Row:
    return {
        "stop_reason": None if trial.stop_reason is None else str(trial.stop_reason),
        "purpose": str(trial.intent.purpose),
        "adherence": str(trial.adherence.answer),
        "relation": str(trial.relation.kind),
        "relation_to": trial.relation.to,
        "episode": str(trial.place),
        "doubts": list(trial.doubts),
    }


def _judgements(trial: str, verdicts: Iterable[Verdict]) -> list[Row]:
    return [
        {"criteria": verdict.criteria, "answer": str(one.answer), "reasons": list(one.reasons)}
        for verdict in verdicts
        for one in verdict.judgements
        if one.trial == trial
    ]


def _conditions(trial: Trial, sets: Iterable[CriteriaSet]) -> list[Row]:
    """How far the trial gets under each set that asks for failed trials; nothing where a condition was not asked any more."""
    return [
        {"criteria": one.id, **{name: str(truth) for name, truth in conditions_of(trial, one.failed_trials).items()}}
        for one in sets
        if one.failed_trials is not None
    ]


def _bounds(name: str, when: When | None) -> Row:
    earliest, latest = (when.earliest, when.latest) if when else (None, None)
    return {f"{name}_earliest": _day(earliest), f"{name}_latest": _day(latest)}


def _day(day: date | None) -> date | None:
    """The day, or nothing for a bound that nobody recorded."""
    return None if day in (LONG_AGO, date.max) else day


def _evidence(origins: Iterable[Origin]) -> list[str]:
    places = (f"{origin.resource}#{origin.path}" if origin.path else origin.resource for origin in origins)
    return list(dict.fromkeys(places))
