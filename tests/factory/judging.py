"""From a chart to its assessment, by the same way a file takes; and short answers for tests to compare."""

from datetime import date
from functools import cache

from msgspec.structs import replace

from fhir_trd.assessment import assess
from fhir_trd.fhir.decode import resources_in_document
from fhir_trd.fhir.read.records import read_records
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.trials import Outcome, Trial
from fhir_trd.model.verdicts import Assessment, Judgement, Verdict
from tests.factory.chart import Chart

SIX = ("consensus", "fda", "ema", "delphi", "cigna-esketamine", "medicare-tms")


@cache
def knowledge() -> Knowledge:
    """The shipped tables, loaded once."""
    return load_knowledge()


def record_of(body: bytes) -> PatientRecord:
    """The one patient record in a document."""
    reading = read_records(resources_in_document(body, "chart"), knowledge())
    assert reading.faults == ()
    (record,) = reading.records
    return record


def judge(
    chart: Chart,
    *,
    criteria: tuple[str, ...] = SIX,
    dose_table: str | None = None,
    known: Knowledge | None = None,
) -> Assessment:
    """The assessment of a chart, on the chart's own day."""
    return judge_record(record_of(chart.body()), chart.as_of, criteria=criteria, dose_table=dose_table, known=known)


def judge_record(
    record: PatientRecord,
    as_of: str,
    *,
    criteria: tuple[str, ...] = SIX,
    dose_table: str | None = None,
    known: Knowledge | None = None,
) -> Assessment:
    """The assessment of a record, on the given day."""
    day = date.fromisoformat(as_of)
    return assess(record, known or knowledge(), as_of=day, criteria=criteria, dose_table=dose_table)


def varied(criteria: str, **values: float | str | bool) -> Knowledge:
    """The shipped tables with some parameters of one set's rule for failed trials changed."""
    known = knowledge()
    chosen = known.criteria[criteria]
    rules = tuple(
        replace(rule, parameters=dict(rule.parameters) | {n: replace(rule.parameters[n], value=v) for n, v in values.items()})
        if rule.kind == "failed_trials"
        else rule
        for rule in chosen.rules
    )
    return replace(known, criteria=dict(known.criteria) | {criteria: replace(chosen, rules=rules)})


def verdict(assessment: Assessment, criteria: str = "consensus") -> Verdict:
    """What one criteria set says."""
    return next(one for one in assessment.verdicts if one.criteria == criteria)


def cell(assessment: Assessment, criteria: str = "consensus") -> str:
    """The answer of one criteria set as the tables write it: ``met 2/2`` is the result and the least and most counted."""
    said = verdict(assessment, criteria)
    return f"{said.result} {said.least}/{said.most}"


def cells(assessment: Assessment) -> dict[str, str]:
    """The answers of all criteria sets."""
    return {said.criteria: cell(assessment, said.criteria) for said in assessment.verdicts}


def trials(assessment: Assessment, drug: str) -> tuple[Trial, ...]:
    """All trials of a drug, in order of time."""
    return tuple(one for one in assessment.history.trials if one.drug.ingredient == drug)


def trial(assessment: Assessment, drug: str) -> Trial:
    """The one trial of a drug."""
    (found,) = trials(assessment, drug)
    return found


def judgement(assessment: Assessment, drug: str, criteria: str = "consensus") -> Judgement:
    """What one criteria set says about the one trial of a drug."""
    wanted = trial(assessment, drug).id
    return next(one for one in verdict(assessment, criteria).judgements if one.trial == wanted)


def outcome(assessment: Assessment, drug: str, days: int = 42) -> Outcome:
    """The outcome of the one trial of a drug, as a set that asks for so many days sees it."""
    return trial(assessment, drug).outcome_for(days)


def improvement(assessment: Assessment, drug: str, days: int = 42) -> float | None:
    """The improvement in percent, to one decimal, as clinicians write it."""
    found = outcome(assessment, drug, days).improvement
    return None if found is None else round(found, 1)


def adequate(assessment: Assessment, drug: str) -> tuple[int, int]:
    """The least and most days at the minimum dose."""
    days = trial(assessment, drug).adequate
    return days.least, days.most
