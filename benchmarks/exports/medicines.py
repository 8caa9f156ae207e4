"""Drugs and the four resources that record them, each with its drug inside or by reference to a Medication."""

from dataclasses import dataclass
from datetime import date

from benchmarks.exports.template import (
    CLINIC,
    DOCTOR,
    ICD10,
    RXNORM,
    SNOMED,
    VISIT,
    WHO,
    Json,
    Template,
    coded,
    concept,
    resource,
)  # fmt: skip


@dataclass(frozen=True)
class Drug:
    """A product of one strength: its RxNorm codes, and how many tablets a day are enough (0: no antidepressant)."""

    name: str
    product: str
    ingredient: str
    mg: float
    kind: str = ""
    enough: int = 0


ANTIDEPRESSANTS = (
    Drug("sertraline", "312938", "36437", 100, "SSRI", 1), Drug("escitalopram", "351250", "321988", 20, "SSRI", 1),
    Drug("fluoxetine", "310385", "4493", 20, "SSRI", 2), Drug("citalopram", "200371", "2556", 20, "SSRI", 2),
    Drug("venlafaxine", "313583", "39786", 37.5, "SNRI", 5), Drug("duloxetine", "596934", "72625", 60, "SNRI", 1),
    Drug("mirtazapine", "311725", "15996", 15, "NaSSA", 2), Drug("bupropion", "993541", "42347", 150, "NDRI", 2),
)  # fmt: skip
OTHERS = (
    Drug("lisinopril", "314076", "29046", 10), Drug("metformin", "860975", "6809", 500), Drug("amlodipine", "197361", "17767", 5),
    Drug("atorvastatin", "617310", "83367", 20), Drug("hydrochlorothiazide", "310798", "5487", 25),
    Drug("acetaminophen", "313782", "161", 325), Drug("aspirin", "243670", "1191", 81), Drug("omeprazole", "198051", "7646", 20),
)  # fmt: skip
LOOK_ALIKES = ((Drug("amitriptyline", "856834", "704", 25), "G43.709"), (Drug("trazodone", "856377", "10737", 50), "G47.00"),
               (Drug("bupropion", "993541", "42347", 150), "F17.210"))  # fmt: skip
"""Antidepressants given for something else: migraine, sleep, smoking."""

STOPPED = {
    "lack": ("182841002", "Treatment stopped, lack of effect"),
    "intolerance": ("182842009", "Treatment stopped, side effect"),
}
RESOURCE = {"order": "MedicationRequest", "statement": "MedicationStatement", "dispense": "MedicationDispense"}
GIVEN_FOR: Json = {"reasonCode": [concept(ICD10, "{{reason}}", "reason {{reason}}")]}
DAYS = 30
"""What a package lasts."""


def medicine(*, bare: bool = False) -> Template:
    """The product, or with ``bare`` the ingredient alone, which says nothing of the strength."""
    code = concept(RXNORM, "{{ingredient}}" if bare else "{{product}}", "{{name}}")
    return resource("Medication", "medication", status="active", code=code)


def _named(by_reference: bool, bare: bool = False) -> Json:
    if by_reference:
        return {"medicationReference": {"reference": "Medication/{{medicine}}", "display": "{{name}}"}}
    return {"medicationCodeableConcept": concept(RXNORM, "{{ingredient}}" if bare else "{{product}}", "{{name}}")}


def _dosage(bare: bool, bounds: Json | None) -> Json:
    if bare:
        return {"sequence": 1, "text": "as directed"} | ({"timing": {"repeat": bounds}} if bounds else {})
    repeat = (bounds or {}) | {"frequency": 1, "period": 1, "periodUnit": "d"}
    dose = {"type": coded("dose-rate-type", "ordered", "Ordered"), "doseQuantity": {"value": "{{#tablets}}", "unit": "tablet"}}
    says: Json = {"sequence": 1, "text": "{{tablets}} tablet(s) by mouth every day", "timing": {"repeat": repeat}}
    return says | {"asNeededBoolean": False, "doseAndRate": [dose]}


