"""Days on which an organ may clear drugs so poorly that half the adult minimum is enough (clinical rule 2.4)."""

from collections.abc import Iterable, Sequence
from datetime import date

from fhir_trd.model.blocks import Block, Blocks, united
from fhir_trd.model.dates import shifted
from fhir_trd.model.records import Measurement, PatientRecord, Presence
from fhir_trd.model.safety import Impairment


def impaired_days(record: PatientRecord, impairments: Iterable[Impairment]) -> Blocks:
    """The days on which an organ was possibly impaired: since a condition began, or while the last value was too low."""
    found = [block for one in impairments for block in (*_since(one, record.presences), *_while_low(one, record.measurements))]
    return united(found)


def _since(one: Impairment, presences: Sequence[Presence]) -> Iterable[Block]:
    for presence in presences:
        if presence.category in one.findings and not presence.course.is_past:
            first = presence.when.earliest if presence.when else date.min
            yield Block(first.toordinal(), date.max.toordinal())


def _while_low(one: Impairment, measurements: Sequence[Measurement]) -> Iterable[Block]:
    """From the first possible day of each low value until the next one that surely follows it; before it nobody knows."""
    taken = [value for value in measurements if value.kind == one.measure and value.unit == one.unit and value.value is not None]
    for low in taken:
        if one.below is not None and low.value is not None and low.value < one.below:
            following = [value.when.latest for value in taken if value.when.earliest > low.when.latest]
            last = shifted(min(following), -1) if following else date.max
            yield Block(low.when.earliest.toordinal(), last.toordinal())
