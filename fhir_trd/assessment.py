"""The whole story on one page: a patient's record goes in, an assessment comes out. Pure: the day is passed in."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import structs

from fhir_trd import __version__
from fhir_trd.criteria.compare import difference
from fhir_trd.criteria.evaluate import decide, evaluate
from fhir_trd.criteria.explain import explain
from fhir_trd.criteria.staging import stagings_of
from fhir_trd.history.agreement import tables_agree
from fhir_trd.history.build import build_history
from fhir_trd.history.known import known_by
from fhir_trd.model.comparing import Comparison, Refusal
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Assessment, Flag, Sensitivity, Verdict
from fhir_trd.planning.eligibility import OPEN_QUESTIONS
from fhir_trd.planning.flags import alarms, flags_for
from fhir_trd.planning.plan import plan_for


def assess(
    record: PatientRecord,
    knowledge: Knowledge,
    *,
    as_of: date,
    criteria: Sequence[str] = (),
    dose_table: str | None = None,
    sensitivity: bool = True,
) -> Assessment:
    """One patient on one day under the named criteria sets (the default set if none is named).

    ``sensitivity``: whether to ask which verdicts another dose table would change, which takes a second history.
    """
    history = history_of(record, knowledge, as_of=as_of, dose_table=dose_table)
    verdicts = verdicts_of(history, knowledge, criteria)
    flags = _flags_of(record, history, verdicts, knowledge)
    return Assessment(
        patient=record.patient,
        as_of=as_of,
        history=history,
        verdicts=verdicts,
        sensitivity=tuple(_sensitivity(record, history, verdicts, knowledge)) if sensitivity else (),
        staging=stagings_of(history, knowledge.staging, knowledge.criteria[knowledge.staging.failed_by]),
        flags=flags,
        plan=plan_for(
            history,
            (*verdicts, *_verdicts_for_options(history, verdicts, knowledge)),
            flags,
            knowledge.options,
            goals=knowledge.goals,
            measurements=record.measurements,
        ),
        issues=history.issues,
        sources=record.sources,
        knowledge=knowledge.digest,
        version=__version__,
    )


def alarms_of(record: PatientRecord, as_of: date, knowledge: Knowledge) -> tuple[Flag, ...]:
    """The answers in a record that cannot wait, without judging it."""
    known = known_by(record, as_of)
    return alarms(known.scores, record.answers, knowledge.scales, as_of, knowledge.conventions.suicide_item_fresh)


def compare(assessment: Assessment, knowledge: Knowledge) -> Comparison:
    """Why each further set of an assessment answers otherwise than its first; and the sets that cannot be asked at all."""
    base, *others = (knowledge.criteria[verdict.criteria] for verdict in assessment.verdicts)
    found = (difference(assessment.history, base, other) for other in others)
    return Comparison(
        assessment=assessment,
        differences=tuple(one for one in found if one is not None),
        refused=tuple(Refusal(one.id, one.title, one.refused) for one in knowledge.criteria.values() if one.refused),
    )


def explained(assessment: Assessment, knowledge: Knowledge) -> Assessment:
    """The same assessment with every step of each verdict, and what would have changed the ones that are not met."""
    history = assessment.history
    verdicts = tuple(explain(history, knowledge.criteria[verdict.criteria], verdict) for verdict in assessment.verdicts)
    return structs.replace(assessment, verdicts=verdicts)


def all_usable(knowledge: Knowledge) -> tuple[str, ...]:
    """Every criteria set that can be evaluated, the default first."""
    usable = (one.id for one in knowledge.criteria.values() if not one.refused)
    return tuple(dict.fromkeys((knowledge.default_criteria, *usable)))


def _flags_of(record: PatientRecord, history: History, verdicts: tuple[Verdict, ...], knowledge: Knowledge) -> tuple[Flag, ...]:
    return flags_for(
        history,
        verdicts,
        scales=knowledge.scales,
        fresh_days=knowledge.conventions.suicide_item_fresh,
        answers=record.answers,
        rules=knowledge.flags,
        presences=record.presences,
        measurements=record.measurements,
        reactions=record.reactions,
        born=record.born,
        sex=record.sex,
        supplies=record.supplies,
    )


def _verdicts_for_options(history: History, verdicts: Sequence[Verdict], knowledge: Knowledge) -> tuple[Verdict, ...]:
    """The verdicts under which options are approved (esketamine: its label), where nobody asked for them."""
    asked = {verdict.criteria for verdict in verdicts}
    needed = sorted({option.criteria for option in knowledge.options} & knowledge.criteria.keys() - asked)
    answering = {option.criteria for option in knowledge.options if option.when == OPEN_QUESTIONS}
    return tuple((evaluate if name in answering else decide)(history, knowledge.criteria[name]) for name in needed)


def history_of(record: PatientRecord, knowledge: Knowledge, *, as_of: date, dose_table: str | None = None) -> History:
    """The normalised trial history of one patient on one day."""
    return build_history(record, knowledge, as_of=as_of, dose_table=dose_table or knowledge.default_dose_table)


def verdicts_of(history: History, knowledge: Knowledge, criteria: Sequence[str] = ()) -> tuple[Verdict, ...]:
    """What the named criteria sets say about a history."""
    return tuple(evaluate(history, knowledge.criteria[name]) for name in criteria or (knowledge.default_criteria,))


def _sensitivity(
    record: PatientRecord, history: History, verdicts: Sequence[Verdict], knowledge: Knowledge
) -> Iterable[Sensitivity]:
    """The verdicts that another dose table would change, so that nobody takes one table's answer for the truth."""
    raised = any(knowledge.criteria[verdict.criteria].counts_raised_days for verdict in verdicts)
    for table in knowledge.dose_tables:
        if table != history.dose_table and not tables_agree(record, history, table, knowledge.conventions, raised=raised):
            other = history_of(record, knowledge, as_of=history.as_of, dose_table=table)
            for verdict in verdicts:
                changed = decide(other, knowledge.criteria[verdict.criteria])
                if (verdict.result, verdict.least, verdict.most) != (changed.result, changed.least, changed.most):
                    yield Sensitivity(verdict.criteria, table, changed.result, changed.least, changed.most)
