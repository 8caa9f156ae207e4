"""The four resource types that tell of a drug in use, each as the course it describes."""

from collections.abc import Callable, Mapping

from fhir_trd.fhir.read.allowances import Allowance, allowance_of, amount_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG, Found
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ADMINISTRATION, DISPENSE, REQUEST, STATEMENT, STU3_TAKEN, ordered, taking_of
from fhir_trd.fhir.read.supplies import Course, supplies_of
from fhir_trd.fhir.read.uses import adherence_of, purposes_of, stop_reason_of
from fhir_trd.fhir.slices import Period
from fhir_trd.fhir.slices_resources import (
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    MedicationUse,
)
from fhir_trd.model.dates import When
from fhir_trd.model.records import Kind, Taking


def read_use(found: Found, use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The supplies of a statement, order, dispensing or administration of the product found, or why there are none."""
    if found.product is None:
        return Aside(found.why_not or NO_DRUG)
    course = course_of(use, sheet, desk, margin)
    return course if isinstance(course, Aside) else supplies_of(course, found, use, desk, margin)


def course_of(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Course | Aside:
    """What a record of any of the four types says about the use of its drug, or why it is no evidence."""
    return _COURSES[type(use)](use, sheet, desk, margin)


def _statement(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Course | Aside:
    assert isinstance(use, MedicationStatement)
    taking = taking_of(use.status, STATEMENT)
    if isinstance(taking, Aside):
        return taking
    if use.was_not_taken or use.taken:
        taking = Taking.NOT_TAKEN if use.was_not_taken else STU3_TAKEN.get(use.taken, taking)
    said, adherence = adherence_of(use, desk, margin)
    start, stop = _span(use, desk, margin)
    asserted = desk.days.day(use.date_asserted, "dateAsserted", margin)
    margin.happened(asserted)
    return Course(
        kind=Kind.REPORTED,
        start=start,
        stop=stop,
        active=use.status in ("active", "recorded") and said is not Taking.NOT_TAKEN,
        asserted=asserted,
        taking=_settled(taking, said),
        adherence=adherence,
        purposes=purposes_of(use, sheet, desk, margin),
        stop_reason=stop_reason_of(use, desk, margin),
    )


def is_bare(use: MedicationUse) -> bool:
    """Whether it is an order that tells neither reasons nor adherence."""
    told = use.extension or use.reason_code or use.reason_reference or use.reason or use.status_reason
    return isinstance(use, MedicationRequest) and not told


def taking_by(order: MedicationRequest) -> Taking | Aside:
    """Whether what was ordered was taken, by the status; or why the order is no evidence."""
    taking = taking_of(order.status, REQUEST)
    return taking if isinstance(taking, Aside) else ordered(order.intent, forbidden=order.do_not_perform) or taking


def days_ordered(
    order: MedicationRequest, allowed: Allowance, desk: Desk, margin: Margin
) -> tuple[When | None, When | None, int | None]:
    """The day of an order, the day it was stopped, and how many days it covers."""
    authored = desk.days.day(order.authored_on, "authoredOn", margin)
    margin.happened(authored)
    allowed.note_in(margin)
    stop = desk.days.day(order.status_changed, "statusChanged", margin) if order.status in ("stopped", "ended") else None
    longest = desk.knowledge.conventions.longest_supply
    return authored, stop, allowed.covers(longest, "dispenseRequest.expectedSupplyDuration", margin)


def _request(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Course | Aside:
    assert isinstance(use, MedicationRequest)
    taking = taking_by(use)
    if isinstance(taking, Aside):
        return taking
    said, adherence = adherence_of(use, desk, margin)
    allowed = allowance_of(bytes(use.dispense_request))
    authored, stop, covers = days_ordered(use, allowed, desk, margin)
    reported = use.reported_boolean or use.reported or bool(use.reported_reference)
    return Course(
        kind=Kind.REPORTED if reported else Kind.ORDERED,
        ordered=authored,
        stop=stop,
        covers=covers,
        pieces=allowed.pieces,
        active=use.status == "active",
        asserted=authored,
        taking=_settled(taking, said),
        adherence=adherence,
        purposes=purposes_of(use, sheet, desk, margin),
        stop_reason=stop_reason_of(use, desk, margin),
    )


def _dispense(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Course | Aside:
    assert isinstance(use, MedicationDispense)
    taking = taking_of(use.status, DISPENSE)
    if isinstance(taking, Aside):
        return taking
    handed = desk.days.day(use.when_handed_over, "whenHandedOver", margin) or desk.days.day(
        use.when_prepared, "whenPrepared", margin
    )
    handed_over = amount_of(bytes(use.days_supply), bytes(use.quantity))
    handed_over.note_in(margin)
    return Course(
        kind=Kind.DISPENSED,
        start=handed,
        covers=handed_over.covers(desk.knowledge.conventions.longest_supply, "daysSupply", margin),
        pieces=handed_over.pieces,
        handed_out=True,
        asserted=handed,
        taking=taking,
        purposes=purposes_of(use, sheet, desk, margin),
        stop_reason=stop_reason_of(use, desk, margin),
    )


def _administration(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Course | Aside:
    assert isinstance(use, MedicationAdministration)
    taking = taking_of(use.status, ADMINISTRATION)
    if isinstance(taking, Aside):
        return taking
    start, stop = _span(use, desk, margin)
    start = start or desk.days.day(use.occurence_date_time, "occurenceDateTime", margin)
    return Course(
        kind=Kind.ADMINISTERED,
        start=start,
        stop=stop or start,
        asserted=stop or start,
        taking=taking,
        purposes=purposes_of(use, sheet, desk, margin),
        stop_reason=stop_reason_of(use, desk, margin),
    )


def _settled(status: Taking, said: Taking | None) -> Taking:
    """What status and adherence say together: a word that it is taken only settles what the status leaves open."""
    return status if said is None or (said is Taking.TAKEN and status is not Taking.UNKNOWN) else said


def _span(use: MedicationUse, desk: Desk, margin: Margin) -> tuple[When | None, When | None]:
    """The stated first and last day. A single moment is the start of a statement, not its end."""
    period = margin.element(Period, use.effective_period, "effectivePeriod") or Period()
    start = desk.days.day(period.start or use.effective_date_time, "effective", margin)
    return start, desk.days.day(period.end, "effectivePeriod.end", margin)


_COURSES: Mapping[type[MedicationUse], Callable[[MedicationUse, Sheet, Desk, Margin], Course | Aside]] = {
    MedicationStatement: _statement,
    MedicationRequest: _request,
    MedicationDispense: _dispense,
    MedicationAdministration: _administration,
}
