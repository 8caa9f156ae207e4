"""The record of one patient as it fills, fact by fact."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar, cast

from fhir_trd.fhir.read.sheets import Fact
from fhir_trd.fhir.read.totals import settled
from fhir_trd.model.dates import When
from fhir_trd.model.issues import Issue
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import (
    Answer,
    Diagnosis,
    Measurement,
    PatientRecord,
    Presence,
    Reaction,
    Score,
    Stay,
    Supply,
    Treatment,
)

F = TypeVar("F")


class Chart:
    """The record of one patient as it fills."""

    def __init__(self, patient: str) -> None:
        self.patient = patient
        self.born: When | None = None
        self.died: When | None = None
        self.sex = ""
        self.latest: date | None = None
        self._facts: dict[type[object], list[Fact]] = {}
        self.issues: list[Issue] = []
        self.sources: set[str] = set()

    def note(self, facts: Iterable[Fact]) -> None:
        """Take facts in, each beside those of its kind."""
        for fact in facts:
            self._facts.setdefault(type(fact), []).append(fact)

    def happened(self, day: date | None) -> None:
        """Note the latest day on which something happened."""
        if day and (self.latest is None or day > self.latest):
            self.latest = day

    def record(self, knowledge: Knowledge) -> PatientRecord:
        """The finished record, in an order that does not depend on the order of reading."""
        totals = settled(self._of(Score), self._of(Answer), knowledge)
        return PatientRecord(
            patient=self.patient,
            born=self.born,
            died=self.died,
            sex=self.sex,
            latest=self.latest,
            supplies=tuple(sorted(self._of(Supply), key=_supply_order)),
            diagnoses=tuple(sorted(self._of(Diagnosis), key=repr)),
            scores=tuple(sorted(totals.scores, key=repr)),
            answers=tuple(sorted(totals.answers, key=repr)),
            treatments=tuple(sorted(self._of(Treatment), key=repr)),
            reactions=tuple(sorted(self._of(Reaction), key=repr)),
            presences=tuple(sorted(self._of(Presence), key=_presence_order)),
            measurements=tuple(sorted(self._of(Measurement), key=repr)),
            stays=tuple(sorted(self._of(Stay), key=repr)),
            issues=tuple(sorted((*self.issues, *totals.issues), key=repr)),
            sources=tuple(sorted(self.sources)),
        )

    def _of(self, kind: type[F]) -> list[F]:
        return cast("list[F]", self._facts.get(kind, []))


def _presence_order(presence: Presence) -> tuple[object, ...]:
    when = presence.when
    first, last = (when.earliest, when.latest) if when else (date.min, date.min)
    return first, presence.category, presence.origin.resource, presence.origin.path, last


def _supply_order(supply: Supply) -> tuple[object, ...]:
    first = supply.steps[0].start
    return first.earliest, first.latest, supply.drug.ingredient, supply.kind, supply.origin.resource
