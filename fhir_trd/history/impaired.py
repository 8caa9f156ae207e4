"""Days on which an organ may clear drugs so poorly that half the adult minimum is enough (clinical rule 2.4)."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from fhir_trd.model.blocks import Block, Blocks, united
from fhir_trd.model.records import Course, Measurement, PatientRecord, Presence
from fhir_trd.model.safety import Impairment

OVER = (Course.RESOLVED, Course.REMISSION)


def impaired_days(record: PatientRecord, impairments: Iterable[Impairment]) -> Blocks:
    """The days on which an organ was possibly impaired: since a condition began, or while the last value was too low."""
    found = [block for one in impairments for block in (*_since(one, record.presences), *_while_low(one, record.measurements))]
    return united(found)


def _since(one: Impairment, presences: Sequence[Presence]) -> Iterable[Block]:
    for presence in presences:
        if presence.category in one.findings and presence.course not in OVER:
            first = presence.when.earliest if presence.when else date.min
            yield Block(first.toordinal(), date.max.toordinal())


def _while_low(one: Impairment, measurements: Sequence[Measurement]) -> Iterable[Block]:
    """From each low value until the next one; before the first value nobody knows."""
    taken = [value for value in measurements if value.kind == one.measure and value.unit == one.unit and value.value is not None]
    ordered = sorted(taken, key=lambda value: (value.when.earliest, value.origin.resource))
    days = [*(value.when.earliest.toordinal() for value in ordered), date.max.toordinal()]
    for value, (first, following) in zip(ordered, pairwise(days), strict=True):
        if one.below is not None and value.value is not None and value.value < one.below:
            yield Block(first, max(first, following - 1))
