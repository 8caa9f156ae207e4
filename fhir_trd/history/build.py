"""The story of a history: supplies become exposures, exposures become trials in their context."""

from collections.abc import Sequence
from datetime import date

from msgspec import structs

from fhir_trd.history.course import all_exposures
from fhir_trd.history.episodes import Clues, current_episode
from fhir_trd.history.exposures import Exposure
from fhir_trd.history.impaired import impaired_days
from fhir_trd.history.intent import intent_of
from fhir_trd.history.known import known_by
from fhir_trd.history.levels import readings_of
from fhir_trd.history.surroundings import course_starts
from fhir_trd.history.timeline import Yardstick, yardstick_of
from fhir_trd.history.trial import Context, Meant, trial_of
from fhir_trd.history.uses import agent_use, uses_of
from fhir_trd.history.washouts import conflict_issues, conflicts_of
from fhir_trd.model.drugs import Role
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import DEPRESSION, PatientRecord
from fhir_trd.model.trials import Episode, History, Intent, Stage, Trial

PAIR = "enantiomer_or_metabolite_pair"


def build_history(record: PatientRecord, knowledge: Knowledge, *, as_of: date, dose_table: str) -> History:
    """The normalised trial history of one patient up to a day, with doses judged by one table."""
    known = known_by(record, as_of)
    impaired = impaired_days(known, knowledge.impairments)
    yardstick = yardstick_of(knowledge.conventions, dose_table, known.born.earliest if known.born else None, impaired)
    told = {
        level.ingredient: readings_of(level.ingredient, knowledge.levels, known.measurements, yardstick)
        for level in knowledge.levels
    }
    exposures = all_exposures(known.supplies, knowledge.other_uses, yardstick, knowledge.conventions, as_of, told)
    meant = tuple(Meant(exposure, _intent(exposure, known, knowledge)) for exposure in exposures)
    trials = tuple(one for one in meant if one.exposure.drug.role is Role.ANTIDEPRESSANT)
    context = _context(meant, known, knowledge, yardstick, as_of)
    conflicts = conflicts_of(exposures, knowledge.washouts)
    return History(
        patient=record.patient,
        as_of=as_of,
        dose_table=dose_table,
        age=yardstick.age_on(as_of),
        trials=_paired(tuple(trial_of(one, context) for one in trials)),
        episode=context.episode,
        diagnoses=known.diagnoses,
        scores=known.scores,
        treatments=known.treatments,
        reactions=known.reactions,
        uses=uses_of(exposures),
        agents=tuple(agent_use(one, knowledge.conventions) for one in meant if one.exposure.drug.role is Role.AUGMENTATION),
        born=known.born,
        stages=_stages(record, known, len(exposures), len(trials)),
        issues=(*known.issues, *conflict_issues(conflicts)),
        conflicts=conflicts,
    )


def _paired(trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """The trials, with the note on a pair (a drug and what it is made from) only where both of the pair were taken."""
    noted = {(trial.drug.drug_class, trial.drug.ingredient) for trial in trials if PAIR in trial.notes}
    both = {drug_class for drug_class, _ in noted if len([one for one in noted if one[0] == drug_class]) > 1}
    alone = [trial for trial in trials if PAIR in trial.notes and trial.drug.drug_class not in both]
    return tuple(_without_note(trial) if trial in alone else trial for trial in trials)


def _without_note(trial: Trial) -> Trial:
    return structs.replace(trial, notes=tuple(note for note in trial.notes if note != PAIR))


def _intent(exposure: Exposure, known: PatientRecord, knowledge: Knowledge) -> Intent:
    siblings = [supply for supply in known.supplies if supply.drug.ingredient == exposure.drug.ingredient]
    return intent_of(exposure, siblings, known.diagnoses, knowledge.other_uses, knowledge.conventions)


def _context(meant: Sequence[Meant], known: PatientRecord, knowledge: Knowledge, yardstick: Yardstick, as_of: date) -> Context:
    candidates = tuple(one.exposure for one in meant if one.is_candidate)
    not_oral = tuple(one.exposure.start for one in meant if one.exposure.drug.role is Role.ANTIDEPRESSANT and not one.is_oral)
    courses = course_starts(known.treatments, knowledge.conventions.session_gap)
    return Context(
        candidates=candidates,
        added=tuple((one.exposure, one.intent) for one in meant if one.exposure.drug.role is Role.AUGMENTATION),
        episode=_episode(meant, known, knowledge, as_of),
        scores=known.scores,
        other_treatments=(*courses, *not_oral),
        reactions=known.reactions,
        knowledge=knowledge,
        yardstick=yardstick,
    )


def _episode(meant: Sequence[Meant], known: PatientRecord, knowledge: Knowledge, as_of: date) -> Episode:
    clues = Clues(
        diagnoses=tuple(diagnosis for diagnosis in known.diagnoses if diagnosis.category == DEPRESSION),
        scores=known.scores,
        treated=tuple(one.exposure for one in meant if one.is_candidate and one.intent.purpose.is_depression),
        as_of=as_of,
    )
    return current_episode(clues, knowledge.scales, knowledge.conventions)


def _stages(record: PatientRecord, known: PatientRecord, exposures: int, trials: int) -> tuple[Stage, ...]:
    late = len(record.supplies) - len(known.supplies)
    unused = len(record.scores) - len(known.scores)
    return (
        Stage(
            "supplies", len(record.supplies), len(known.supplies), (f"{late} start after the day of assessment",) if late else ()
        ),
        Stage(
            "scores",
            len(record.scores),
            len(known.scores),
            (f"{unused} after that day or in hospital for something else",) if unused else (),
        ),
        Stage("exposures", len(known.supplies), exposures),
        Stage("antidepressant trials", exposures, trials),
    )
