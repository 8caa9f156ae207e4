"""Records of drugs that are no treatment of depression but bear on it."""

from datetime import date

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import INTERFERING
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.medications import course_of, read_use
from fhir_trd.fhir.read.products import product_in
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.supplies import Course
from fhir_trd.fhir.slices_resources import MedicationUse
from fhir_trd.model.dates import LONG_AGO, When, shifted
from fhir_trd.model.records import Presence, Taking


def read_drug(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The supplies of a drug that the rules know, else the use of one that interferes."""
    use = sheet.slice
    assert isinstance(use, MedicationUse)
    found = product_in(use, sheet, desk, margin)
    if found.why_not != INTERFERING:
        return read_use(found, use, sheet, desk, margin)
    course = course_of(use, sheet, desk, margin)
    if isinstance(course, Aside):
        return course
    if course.taking is Taking.NOT_TAKEN:
        return Aside("a drug that was not taken")
    when = _days_of(course)
    if when is None:
        return Aside("an interfering drug without a date")
    return (Presence(origin=margin.origin, category=found.interferes, when=when),)


def _days_of(course: Course) -> When | None:
    """The days on which the drug was or may have been taken: one that is still active goes on."""
    first = course.start or course.ordered
    if course.active and course.stop is None:
        return When(first.earliest if first else LONG_AGO, date.max)
    if first is None:
        return course.stop
    last = course.stop.latest if course.stop else shifted(first.latest, course.covers or 0)
    return When(first.earliest, max(last, first.latest))
