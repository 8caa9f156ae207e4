"""The resources that surround a person in every export and say nothing of depression: bills, visits, notes, vaccines."""

from base64 import b64encode

from benchmarks.exports.template import (
    CLINIC,
    CVX,
    DOCTOR,
    LOINC,
    SNOMED,
    VISIT,
    WHO,
    Json,
    Template,
    amount,
    coded,
    concept,
    resource,
)  # fmt: skip

NOTE = (
    "{chapter}. The person was seen for review. History taken and medicines reconciled with the list brought along; nothing "
    "new was found on examination, and results were discussed. Advice was given on sleep, activity and diet. "
)
"""A note of no particular person."""

SPAN: Json = {"start": "{{date}}T09:00:00+00:00", "end": "{{date}}T09:30:00+00:00"}
USD: Json = {"value": "{{#price}}", "currency": "USD"}
BILLED = "https://example.org/fhir/billing/"
LINES = 5


def encounter() -> Template:
    """A visit."""
    part = {"type": [coded("v3-ParticipationType", "PPRF", "primary performer")], "period": SPAN, "individual": DOCTOR}
    return resource(
        "Encounter", "encounter", says="Visit of {{date}} at {{clinic_name}}", status="finished", subject=WHO,
        **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"}},
        type=[concept(SNOMED, "185347001", "Encounter for problem")], participant=[part], period=SPAN, serviceProvider=CLINIC,
        location=[{"location": {"reference": "Location/{{clinic}}", "display": "{{clinic_name}}"}}],
    )  # fmt: skip


def claim() -> Template:
    """The bill for a visit."""
    items = [_item(number) | {"encounter": [VISIT]} for number in range(1, 3)]
    return resource(
        "Claim", status="active", type=coded("claim-type", "professional"), use="claim", patient=WHO, billablePeriod=SPAN,
        created="{{date}}T09:30:00+00:00", provider=CLINIC, priority=coded("processpriority", "normal"), total=USD, item=items,
        insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/{{cover}}"}}],
    )  # fmt: skip


def explanation() -> Template:
    """What the insurer paid of it, line by line; it holds the cover and the referral inside itself."""
    referral = {"resourceType": "ServiceRequest", "id": "referral", "status": "completed", "intent": "order", "subject": WHO}
    cover = {"resourceType": "Coverage", "id": "coverage", "status": "active", "beneficiary": WHO, "payor": [CLINIC]}
    return resource(
        "ExplanationOfBenefit", contained=[referral | {"requester": DOCTOR}, cover], status="active", use="claim", patient=WHO,
        type=coded("claim-type", "professional"), billablePeriod=SPAN, created="{{date}}T09:30:00+00:00", insurer=CLINIC,
        provider=DOCTOR, referral={"reference": "#referral"}, claim={"reference": "Claim/{{bill}}"}, outcome="complete",
        careTeam=[{"sequence": 1, "provider": DOCTOR, "role": coded("claimcareteamrole", "primary", "Primary provider")}],
        insurance=[{"focal": True, "coverage": {"reference": "#coverage"}}], payment={"amount": USD},
        item=[_item(number) | {"servicedPeriod": SPAN, "adjudication": _paid()} for number in range(1, LINES)],
        total=[{"category": coded("adjudication", "submitted", "Submitted Amount"), "amount": USD}],
    )  # fmt: skip


def _item(number: int) -> Json:
    return {"sequence": number, "productOrService": concept(SNOMED, "185347001", "Encounter for problem"), "net": USD}


def _paid() -> list[Json]:
    kinds = ("coinsurance", "lineprovider", "lineallowed", "deductible")
    return [{"category": concept(BILLED + "adjudication", kind, f"Line {kind} amount"), "amount": USD} for kind in kinds]


def note() -> Template:
    """A letter, its text packed into the resource."""
    text = "".join(NOTE.format(chapter=chapter) for chapter in ("Reason", "Background", "Findings", "Assessment", "Next"))
    attachment = {"contentType": "text/plain; charset=utf-8", "data": b64encode(text.encode()).decode()}
    return resource(
        "DocumentReference", "documentreference", status="current", type=concept(LOINC, "34117-2", "History and physical note"),
        category=[concept(LOINC, "34109-9", "Note")], subject=WHO, date="{{date}}T09:40:00+00:00", author=[DOCTOR],
        custodian=CLINIC, content=[{"attachment": attachment}], context={"encounter": [VISIT], "period": SPAN},
    )  # fmt: skip


