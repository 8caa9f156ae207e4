"""Records of drugs that are no treatment of depression but bear on it."""

from datetime import date

from fhir_trd.fhir.read.allowances import allowance_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import INTERFERING
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.medications import course_of, days_ordered, is_bare, read_use, taking_by
from fhir_trd.fhir.read.products import product_in
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.supplies import Course
from fhir_trd.fhir.slices_resources import MedicationRequest, MedicationUse
from fhir_trd.model.dates import LONG_AGO, When, shifted
from fhir_trd.model.records import Presence, Taking


def read_drug(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The supplies of a drug that the rules know, else the use of one that interferes."""
    use = sheet.slice
    assert isinstance(use, MedicationUse)
    found = product_in(use, sheet, desk, margin)
    if found.why_not != INTERFERING:
        return read_use(found, use, sheet, desk, margin)
    when = _days_of_order(use, desk, margin) if is_bare(use) else _days_of_course(course_of(use, sheet, desk, margin))
    if isinstance(when, Aside):
        return when
    return (Presence(origin=margin.origin, category=found.interferes, name=found.named, when=when),)


def _days_of_course(course: Course | Aside) -> When | Aside:
    """The days that a record of any type tells of, whatever it says beside them."""
    if isinstance(course, Aside):
        return course
    if course.taking is Taking.NOT_TAKEN:
        return Aside("a drug that was not taken")
    return _days_between(course.start or course.ordered, course.stop, course.covers, active=course.active)


def _days_of_order(order: MedicationUse, desk: Desk, margin: Margin) -> When | Aside:
    """The days that an order tells of which says nothing beside them: most do, so that no more of them is looked at."""
    assert isinstance(order, MedicationRequest)
    taking = taking_by(order)
    if isinstance(taking, Aside):
        return taking
    authored, stop, covers = days_ordered(order, allowance_of(bytes(order.dispense_request)), desk, margin)
    return _days_between(authored, stop, covers, active=order.status == "active")


def _days_between(first: When | None, stop: When | None, covers: int | None, *, active: bool) -> When | Aside:
    """The days on which the drug was or may have been taken: one that is still active goes on."""
    if active and stop is None:
        return When(first.earliest if first else LONG_AGO, date.max)
    if first is None:
        return stop or Aside("an interfering drug without a date")
    last = stop.latest if stop else shifted(first.latest, covers or 0)
    return When(first.earliest, max(last, first.latest))
