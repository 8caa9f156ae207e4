"""A course of a drug, whatever resource told of it, as supplies: one for each drug of the product."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.dates import lasting
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import Found
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.plausible import believed
from fhir_trd.fhir.read.regimens import PartRegimen, Regimen
from fhir_trd.fhir.read.steps import BOUNDS, laid_out, until
from fhir_trd.fhir.read.timing import exactly
from fhir_trd.fhir.slices_resources import MedicationUse
from fhir_trd.model.dates import LONG_AGO, When
from fhir_trd.model.drugs import Part, Product
from fhir_trd.model.records import Adherence, Dose, EndFrom, Kind, Step, StopReason, Supply, Taking


class Course(Struct, frozen=True, gc=False, kw_only=True):
    """What a record says about the use of a drug.

    ``start`` is stated, ``ordered`` the day that stands in for it. ``stop`` is a stated last day. ``covers`` are the days
    that what was handed out lasts, ``pieces`` how many pieces that were; ``handed_out`` lets these count before any plan.
    """

    kind: Kind
    start: When | None = None
    ordered: When | None = None
    stop: When | None = None
    covers: int | None = None
    pieces: float | None = None
    handed_out: bool = False
    active: bool = False
    asserted: When | None = None
    taking: Taking = Taking.TAKEN
    adherence: Adherence = Adherence.UNKNOWN
    purposes: tuple[str, ...] = ()
    stop_reason: StopReason | None = None


def supplies_of(course: Course, found: Found, use: MedicationUse, desk: Desk, margin: Margin) -> tuple[Supply, ...]:
    """One supply for each drug of the product."""
    raw, path = (use.dosage_instruction, "dosageInstruction") if use.dosage_instruction else (use.dosage, "dosage")
    regimen = desk.regimens.of(found, bytes(raw), course.kind is Kind.ADMINISTERED)
    if regimen.flaws:
        margin.flaws(path, regimen.flaws)
    if regimen.impossible:
        margin.note("impossible-dose", path, "a dose of zero or less, or a range upside down", "dose taken as unknown")
    start = _start(course, regimen, desk, margin)
    if not course.active:
        margin.happened(course.stop)
    assert found.product is not None
    return tuple(_supply(course, start, found.product, regimen, part, desk, margin) for part in regimen.parts)


def _start(course: Course, regimen: Regimen, desk: Desk, margin: Margin) -> When:
    """The first day: stated, else that of the first period of the instructions, else the day of the order."""
    stated = course.start or (_first_bound(regimen, desk) if regimen.periods else None) or course.ordered
    if stated:
        margin.happened(stated)
        return stated
    not_after = [when.latest for when in (course.asserted, course.stop) if when]
    if not not_after:
        margin.note("no-date", "", "no date at all", "start taken as unknown")
    return When(LONG_AGO, min(not_after, default=date.max))


def _first_bound(regimen: Regimen, desk: Desk) -> When | None:
    # A bad date here is noted when the steps are laid out, so the first look at it leaves no note.
    bounds = [desk.days.day(period.start, f"{BOUNDS}.start", Margin("")) for period in regimen.periods]
    return min(filter(None, bounds), key=lambda when: when.earliest, default=None)


def _supply(
    course: Course, start: When, product: Product, regimen: Regimen, part: PartRegimen, desk: Desk, margin: Margin
) -> Supply:
    conventions = desk.knowledge.conventions
    planned = _dosed(laid_out(part.instructions, start, desk.days, margin), course, part.part)
    steps = believed(planned, part.part.drug, conventions, "dosage", margin)
    end, end_from = _end(course, start, part, steps, conventions.longest_supply, margin)
    return Supply(
        origin=margin.origin,
        kind=course.kind,
        drug=part.part.drug,
        steps=until(steps, end) if end else steps,
        end_from=end_from,
        ongoing=course.active and end is None,
        asserted=course.asserted.earliest if course.asserted else None,
        taking=course.taking,
        adherence=course.adherence,
        oral=part.oral,
        purposes=course.purposes,
        brand_purpose=product.purpose,
        stop_reason=course.stop_reason,
        in_addition=regimen.in_addition,
        notes=regimen.notes,
    )


def _dosed(steps: tuple[Step, ...], course: Course, part: Part) -> tuple[Step, ...]:
    """The steps, with the dose that what was handed out tells where no instruction does."""
    if not (course.pieces and course.covers and part.strength) or any(step.dose for step in steps):
        return steps
    daily = float(exactly(part.strength) * exactly(course.pieces) / course.covers)
    return tuple(replace(step, dose=Dose(daily, daily)) for step in steps)


def _end(
    course: Course, start: When, part: PartRegimen, steps: tuple[Step, ...], longest: int, margin: Margin
) -> tuple[When | None, EndFrom]:
    """The last day and how it is known. What was handed out tells how long it lasts; for an order, the plan tells first."""
    if course.stop and course.stop.latest < start.earliest:
        margin.note("end-before-start", "", "an end before the start", "end taken as unknown")
    elif course.stop:
        return course.stop, EndFrom.STATED
    planned = steps[-1].end
    if planned and not (course.handed_out and course.covers):
        return planned, EndFrom.STATED
    covered = (
        lasting(start, course.covers, course.covers)
        if course.covers
        else _while_pieces_last(course, start, part, longest, margin)
    )
    return covered, EndFrom.SUPPLY if covered else EndFrom.NOT_KNOWN


def _while_pieces_last(course: Course, start: When, part: PartRegimen, longest: int, margin: Margin) -> When | None:
    """The last day by the number of pieces and how many are taken a day."""
    a_day = part.pieces_a_day
    if not course.pieces or a_day is None or a_day.least <= 0:
        return None
    pieces = exactly(course.pieces)
    if course.handed_out and pieces / a_day.most > longest:
        margin.note("absurd-supply", "quantity", "more pieces than one supply can hold", "days taken as unknown")
        return None
    return lasting(start, max(1, int(pieces / a_day.most)), max(1, int(pieces / a_day.least)))
