"""The record of one patient as it fills, fact by fact."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from fhir_trd.fhir.read.sheets import Fact
from fhir_trd.fhir.read.totals import Totals
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When
from fhir_trd.model.issues import Issue
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


class Placed(Protocol):
    """What was read somewhere."""

    @property
    def origin(self) -> Origin:
        """Where."""

    @property
    def __struct_fields__(self) -> tuple[str, ...]:
        """The names of what is told of it."""


P = TypeVar("P", bound=Placed)


class Chart:
    """The record of one patient as it fills."""

    def __init__(self, patient: str) -> None:
        self.patient = patient
        self.born: When | None = None
        self.died: When | None = None
        self.sex = ""
        self.latest: date | None = None
        self._facts: defaultdict[type[object], list[Any]] = defaultdict(list)
        self.issues: list[Issue] = []
        self.sources: set[str] = set()

    def note(self, facts: Iterable[Fact]) -> None:
        """Take facts in, each beside those of its kind."""
        for fact in facts:
            self._facts[type(fact)].append(fact)

    def happened(self, day: date | None) -> None:
        """Note the latest day on which something happened."""
        if day and (self.latest is None or day > self.latest):
            self.latest = day

    def record(self, settling: Totals) -> PatientRecord:
        """The finished record, in an order that does not depend on the order of reading."""
        totals = settling.settled(self._of(Score), self._of(Answer))
        return PatientRecord(
            patient=self.patient,
            born=self.born,
            died=self.died,
            sex=self.sex,
            latest=self.latest,
            supplies=tuple(sorted(self._of(Supply), key=_supply_order)),
            diagnoses=_in_order(self._of(Diagnosis)),
            scores=_in_order(totals.scores),
            answers=_in_order(totals.answers),
            treatments=_in_order(self._of(Treatment)),
            reactions=_in_order(self._of(Reaction)),
            presences=tuple(sorted(self._of(Presence), key=_presence_order)),
            measurements=_in_order(self._of(Measurement)),
            stays=_in_order(self._of(Stay)),
            issues=tuple(sorted((*self.issues, *totals.issues), key=repr)),
            sources=tuple(sorted(self.sources)),
        )

    def _of(self, kind: type[F]) -> Sequence[F]:
        facts: Sequence[F] = self._facts.get(kind, ())
        return facts


def _in_order(facts: Sequence[P]) -> tuple[P, ...]:
    """Facts as their written forms sort, which begin with the resource, whose path is empty, and go on with the next element."""
    if len(facts) < 2:
        return tuple(facts)
    by_resource: dict[str, list[P]] = {}
    for fact in facts:
        by_resource.setdefault(fact.origin.resource, []).append(fact)
    return tuple(chain.from_iterable(_of_one_resource(by_resource[resource]) for resource in sorted(by_resource, key=repr)))


def _of_one_resource(facts: list[P]) -> list[P]:
    if len(facts) == 1:
        return facts
    # To write out a fact takes long, so that it is left to those that do not differ in their next element.
    following = attrgetter(facts[0].__struct_fields__[1])
    words = list(map(repr, map(following, facts)))
    if len(set(words)) < len(words):
        return sorted(facts, key=repr)
    return [fact for _, fact in sorted(zip(words, facts, strict=True))]


def _presence_order(presence: Presence) -> tuple[object, ...]:
    when = presence.when
    first, last = (when.earliest, when.latest) if when else (date.min, date.min)
    return first, presence.category, presence.origin.resource, presence.origin.path, last


def _supply_order(supply: Supply) -> tuple[object, ...]:
    first = supply.steps[0].start
    return first.earliest, first.latest, supply.drug.ingredient, supply.kind, supply.origin.resource
