"""From resources to patient records: the one way in which FHIR enters the program."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct

from fhir_trd.fhir.decode import Fault, Raw
from fhir_trd.fhir.read.conditions import read_condition
from fhir_trd.fhir.read.copies import Standing, standing_of
from fhir_trd.fhir.read.dates import written_day
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.gathering import SET_ASIDE, USED, Gathered, Gatherer
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.medications import read_use
from fhir_trd.fhir.read.patients import born, patient_of, shelve_by_identifier, whom
from fhir_trd.fhir.read.procedures import read_encounter, read_procedure
from fhir_trd.fhir.read.questionnaires import read_questionnaire
from fhir_trd.fhir.read.reactions import read_adverse_event, read_allergy
from fhir_trd.fhir.read.scores import read_observation
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.totals import settled
from fhir_trd.fhir.slices import Reference
from fhir_trd.model.dates import When
from fhir_trd.model.issues import Issue, Ledger
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Answer, Diagnosis, PatientRecord, Reaction, Score, Stay, Supply, Treatment


F = TypeVar("F")


class Reading(Struct, frozen=True):
    """What was read: one record for each patient, by reference; the fate of every resource; what could not be read."""

    records: tuple[PatientRecord, ...]
    ledger: Ledger
    faults: tuple[Fault, ...]


class Chart:
    """The record of one patient as it fills."""

    def __init__(self, patient: str) -> None:
        self.patient = patient
        self.born: When | None = None
        self.latest: date | None = None
        self.facts: list[Fact] = []
        self.issues: list[Issue] = []
        self.sources: set[str] = set()

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
            latest=self.latest,
            supplies=tuple(sorted(self._of(Supply), key=_supply_order)),
            diagnoses=tuple(sorted(self._of(Diagnosis), key=repr)),
            scores=tuple(sorted(totals.scores, key=repr)),
            answers=tuple(sorted(totals.answers, key=repr)),
            treatments=tuple(sorted(self._of(Treatment), key=repr)),
            reactions=tuple(sorted(self._of(Reaction), key=repr)),
            stays=tuple(sorted(self._of(Stay), key=repr)),
            issues=tuple(sorted((*self.issues, *totals.issues), key=repr)),
            sources=tuple(sorted(self.sources)),
        )


    def _of(self, kind: type[F]) -> list[F]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


def _supply_order(supply: Supply) -> tuple[object, ...]:
    first = supply.steps[0].start
    return first.earliest, first.latest, supply.drug.ingredient, supply.kind, supply.origin.resource


PRODUCT = "Medication"
Reader = Callable[[Sheet, Desk, Margin], "tuple[Fact, ...] | Aside"]
READERS: Mapping[str, Reader] = {
    "AdverseEvent": read_adverse_event,
    "AllergyIntolerance": read_allergy,
    "Condition": read_condition,
    "Encounter": read_encounter,
    "MedicationAdministration": read_use,
    "MedicationDispense": read_use,
    "MedicationOrder": read_use,
    "MedicationRequest": read_use,
    "MedicationStatement": read_use,
    "Observation": read_observation,
    "Procedure": read_procedure,
    "QuestionnaireResponse": read_questionnaire,
}


def read_records(raws: Iterable[Raw | Fault], knowledge: Knowledge) -> Reading:
    """The records of all patients of whom any resource tells."""
    desk = Desk(knowledge)
    gatherer = Gatherer(desk)
    for piece in raws:
        gatherer.take(piece)
    return _Reading(desk, gatherer.gathered).finished()


class _Reading:
    """The second pass: every sheet is read into the chart of its patient."""

    def __init__(self, desk: Desk, gathered: Gathered) -> None:
        self._desk = desk
        self._gathered = gathered
        self._charts: dict[str, Chart] = {}
        self._consulted: set[Sheet] = set()

    def finished(self) -> Reading:
        for sheet in self._gathered.sheets:
            shelve_by_identifier(sheet, self._desk)
        products = [sheet for sheet in self._gathered.sheets if sheet.resource_type == PRODUCT]
        placed = [(patient_of(sheet, self._desk), sheet) for sheet in self._gathered.sheets if sheet.resource_type != PRODUCT]
        standing = standing_of((patient, sheet) for patient, sheet in placed if isinstance(patient, str))
        for patient, sheet in placed:
            self._read(patient, sheet, standing)
        for sheet in products:
            self._tally_product(sheet)
        self._charts_of_the_mentioned()
        records = tuple(chart.record(self._desk.knowledge) for chart in sorted(self._charts.values(), key=attrgetter("patient")))
        return Reading(records, self._gathered.tally.ledger(), tuple(self._gathered.faults))

    def _tally_product(self, sheet: Sheet) -> None:
        """A product is used if a record that is used refers to it."""
        if sheet in self._consulted:
            self._gathered.tally.add(PRODUCT, USED)
        else:
            self._gathered.tally.add(PRODUCT, SET_ASIDE, "no record of a drug of interest refers to it")

    def _chart(self, patient: str) -> Chart:
        return self._charts.setdefault(patient, Chart(patient))

    def _read(self, patient: str | Aside, sheet: Sheet, standing: Standing) -> None:
        if isinstance(patient, Aside):
            self._gathered.tally.add(sheet.resource_type, SET_ASIDE, patient.reason)
            return
        chart = self._chart(patient)
        copy = standing.left_out.get(sheet)
        if copy:
            self._gathered.tally.add(sheet.resource_type, SET_ASIDE, copy)
            return
        margin = Margin(sheet.name)
        margin.flaws("", sheet.flaws)
        if sheet in standing.contested:
            margin.note("same-id", "id", "the same id on different contents", "both are kept")
        facts = self._facts(sheet, chart, margin)
        if isinstance(facts, Aside):
            self._gathered.tally.add(sheet.resource_type, SET_ASIDE, facts.reason)
        else:
            self._gathered.tally.add(sheet.resource_type, USED)
            chart.facts.extend(facts)
            chart.sources.update(read.source for read in (sheet, *margin.consulted))
            self._consulted.update(margin.consulted)
            chart.issues.extend(margin.issues)
        chart.happened(margin.latest)

    def _facts(self, sheet: Sheet, chart: Chart, margin: Margin) -> tuple[Fact, ...] | Aside:
        if sheet.resource_type == "Patient":
            chart.born = born(sheet, self._desk, margin) or chart.born
            return ()
        return READERS[sheet.resource_type](sheet, self._desk, margin)

    def _charts_of_the_mentioned(self) -> None:
        """People of whom only other drugs are known have a record too: it says that nothing relevant was read."""
        for (reference, scope), day in self._gathered.mentions.items():
            patient = whom(Reference(reference=reference), scope, self._desk)
            if isinstance(patient, str):
                when = written_day(day)
                self._chart(patient).happened(when.latest if isinstance(when, When) else None)
