"""Who a person is, what was diagnosed and what was measured."""

from benchmarks.exports.template import (
    CLINIC,
    DOCTOR,
    ICD10,
    LOINC,
    SNOMED,
    US_CORE,
    VISIT,
    WHO,
    Json,
    Template,
    amount,
    coded,
    concept,
    resource,
)  # fmt: skip

VITAL = coded("observation-category", "vital-signs", "Vital signs")
LAB = coded("observation-category", "laboratory", "Laboratory")
SURVEY = coded("observation-category", "survey", "Survey")

VITALS = (
    ("8867-4", "Heart rate", "/min", 55, 95),
    ("29463-7", "Body weight", "kg", 50, 110),
    ("8302-2", "Body height", "cm", 150, 195),
    ("39156-5", "Body mass index", "kg/m2", 19, 36),
    ("9279-1", "Respiratory rate", "/min", 11, 18),
)
LABS = (
    ("2339-0", "Glucose", "mg/dL", 70, 140),
    ("38483-4", "Creatinine", "mg/dL", 1, 1),
    ("3094-0", "Urea nitrogen", "mg/dL", 7, 20),
    ("49765-1", "Calcium", "mg/dL", 8, 10),
    ("2947-0", "Sodium", "mmol/L", 136, 145),
    ("6298-4", "Potassium", "mmol/L", 4, 5),
    ("2069-3", "Chloride", "mmol/L", 98, 107),
    ("20565-8", "Carbon dioxide", "mmol/L", 20, 29),
    ("4548-4", "Hemoglobin A1c", "%", 4, 7),
    ("2093-3", "Cholesterol", "mg/dL", 150, 240),
    ("718-7", "Hemoglobin", "g/dL", 12, 17),
    ("6690-2", "Leukocytes", "10*3/uL", 4, 11),
)
PHQ9 = ("44261-6", "Patient Health Questionnaire 9 item total score")
GAD7 = ("70274-6", "Generalized anxiety disorder 7 item total score")
OTHER_DIAGNOSES = (("I10", "Essential hypertension"), ("E11.9", "Type 2 diabetes mellitus"), ("E78.5", "Hyperlipidemia"),
                   ("J06.9", "Upper respiratory infection"), ("L30.9", "Dermatitis"), ("K21.9", "Reflux disease"),
                   ("J45.909", "Asthma"), ("N39.0", "Urinary tract infection"), ("S93.401A", "Sprain of ankle"))  # fmt: skip
SEEN = "{{date}}T08:20:00"
TAKEN: Json = {"effectiveDateTime": f"{SEEN}+00:00", "issued": f"{SEEN}.000+00:00", "performer": [DOCTOR]}


def _observation(profile: str, kind: Json, code: Json, **value: object) -> Template:
    common: Json = {"status": "final", "category": [kind], "code": code, "subject": WHO, "encounter": VISIT}
    return resource("Observation", profile, **(common | TAKEN | value))


def _measured(profile: str, kind: Json, row: tuple[str, str, str, int, int]) -> Template:
    code, words, unit, low, high = row
    limits = [{"low": amount(low, unit), "high": amount(high, unit)}]
    value = amount("{{#value}}", unit)
    return _observation(profile, kind, concept(LOINC, code, words), valueQuantity=value, referenceRange=limits)


def pressure() -> Template:
    """A blood pressure, with its two parts."""
    parts = (("8480-6", "Systolic blood pressure", "{{#value}}"), ("8462-4", "Diastolic blood pressure", 80))
    both = [{"code": concept(LOINC, code, words), "valueQuantity": amount(value, "mm[Hg]")} for code, words, value in parts]
    return _observation("blood-pressure", VITAL, concept(LOINC, "85354-9", "Blood pressure panel"), component=both)


def smoking() -> Template:
    """Whether the person smokes."""
    kind = coded("observation-category", "social-history", "Social History")
    never = concept(SNOMED, "266919005", "Never smoked")
    return _observation("smokingstatus", kind, concept(LOINC, "72166-2", "Tobacco smoking status"), valueCodeableConcept=never)


def score(code: str, words: str) -> Template:
    """The total of a questionnaire."""
    value = amount("{{#value}}", "{score}")
    return _observation("observation-screening-assessment", SURVEY, concept(LOINC, code, words), valueQuantity=value)


def condition(code: str, words: str) -> Template:
    """A diagnosis, coded in ICD-10-CM."""
    kind = coded("condition-category", "encounter-diagnosis", "Encounter Diagnosis")
    return resource(
        "Condition", "condition-encounter-diagnosis", says=words, clinicalStatus=coded("condition-clinical", "active"),
        verificationStatus=coded("condition-ver-status", "confirmed"), category=[kind], code=concept(ICD10, code, words),
        subject=WHO, encounter=VISIT, recordedDate="{{date}}T09:15:00+00:00", recorder=DOCTOR, onsetDateTime="{{onset}}",
    )  # fmt: skip


def person() -> Template:
    """Who the person is; the names are numbers."""
    other = {"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2131-1", "display": "Other"}
    part = {"url": "ombCategory", "valueCoding": other}
    text = {"url": "text", "valueString": "Other"}
    town = {"city": "Exampleton", "state": "MA", "postalCode": "01999", "country": "US"}
    return resource(
        "Patient", "patient", says="Person {{number}}, born {{born}}",
        extension=[{"url": US_CORE + kind, "extension": [part, text]} for kind in ("race", "ethnicity")],
        name=[{"use": "official", "family": "Family{{number}}", "given": ["Given{{number}}"]}], gender="{{gender}}",
        telecom=[{"system": "phone", "value": "555-0100", "use": "home"}], birthDate="{{born}}", managingOrganization=CLINIC,
        address=[{"line": ["{{version}} Example Road"]} | town],
        maritalStatus=coded("v3-MaritalStatus", "M", "Married"), multipleBirthBoolean=False, generalPractitioner=[DOCTOR],
        communication=[{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US", "display": "English"}]}}],
    )  # fmt: skip


MEASURED = tuple((_measured("vital-signs", VITAL, row), row[3], row[4]) for row in VITALS)
TESTED = tuple((_measured("observation-lab", LAB, row), row[3], row[4]) for row in LABS)
MOODS = {code: condition(code, "Affective disorder") for code in ("F31.81", "F32.1", "F33.1", "F33.2")}
PRESSURE, SMOKING, PERSON = pressure(), smoking(), person()
SCORES = {"phq-9": score(*PHQ9), "gad-7": score(*GAD7)}
OTHERS = tuple(condition(*row) for row in OTHER_DIAGNOSES)