def _why(stop: str) -> Json:
    return concept(SNOMED, *STOPPED[stop])


def order(*, by_reference: bool, bare: bool = False, stop: str = "", reason: bool = False) -> Template:
    """A MedicationRequest from one day to another."""
    bounds = {"boundsPeriod": {"start": "{{first}}", "end": "{{last}}"}}
    supply = {"numberOfRepeatsAllowed": 2, "quantity": {"value": "{{#packed}}", "unit": "tablet"}}
    extra: Json = ({"statusReason": _why(stop)} if stop else {}) | (GIVEN_FOR if reason else {})
    return resource(
        "MedicationRequest", "medicationrequest", says="Order of {{first}}: {{name}}", status="{{status}}", intent="order",
        category=[coded("medicationrequest-category", "community", "Community")], **extra, **_named(by_reference, bare),
        subject=WHO, encounter=VISIT, authoredOn="{{first}}T09:20:00+00:00", requester=DOCTOR,
        dosageInstruction=[_dosage(bare, bounds)], dispenseRequest=supply,
    )  # fmt: skip


def statement(*, by_reference: bool, bare: bool = False, stop: str = "", reason: bool = False) -> Template:
    """A MedicationStatement of what was taken from one day to another; either day may be a year only."""
    extra: Json = ({"statusReason": [_why(stop)]} if stop else {}) | (GIVEN_FOR if reason else {})
    return resource(
        "MedicationStatement", says="{{name}}, {{first}} to {{last}}", status="{{status}}", subject=WHO, context=VISIT, **extra,
        effectivePeriod={"start": "{{first}}", "end": "{{last}}"}, dateAsserted="{{last}}", informationSource=WHO,
        **_named(by_reference, bare), dosage=[_dosage(bare, None)],
    )  # fmt: skip


def dispense(*, by_reference: bool) -> Template:
    """A MedicationDispense of so many days."""
    return resource(
        "MedicationDispense", "medicationdispense", says="{{name}} handed over on {{first}}", status="completed", subject=WHO,
        context=VISIT, performer=[{"actor": CLINIC}], authorizingPrescription=[{"reference": "MedicationRequest/{{order}}"}],
        quantity={"value": "{{#packed}}", "unit": "tablet"}, whenHandedOver="{{first}}T11:00:00+00:00",
        daysSupply={"value": "{{#days}}", "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"},
        **_named(by_reference), dosageInstruction=[_dosage(False, None)],
    )  # fmt: skip


def given() -> Template:
    """A MedicationAdministration of a drug that is no antidepressant."""
    return resource(
        "MedicationAdministration", says="{{name}} given on {{date}}", status="completed", subject=WHO, context=VISIT,
        effectiveDateTime="{{date}}T09:25:00+00:00", performer=[{"actor": DOCTOR}], **_named(False),
        dosage={"text": "by mouth", "dose": {"value": "{{#tablets}}", "unit": "tablet"}},
    )  # fmt: skip


@dataclass(frozen=True)
class Course:
    """A course of one drug as a story tells it; the days are written as they stand."""

    drug: Drug
    first: date
    last: date
    tablets: int
    form: str = "order"
    stop: str = ""
    status: str = "stopped"
    reason: str = ""
    bare: bool = False
    by_year: bool = False


GIVEN = given()
PRODUCT, INGREDIENT = medicine(), medicine(bare=True)
FLAGS = (False, True)
WRITTEN = {
    (form, referred, bare, stop, reason): write(by_reference=referred, bare=bare, stop=stop, reason=reason)
    for form, write in (("order", order), ("statement", statement))
    for referred in FLAGS for bare in FLAGS for reason in FLAGS for stop in ("", *STOPPED)
}  # fmt: skip
HANDED_OVER = {referred: dispense(by_reference=referred) for referred in FLAGS}
"""Every shape in which a course may be written."""
