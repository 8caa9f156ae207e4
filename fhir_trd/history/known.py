"""What was known on a day: the record without what began or was measured later (R3), in a fixed order."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import structs

from fhir_trd.history.lifetime import since_birth, until_death
from fhir_trd.model.records import Diagnosis, PatientRecord, Score, Stay, Supply, Taking


def known_by(record: PatientRecord, as_of: date) -> PatientRecord:
    """The record up to a day, sorted, each fact once. Scores taken in hospital for something else are left out (5.5)."""
    record = until_death(since_birth(record, as_of), as_of)
    return structs.replace(
        record,
        supplies=tuple(_as_known(supply, as_of) for supply in record.supplies if supply.steps[0].start.earliest <= as_of),
        diagnoses=tuple(
            sorted((one for one in record.diagnoses if _begun(one, as_of)), key=lambda one: (_day(one), one.origin.resource))
        ),
        scores=tuple(
            sorted(_usable(record.scores, record.stays, as_of), key=lambda one: (one.when.earliest, one.origin.resource))
        ),
        measurements=tuple(one for one in record.measurements if one.when.earliest <= as_of),
        treatments=tuple(
            sorted(
                (one for one in record.treatments if one.start.earliest <= as_of),
                key=lambda one: (one.start.earliest, one.origin.resource),
            )
        ),
        reactions=tuple(
            sorted(
                (one for one in record.reactions if one.when is None or one.when.earliest <= as_of),
                key=lambda one: one.origin.resource,
            )
        ),
    )


def _as_known(supply: Supply, as_of: date) -> Supply:
    """A supply that ends after the day was still running on it, and nobody knew yet why it would stop."""
    end = supply.steps[-1].end
    if end is None or end.earliest <= as_of or supply.taking is not Taking.TAKEN:
        return supply
    return structs.replace(supply, ongoing=True, stop_reason=None)


def _begun(diagnosis: Diagnosis, as_of: date) -> bool:
    return _day(diagnosis) <= as_of


def _day(diagnosis: Diagnosis) -> date:
    when = diagnosis.onset or diagnosis.recorded
    return when.earliest if when else date.min


def _usable(scores: Iterable[Score], stays: Sequence[Stay], as_of: date) -> Iterable[Score]:
    elsewhere = [stay for stay in stays if stay.for_depression is False]
    return (score for score in scores if score.when.earliest <= as_of and not any(_during(score, stay) for stay in elsewhere))


def _during(score: Score, stay: Stay) -> bool:
    return stay.start.latest <= score.when.earliest and score.when.latest <= stay.end.earliest
