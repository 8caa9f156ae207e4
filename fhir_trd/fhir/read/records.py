"""From resources to patient records: the one way in which FHIR enters the program."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter

from msgspec import Struct

from fhir_trd.errors import TrdError
from fhir_trd.fhir.decode import Fault, Raw
from fhir_trd.fhir.read.charts import Chart
from fhir_trd.fhir.read.copies import Standing, standing_of
from fhir_trd.fhir.read.dates import written_day
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.family import read_family
from fhir_trd.fhir.read.gathering import SET_ASIDE, USED, Gathered, Gatherer
from fhir_trd.fhir.read.hazards import read_problem
from fhir_trd.fhir.read.implants import read_deed, read_device
from fhir_trd.fhir.read.interference import read_drug
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.measurements import read_measurement
from fhir_trd.fhir.read.patients import WhoseRecord, born, died, sex, whom
from fhir_trd.fhir.read.procedures import read_encounter
from fhir_trd.fhir.read.questionnaires import read_questionnaire
from fhir_trd.fhir.read.reactions import read_adverse_event, read_allergy
from fhir_trd.fhir.read.sheets import PATIENT, Aside, Fact, Sheet
from fhir_trd.fhir.slices import Reference
from fhir_trd.model.dates import When
from fhir_trd.model.issues import Ledger
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord


class Reading(Struct, frozen=True):
    """What was read: one record for each patient, by reference; the fate of every resource; what could not be read.

    ``products`` are those that a record in use refers to, each by its scope and name.
    """

    records: tuple[PatientRecord, ...]
    ledger: Ledger
    faults: tuple[Fault, ...]
    products: frozenset[tuple[str, str]] = frozenset()


PRODUCT = "Medication"
NOT_REFERRED_TO = "no record of a drug of interest refers to it"
Reader = Callable[[Sheet, Desk, Margin], "tuple[Fact, ...] | Aside"]
READERS: Mapping[str, Reader] = {
    "AdverseEvent": read_adverse_event,
    "AllergyIntolerance": read_allergy,
    "Condition": read_problem,
    "Device": read_device,
    "Encounter": read_encounter,
    "FamilyMemberHistory": read_family,
    "MedicationAdministration": read_drug,
    "MedicationDispense": read_drug,
    "MedicationOrder": read_drug,
    "MedicationRequest": read_drug,
    "MedicationStatement": read_drug,
    "Observation": read_measurement,
    "Procedure": read_deed,
    "QuestionnaireResponse": read_questionnaire,
}


def read_records(raws: Iterable[Raw | Fault], knowledge: Knowledge) -> Reading:
    """The records of all patients of whom any resource tells."""
    return read_at(Desk(knowledge), raws)


def read_at(desk: Desk, raws: Iterable[Raw | Fault]) -> Reading:
    """The same at a desk that is at hand, which remembers what earlier readings worked out about codes and words."""
    cleared = desk.cleared()
    return _Reading(cleared, Gatherer(cleared).take_all(raws)).finished()


class _Reading:
    """The second pass: every sheet is read into the chart of its patient."""

    def __init__(self, desk: Desk, gathered: Gathered) -> None:
        self._desk = desk
        self._gathered = gathered
        self._charts: dict[str, Chart] = {}
        self._consulted: set[Sheet] = set()

    def finished(self) -> Reading:
        """Read every sheet, and give each patient a record."""
        whose = WhoseRecord(self._desk, self._gathered.sheets)
        placed = [(whose.patient_of(sheet), sheet) for sheet in self._gathered.sheets if sheet.resource_type != PRODUCT]
        standing = standing_of((patient, sheet) for patient, sheet in placed if isinstance(patient, str))
        for patient, sheet in placed:
            if isinstance(patient, Aside):
                self._set_aside(sheet, patient)
            else:
                self._read(self._chart(patient), sheet, standing)
        self._tally_products()
        self._charts_of_the_mentioned()
        records = tuple(chart.record(self._desk.totals) for chart in sorted(self._charts.values(), key=attrgetter("patient")))
        ledger = self._gathered.tally.ledger()
        if not ledger.adds_up:
            raise TrdError(f"found {sum(ledger.counts.values())} fates for {ledger.read} resources, wanted one for each")
        products = frozenset((sheet.scope, sheet.name) for sheet in self._consulted)
        return Reading(records, ledger, tuple(self._gathered.faults), products)

    def _set_aside(self, sheet: Sheet, aside: Aside) -> None:
        self._gathered.tally.add(sheet.resource_type, SET_ASIDE, aside.reason)

    def _chart(self, patient: str) -> Chart:
        chart = self._charts.get(patient)
        if chart is None:
            chart = self._charts[patient] = Chart(patient)
        return chart

    def _read(self, chart: Chart, sheet: Sheet, standing: Standing) -> None:
        copy = standing.left_out.get(sheet)
        margin = Margin(sheet.name)
        facts = Aside(copy) if copy else self._facts(sheet, chart, margin)
        chart.happened(margin.latest)
        if isinstance(facts, Aside):
            self._set_aside(sheet, facts)
            chart.issues.extend(margin.issues if facts.worth_noting else ())
        else:
            self._use(facts, chart, sheet, standing, margin)

    def _use(self, facts: tuple[Fact, ...], chart: Chart, sheet: Sheet, standing: Standing, margin: Margin) -> None:
        self._gathered.tally.add(sheet.resource_type, USED)
        if sheet.flaws:
            margin.flaws("", sheet.flaws)
        if sheet in standing.contested:
            margin.note("same-id", "id", "the same id on different contents", "both are kept")
        chart.note(facts)
        chart.issues.extend(margin.issues)
        chart.sources.add(sheet.source)
        for other in margin.consulted:
            chart.sources.add(other.source)
            self._consulted.add(other)

    def _facts(self, sheet: Sheet, chart: Chart, margin: Margin) -> tuple[Fact, ...] | Aside:
        if sheet.resource_type == PATIENT:
            chart.born = born(sheet, self._desk, margin) or chart.born
            chart.died = died(sheet, self._desk, margin) or chart.died
            chart.sex = sex(sheet) or chart.sex
            return ()
        return READERS[sheet.resource_type](sheet, self._desk, margin)

    def _tally_products(self) -> None:
        """A product is used if a record that is used refers to it."""
        for sheet in self._gathered.sheets:
            if sheet in self._consulted:
                self._gathered.tally.add(sheet.resource_type, USED)
            elif sheet.resource_type == PRODUCT:
                self._set_aside(sheet, Aside(NOT_REFERRED_TO))

    def _charts_of_the_mentioned(self) -> None:
        """People of whom only other drugs are known have a record too: it says that nothing relevant was read."""
        for (reference, scope), day in self._gathered.mentions.items():
            patient = whom(Reference(reference=reference), scope, self._desk)
            if isinstance(patient, str):
                when = written_day(day)
                self._chart(patient).happened(when.latest if isinstance(when, When) else None)
