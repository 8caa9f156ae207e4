"""Facts that cannot lie in the patient's life: dated before the birth or after the death, or a birth that is still to come."""

from collections.abc import Callable, Iterable
from datetime import date

from msgspec import structs

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import LONG_AGO, When
from fhir_trd.model.issues import Issue
from fhir_trd.model.records import EndFrom, PatientRecord, Score, Supply


def since_birth(record: PatientRecord, as_of: date) -> PatientRecord:
    """The record; a start before the birth is taken as unknown, a score before it is left out, and each is an issue."""
    born = record.born
    if born is None:
        return record
    if born.earliest > as_of:
        return structs.replace(record, born=None, issues=(*record.issues, _unborn(record.patient)))
    wrong = [score for score in record.scores if score.when.latest < born.earliest]
    early = [supply for supply in record.supplies if _begins_before(supply, born)]
    if not wrong and not early:
        return record
    return structs.replace(
        record,
        supplies=tuple(_undated(supply) if supply in early else supply for supply in record.supplies),
        scores=tuple(score for score in record.scores if score not in wrong),
        issues=(*record.issues, *_issues([*early, *wrong], _before_birth)),
    )


def until_death(record: PatientRecord, as_of: date) -> PatientRecord:
    """The record; what begins after the death is left out, each an issue, and what outlasts it ends with it."""
    died = record.died
    if died is None or died.latest > as_of:
        return record
    wrong = [supply for supply in record.supplies if _begins_after(supply, died)]
    late = [score for score in record.scores if score.when.earliest > died.latest]
    return structs.replace(
        record,
        supplies=tuple(_ended(supply, died) for supply in record.supplies if supply not in wrong),
        scores=tuple(score for score in record.scores if score not in late),
        issues=(*record.issues, *_issues([*wrong, *late], _after_death)),
    )


def _begins_after(supply: Supply, died: When) -> bool:
    return supply.steps[0].start.earliest > died.latest


def _ended(supply: Supply, died: When) -> Supply:
    """The supply without what lies after the death; one that went on for good ends with it."""
    steps = [step for step in supply.steps if step.start.earliest <= died.latest]
    last = steps[-1]
    outlasts = last.end.latest > died.latest if last.end else supply.ongoing or len(steps) < len(supply.steps)
    if not outlasts:
        return supply
    told = last.end.earliest if last.end else supply.asserted or last.start.latest
    end = When(max(last.start.earliest, min(told, died.earliest)), died.latest)
    ended = (*steps[:-1], structs.replace(last, end=end))
    return structs.replace(supply, steps=ended, end_from=EndFrom.STATED, ongoing=False, stop_reason=None)


def _begins_before(supply: Supply, born: When) -> bool:
    start = supply.steps[0].start
    return start.earliest != LONG_AGO and start.latest < born.earliest


def _undated(supply: Supply) -> Supply:
    """The supply with a start that nobody knows, up to its end."""
    first, *others = supply.steps
    until = first.end.latest if first.end else others[0].start.latest if others else supply.asserted or date.max
    return structs.replace(supply, steps=(structs.replace(first, start=When(LONG_AGO, until)), *others))


def _issues(facts: Iterable[Supply | Score], issue_of: Callable[[Supply | Score], Issue]) -> Iterable[Issue]:
    return (issue_of(fact) for fact in facts)


def _before_birth(fact: Supply | Score) -> Issue:
    effect = "start taken as unknown" if isinstance(fact, Supply) else "score left out"
    return Issue(kind="before-birth", origin=fact.origin, found="a date before the birth", effect=effect)


def _after_death(fact: Supply | Score) -> Issue:
    effect = "record left out" if isinstance(fact, Supply) else "score left out"
    return Issue(kind="after-death", origin=fact.origin, found="a date after the death", effect=effect)


def _unborn(patient: str) -> Issue:
    return Issue(
        kind="birth-to-come",
        origin=Origin(patient, "birthDate"),
        found="a birth after the day of assessment",
        effect="age taken as unknown",
    )
