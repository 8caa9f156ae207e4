"""Scores, conditions and procedures as FHIR R4, from one short phrase each."""

from tests.factory.drugs import SYSTEMS
from tests.factory.medication import PATIENT, Json

PHQ9_TOTAL = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}], "text": "PHQ-9 total score"}
PHQ9_PANEL = "http://loinc.org/q/44249-1"
PHQ9_ITEMS = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
PHQ9_ANSWERS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
STATUS_SYSTEM = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CERTAINTY_SYSTEM = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
STATUSES = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
CERTAINTIES = ("confirmed", "provisional", "differential", "unconfirmed", "refuted", "entered-in-error")
DATES = {"onset": "onsetDateTime", "abated": "abatementDateTime", "recorded": "recordedDate"}
PROCEDURES = {"ect": "23835007", "bilateral-ect": "284468008", "unilateral-ect": "", "psychotherapy": "75516001", "tms": ""}
PROCEDURE_WORDS = {
    "ect": "electroconvulsive therapy",
    "bilateral-ect": "bilateral electroconvulsive therapy",
    "unilateral-ect": "right unilateral electroconvulsive therapy",
    "psychotherapy": "psychotherapy",
    "tms": "transcranial magnetic stimulation",
}


def score(phrase: str, number: int) -> Json:
    """A total, from ``2024-01-14 = 20`` (PHQ-9), ``MADRS 2024-01-14 = 32`` or ``2024-01-14 = 20 preliminary``."""
    left, _, right = phrase.partition("=")
    *scale, day = left.split()
    value, *status = right.split()
    name = " ".join(scale)
    return {
        "resourceType": "Observation",
        "id": f"score-{number}",
        "status": status[0] if status else "final",
        "code": {"text": f"{name} total score"} if name else PHQ9_TOTAL,
        "subject": PATIENT,
        "effectiveDateTime": day,
        "valueInteger": int(value),
    }


def answered_questionnaire(day: str, answers: tuple[int, ...], number: int) -> Json:
    """A PHQ-9 as it was filled in, item by item."""
    items = [
        {
            "linkId": f"/{code}",
            "answer": [{"valueCoding": {"system": "http://loinc.org", "code": PHQ9_ANSWERS[answer]}}],
        }
        for code, answer in zip(PHQ9_ITEMS, answers, strict=True)
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"phq9-{number}",
        "questionnaire": PHQ9_PANEL,
        "status": "completed",
        "subject": PATIENT,
        "authored": day,
        "item": items,
    }


def condition(phrase: str, number: int) -> Json:
    """A diagnosis, from ``F33.1 onset 2024-01-10 recurrence`` (ICD-10-CM; active and confirmed unless another word is given)."""
    code, *words = phrase.split()
    statuses = [word for word in words if word in STATUSES] or ["active"]
    certainties = [word for word in words if word in CERTAINTIES] or ["confirmed"]
    body: Json = {
        "resourceType": "Condition",
        "id": f"condition-{number}",
        "clinicalStatus": {"coding": [{"system": STATUS_SYSTEM, "code": statuses[0]}]},
        "verificationStatus": {"coding": [{"system": CERTAINTY_SYSTEM, "code": certainties[0]}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
        "subject": PATIENT,
    }
    dates = {DATES[word]: words[place + 1] for place, word in enumerate(words) if word in DATES}
    return body | dates


def procedure(phrase: str, number: int) -> Json:
    """A treatment that is not a drug, from ``ect 2020-01`` or ``psychotherapy 2024-02-01 2024-05-01``."""
    kind, start, *end = phrase.split()
    coding = [{"system": SYSTEMS["snomed"], "code": PROCEDURES[kind]}] if PROCEDURES[kind] else []
    when: Json = {"performedPeriod": {"start": start, "end": end[0]}} if end else {"performedDateTime": start}
    code: Json = {"text": PROCEDURE_WORDS[kind]} | ({"coding": coding} if coding else {})
    return {
        "resourceType": "Procedure",
        "id": f"procedure-{number}",
        "status": "completed",
        "code": code,
        "subject": PATIENT,
    } | when


def adverse_event(statement: str, day: str) -> Json:
    """A side effect that is blamed on one medication record."""
    return {
        "resourceType": "AdverseEvent",
        "id": f"event-{statement}",
        "actuality": "actual",
        "event": {"text": "nausea"},
        "subject": PATIENT,
        "date": day,
        "suspectEntity": [{"instance": {"reference": f"MedicationStatement/{statement}"}}],
    }