def report() -> Template:
    """A report that points at its measurements."""
    results = [{"reference": f"Observation/{{{{id}}}}-{n}", "display": f"Measurement {n}"} for n in range(1, 9)]
    return resource(
        "DiagnosticReport", "diagnosticreport-lab", says="Metabolic panel of {{date}}", status="final", subject=WHO,
        category=[coded("v2-0074", "LAB", "Laboratory")], code=concept(LOINC, "51990-0", "Basic metabolic panel"),
        encounter=VISIT, effectiveDateTime="{{date}}T08:00:00+00:00", issued="{{date}}T10:00:00.000+00:00",
        performer=[CLINIC], result=results,
    )  # fmt: skip


def vaccine() -> Template:
    """A vaccination."""
    return resource(
        "Immunization", "immunization", says="Influenza vaccine, {{date}}", status="completed", patient=WHO, encounter=VISIT,
        vaccineCode=concept(CVX, "140", "Influenza, seasonal, injectable, preservative free"), primarySource=True,
        occurrenceDateTime="{{date}}T09:10:00+00:00", location={"reference": "Location/{{clinic}}"},
    )  # fmt: skip


def procedure() -> Template:
    """Something done that is no treatment of depression."""
    return resource(
        "Procedure", "procedure", says="Medicines reviewed, {{date}}", status="completed", subject=WHO, encounter=VISIT,
        code=concept(SNOMED, "430193006", "Medication reconciliation"), performedPeriod=SPAN,
    )  # fmt: skip


def care_plan() -> Template:
    """A plan for the pressure."""
    steps = [{"detail": {"code": concept(SNOMED, "226234005", "Healthy diet"), "status": "in-progress"}} for _ in range(2)]
    return resource(
        "CarePlan", "careplan", says="Care plan for blood pressure", status="active", intent="order", subject=WHO,
        category=[concept(SNOMED, "736285004", "Hypertension care plan")], period={"start": "{{date}}"}, activity=steps,
        careTeam=[{"reference": "CareTeam/{{team}}"}], goal=[{"reference": "Goal/{{goal}}"}],
    )  # fmt: skip


def care_team() -> Template:
    """Who looks after the person."""
    members = [{"role": [concept(SNOMED, "223366009", "Healthcare professional")], "member": one} for one in (DOCTOR, CLINIC)]
    return resource("CareTeam", "careteam", status="active", subject=WHO, participant=members, managingOrganization=[CLINIC])


def goal() -> Template:
    """A goal that has nothing to do with mood."""
    target = {"measure": concept(LOINC, "8480-6", "Systolic blood pressure"), "detailQuantity": amount(130, "mm[Hg]")}
    says = {"text": "Systolic pressure below 130"}
    return resource("Goal", "goal", lifecycleStatus="active", subject=WHO, description=says, target=[target])


def cover() -> Template:
    """Who pays."""
    return resource(
        "Coverage", "coverage", status="active", type=coded("v3-ActCode", "HIP", "health insurance plan policy"), payor=[CLINIC],
        subscriberId="{{patient}}", beneficiary=WHO, relationship=coded("subscriber-relationship", "self"), period=SPAN,
    )  # fmt: skip


def allergy() -> Template:
    """An allergy to something that is no antidepressant."""
    return resource(
        "AllergyIntolerance", "allergyintolerance", says="Allergy to peanut", patient=WHO, category=["food"], criticality="low",
        clinicalStatus=coded("allergyintolerance-clinical", "active"), recordedDate="{{date}}",
        verificationStatus=coded("allergyintolerance-verification", "confirmed"), code=concept(SNOMED, "762952008", "Peanut"),
    )  # fmt: skip


def device() -> Template:
    """A device in use."""
    return resource(
        "Device", "implantable-device", status="active", type=concept(SNOMED, "337414009", "Blood glucose meter"), patient=WHO,
        distinctIdentifier="{{source}}", lotNumber="{{version}}", serialNumber="{{source}}",
    )  # fmt: skip


A_VISIT = (("Encounter", encounter(), 1.0), ("Claim", claim(), 1.5), ("ExplanationOfBenefit", explanation(), 1.0),
           ("DocumentReference", note(), 0.6), ("DiagnosticReport", report(), 0.5), ("Procedure", procedure(), 0.7),
           ("Immunization", vaccine(), 0.5))  # fmt: skip
"""What a visit leaves behind, and how much of it on average."""

A_PERSON = (("CarePlan", care_plan(), 0.7), ("CareTeam", care_team(), 0.7), ("Goal", goal(), 0.5), ("Coverage", cover(), 1.0),
            ("AllergyIntolerance", allergy(), 0.4), ("Device", device(), 0.1))  # fmt: skip
"""What a person has once, and how many in a hundred do."""
