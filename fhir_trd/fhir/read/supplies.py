"""A course of a drug, whatever resource told of it, as supplies: one for each drug of the product."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.dosage import daily_dose, in_pieces, sigs_of
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.products import is_oral
from fhir_trd.fhir.read.steps import Group, laid_out, until
from fhir_trd.fhir.read.timing import ONCE, exactly
from fhir_trd.fhir.slices import DosageSlice
from fhir_trd.fhir.slices_resources import MedicationUse
from fhir_trd.model.dates import LONG_AGO, When, shifted
from fhir_trd.model.drugs import Part, Product
from fhir_trd.model.records import Adherence, Dose, EndFrom, Kind, Step, StopReason, Supply, Taking

TEXT_MATCHED, DOSE_FROM_TEXT, UNIT_ASSUMED = "text_matched", "dose_from_text", "unit_assumed"
DOSAGES = tuple[DosageSlice, ...]
End = tuple[When | None, EndFrom]


class Course(Struct, frozen=True, kw_only=True):
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


def supplies_of(course: Course, product: Product, use: MedicationUse, desk: Desk, margin: Margin) -> Iterator[Supply]:
    """One supply for each drug of the product."""
    raw, path = (use.dosage_instruction, "dosageInstruction") if use.dosage_instruction else (use.dosage, "dosage")
    single = bytes(raw)[:1] == b"{"
    one = margin.element(DosageSlice, raw, path) if single else None
    sigs = sigs_of(desk.doses, margin.element(DOSAGES, raw, path) if not single else (one,) if one else ())
    if course.kind is Kind.ADMINISTERED:
        sigs = tuple(replace(sig, rate=sig.rate or ONCE) for sig in sigs)
    start = _start(course, sigs, desk, margin)
    for part in product.parts:
        steps, end_from = _course_of(course, start, part, sigs, len(product.parts) == 1, desk, margin)
        yield _supply(course, product, part, sigs, steps, end_from, desk, margin)
    margin.happened(course.stop if not course.active else None)


def _start(course: Course, sigs: Group, desk: Desk, margin: Margin) -> When:
    """The first day: stated, else that of the first period of the instructions, else the day of the order."""
    periods = [sig.period for sig in sigs if sig.period]
    bounds = [desk.days.day(period.start, "timing.repeat.boundsPeriod.start", Margin("")) for period in periods]
    stated = course.start or min(filter(None, bounds), key=lambda when: when.earliest, default=None) or course.ordered
    if stated:
        margin.happened(stated)
        return stated
    not_after = [when.latest for when in (course.asserted, course.stop) if when]
    if not not_after:
        margin.note("no-date", "", "no date at all", "start taken as unknown")
    return When(LONG_AGO, min(not_after, default=date.max))


def _course_of(
    course: Course, start: When, part: Part, sigs: Group, alone: bool, desk: Desk, margin: Margin
) -> tuple[tuple[Step, ...], EndFrom]:
    """The steps of one drug, up to the end that is known best."""
    steps = laid_out(sigs, start, lambda sig: daily_dose(sig, part, alone=alone), desk.days, margin)
    handed_out = _dose_handed_out(course, part)
    if handed_out and all(step.dose is None for step in steps):
        steps = tuple(replace(step, dose=handed_out) for step in steps)
    end, end_from = _end(course, start, part, sigs, steps, margin)
    return (until(steps, end) if end else steps), end_from


def _end(course: Course, start: When, part: Part, sigs: Group, steps: tuple[Step, ...], margin: Margin) -> End:
    """The last day and how it is known. What was handed out tells how long a dispensing lasts; a plan tells more about an order."""
    if course.stop and course.stop.latest < start.earliest:
        margin.note("end-before-start", "", "an end before the start", "end taken as unknown")
    elif course.stop:
        return course.stop, EndFrom.STATED
    planned: End = (steps[-1].end, EndFrom.STATED)
    covered: End = (_lasting(start, course.covers, course.covers), EndFrom.SUPPLY)
    counted: End = (_as_long_as_pieces_last(course, start, part, sigs), EndFrom.SUPPLY)
    ends = (covered, planned, counted) if course.handed_out else (planned, covered, counted)
    return next((end for end in ends if end[0]), (None, EndFrom.NOT_KNOWN))


def _lasting(start: When, least: int | None, most: int | None) -> When | None:
    return When(shifted(start.earliest, least - 1), shifted(start.latest, most - 1)) if least and most else None


def _as_long_as_pieces_last(course: Course, start: When, part: Part, sigs: Group) -> When | None:
    """The last day by the number of pieces and how many are taken a day."""
    if not course.pieces or len(sigs) != 1:
        return None
    a_day = in_pieces(sigs[0], part)
    if a_day is None or a_day.least <= 0:
        return None
    pieces = exactly(course.pieces)
    return _lasting(start, max(1, int(pieces / a_day.most)), max(1, int(pieces / a_day.least)))


def _dose_handed_out(course: Course, part: Part) -> Dose | None:
    """The daily dose that uses up just what was handed out in the days it is for."""
    if not (course.pieces and course.covers and part.strength):
        return None
    daily = float(exactly(part.strength) * exactly(course.pieces) / course.covers)
    return Dose(daily, daily)


def _supply(
    course: Course, product: Product, part: Part, sigs: Group, steps: tuple[Step, ...], end_from: EndFrom, desk: Desk, margin: Margin
) -> Supply:
    return Supply(
        origin=margin.origin,
        kind=course.kind,
        drug=part.drug,
        steps=steps,
        end_from=end_from,
        ongoing=course.active and steps[-1].end is None,
        asserted=course.asserted.earliest if course.asserted else None,
        taking=course.taking,
        adherence=course.adherence,
        oral=_by_mouth(product, part, sigs, desk),
        purposes=course.purposes,
        brand_purpose=product.purpose,
        stop_reason=course.stop_reason,
        in_addition=any(sig.in_addition for sig in sigs),
        notes=_notes(product, sigs, steps),
    )


def _by_mouth(product: Product, part: Part, sigs: Group, desk: Desk) -> bool:
    """By mouth, unless the route, the product or the drug say otherwise."""
    routes = [is_oral(sig.route, desk) for sig in sigs]
    told = next((route for route in routes if route is not None), product.oral)
    return part.drug.oral if told is None else told


def _notes(product: Product, sigs: Group, steps: tuple[Step, ...]) -> tuple[str, ...]:
    dosed = any(step.dose for step in steps)
    notes = {
        TEXT_MATCHED: product.text_matched,
        DOSE_FROM_TEXT: dosed and (product.strength_from_text or any(sig.in_words for sig in sigs)),
        UNIT_ASSUMED: dosed and any(sig.assumes_unit for sig in sigs),
    }
    return tuple(sorted(note for note, holds in notes.items() if holds))
