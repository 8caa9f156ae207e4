"""A course as FHIR R4: a MedicationStatement, a MedicationRequest, or the MedicationDispenses that filled it."""

from collections.abc import Iterator
from datetime import date, timedelta

from tests.factory.courses import Course, DoseStep
from tests.factory.drugs import SYSTEMS, drug_concept

Json = dict[str, object]

PATIENT: Json = {"reference": "Patient/p"}
ADHERENCE_URL = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence"
ADHERENCE_CODES = {"good": "1156699004", "poor": "702565001"}
STOP_CODES = {"lack": "182841002", "intolerance": "182842009", "remission": "182846007", "other": "182844005"}
STOP_WORDS = {
    "lack": "lack of efficacy",
    "partial": "partial response only",
    "intolerance": "side effects",
    "remission": "in remission, course completed",
    "other": "patient preference",
    "nausea": "nausea",
}
RESOURCES = {"statement": "MedicationStatement", "request": "MedicationRequest", "dispense": "MedicationDispense"}
STATUSES = {"not-taken", "unknown", "on-hold"}


def resources_of(course: Course, *, as_of: str, named_by: str, adherence: str) -> Iterator[Json]:
    """The resources that record this course, in the form the course asks for."""
    named_by = course.named_by or named_by
    adherence = course.adherence or adherence
    kind, _, fill = course.form.partition(" ")
    if kind == "dispense":
        yield from _dispenses(course, named_by, days=int(fill or 30))
    elif kind == "request":
        yield _request(course, named_by, adherence)
    else:
        yield _statement(course, named_by, adherence, as_of=as_of)


def _statement(course: Course, named_by: str, adherence: str, *, as_of: str) -> Json:
    period = {"start": course.start} | ({} if _is_open(course.end) else {"end": course.end})
    body = _head(course, "MedicationStatement", named_by) | {
        "subject": PATIENT,
        "effectivePeriod": period,
        "statusReason": [_stop_reason(course.stop)] if course.stop else [],
        "dateAsserted": as_of if course.end == "ongoing" else "",
        "dosage": _dosages(course),
        "extension": _adherence(adherence, as_of),
    }
    return _without_gaps(body | dict(course.extra))


def _request(course: Course, named_by: str, adherence: str) -> Json:
    body = _head(course, "MedicationRequest", named_by) | {
        "intent": "order",
        "subject": PATIENT,
        "authoredOn": course.start,
        "statusReason": _stop_reason(course.stop) if course.stop else {},
        "dosageInstruction": _dosages(course, bounded=True),
        "extension": _adherence(adherence, course.start),
    }
    return _without_gaps(body | dict(course.extra))


def _dispenses(course: Course, named_by: str, *, days: int) -> Iterator[Json]:
    for number, (step, first, length) in enumerate(_fills(course, days), start=1):
        fill = _head(course, "MedicationDispense", named_by) | {
            "id": f"{course.id}-fill-{number}",
            "status": "completed",
            "subject": PATIENT,
            "whenHandedOver": first.isoformat(),
            "daysSupply": {"value": length, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"},
            "dosageInstruction": [_dosage(step)],
        }
        del fill["reasonCode"]
        yield _without_gaps(fill | dict(course.extra))


def _fills(course: Course, days: int) -> Iterator[tuple[DoseStep, date, int]]:
    for step in course.steps:
        day, last = date.fromisoformat(step.start), date.fromisoformat(step.end)
        while day <= last:
            length = min(days, (last - day).days + 1)
            yield step, day, length
            day += timedelta(days=length)


def _head(course: Course, kind: str, named_by: str) -> Json:
    return {
        "resourceType": kind,
        "id": course.id,
        "status": _status(course),
        "medicationCodeableConcept": drug_concept(course.drug, named_by, with_strength=course.dose_known),
        "reasonCode": [_reason(course.reason)] if course.reason else [],
    }


def _status(course: Course) -> str:
    if course.form in STATUSES:
        return course.form
    if course.is_active:
        return "active"
    return "stopped" if course.stop else "completed"


def _reason(reason: str) -> Json:
    if reason[0].isupper() and reason[1].isdigit():
        return {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": reason}]}
    return {"text": reason}


def _stop_reason(stop: str) -> Json:
    words: Json = {"text": STOP_WORDS[stop]}
    if stop in STOP_CODES:
        words["coding"] = [{"system": SYSTEMS["snomed"], "code": STOP_CODES[stop]}]
    return words


def _adherence(answer: str, asserted: str) -> list[Json]:
    if answer not in ADHERENCE_CODES:
        return []
    code = {"coding": [{"system": SYSTEMS["snomed"], "code": ADHERENCE_CODES[answer]}]}
    parts: list[Json] = [
        {"url": "medicationAdherence", "valueCodeableConcept": code},
        {"url": "dateAsserted", "valueDateTime": asserted},
    ]
    return [{"url": ADHERENCE_URL, "extension": parts}]


def _dosages(course: Course, *, bounded: bool = False) -> list[Json]:
    if len(course.steps) == 1 and not bounded:
        return [_dosage(course.steps[0])]
    return [_dosage(step, sequence=number) for number, step in enumerate(course.steps, start=1)]


def _dosage(step: DoseStep, sequence: int = 0) -> Json:
    repeat: Json = {"frequency": 1, "period": 1, "periodUnit": "d"}
    if sequence:
        bounds = {"start": step.start} | ({} if _is_open(step.end) else {"end": step.end})
        repeat = {"boundsPeriod": bounds} | repeat
    amount, _, needed = step.dose.partition(" ")
    return _without_gaps(
        {
            "sequence": sequence,
            "timing": {"repeat": repeat},
            "asNeededBoolean": needed == "prn",
            "doseAndRate": [] if amount in {"", "?"} else [_amount(amount)],
        }
    )


def _amount(amount: str) -> Json:
    low, _, high = amount.partition("-")
    if high:
        return {"doseRange": {"low": _mg(low), "high": _mg(high)}}
    return {"doseQuantity": _mg(low)}


def _mg(text: str) -> Json:
    value = float(text)
    return {
        "value": int(value) if value.is_integer() else value,
        "unit": "mg",
        "system": "http://unitsofmeasure.org",
        "code": "mg",
    }


def _is_open(end: str) -> bool:
    return end in {"ongoing", "unconfirmed", "?", ""}


def _without_gaps(body: Json) -> Json:
    return {key: value for key, value in body.items() if value not in ("", [], {}, 0, False)}
