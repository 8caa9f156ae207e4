"""Facts that cannot lie in the patient's life: dated before the birth, or a birth that is still to come."""

from collections.abc import Iterable
from datetime import date

from msgspec import structs

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import LONG_AGO, When
from fhir_trd.model.issues import Issue
from fhir_trd.model.records import PatientRecord, Score, Supply


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
        issues=(*record.issues, *_issues([*early, *wrong])),
    )


def _begins_before(supply: Supply, born: When) -> bool:
    start = supply.steps[0].start
    return start.earliest != LONG_AGO and start.latest < born.earliest


def _undated(supply: Supply) -> Supply:
    """The supply with a start that nobody knows, up to its end."""
    first, *others = supply.steps
    until = first.end.latest if first.end else others[0].start.latest if others else supply.asserted or date.max
    return structs.replace(supply, steps=(structs.replace(first, start=When(LONG_AGO, until)), *others))


def _issues(facts: Iterable[Supply | Score]) -> tuple[Issue, ...]:
    return tuple(_issue(fact) for fact in facts)


def _issue(fact: Supply | Score) -> Issue:
    effect = "start taken as unknown" if isinstance(fact, Supply) else "score left out"
    return Issue(kind="before-birth", origin=fact.origin, found="a date before the birth", effect=effect)


def _unborn(patient: str) -> Issue:
    return Issue(
        kind="birth-to-come",
        origin=Origin(patient, "birthDate"),
        found="a birth after the day of assessment",
        effect="age taken as unknown",
    )
