"""One slice per resource type: the elements that are read, under all the names they have had from DSTU2 to R5."""

from msgspec import Raw, field

from fhir_trd.fhir.slices import NOTHING, Element, Period, Reference


class Resource(Element, frozen=True):
    """What every resource has."""

    id: str = ""
    meta: Raw = NOTHING
    contained: Raw = NOTHING
    status: str = ""


class MedicationUse(Resource, frozen=True):
    """What the four resource types of a drug in use share."""

    extension: Raw = NOTHING
    subject: Reference | None = None
    patient: Reference | None = None
    medication_codeable_concept: Raw = NOTHING
    medication_reference: Reference | None = None
    medication: Raw = NOTHING
    status_reason: Raw = NOTHING
    reason_code: Raw = NOTHING
    reason_reference: Raw = NOTHING
    reason: Raw = NOTHING
    effective_period: Raw = NOTHING
    effective_date_time: str = ""
    dosage: Raw = NOTHING
    dosage_instruction: Raw = NOTHING


class MedicationStatement(MedicationUse, frozen=True):
    """A statement that a drug is, was or was not taken."""

    date_asserted: str = ""
    taken: str = ""
    was_not_taken: bool = False
    reason_not_taken: Raw = NOTHING
    reason_for_use_codeable_concept: Raw = NOTHING
    adherence: Raw = NOTHING


class MedicationRequest(MedicationUse, frozen=True):
    """An order for a drug."""

    intent: str = ""
    do_not_perform: bool = False
    authored_on: str = ""
    status_changed: str = ""
    dispense_request: Raw = NOTHING
    reported_boolean: bool = False
    reported_reference: Raw = NOTHING
    reported: bool = False


class MedicationDispense(MedicationUse, frozen=True):
    """A drug handed over."""

    when_handed_over: str = ""
    when_prepared: str = ""
    days_supply: Raw = NOTHING
    quantity: Raw = NOTHING
    status_reason_codeable_concept: Raw = NOTHING
    not_performed_reason: Raw = NOTHING


class MedicationAdministration(MedicationUse, frozen=True):
    """A drug given."""

    occurence_date_time: str = ""
    occurence_period: Raw = NOTHING


class MedicationSlice(Resource, frozen=True):
    """A product that other resources refer to."""

    code: Raw = NOTHING
    ingredient: Raw = NOTHING
    form: Raw = NOTHING
    dose_form: Raw = NOTHING


class ConditionSlice(Resource, frozen=True):
    """A problem or diagnosis."""

    subject: Reference | None = None
    patient: Reference | None = None
    code: Raw = NOTHING
    clinical_status: Raw = NOTHING
    verification_status: Raw = NOTHING
    onset_date_time: str = ""
    onset_period: Period | None = None
    onset_age: Raw = NOTHING
    abatement_date_time: str = ""
    abatement_period: Period | None = None
    abatement_boolean: bool = False
    recorded_date: str = ""
    asserted_date: str = ""
    date_recorded: str = ""


class ObservationSlice(Resource, frozen=True):
    """A measurement or an answer."""

    subject: Reference | None = None
    code: Raw = NOTHING
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    value_quantity: Raw = NOTHING
    value_integer: Raw = NOTHING
    value_decimal: Raw = NOTHING
    value_string: Raw = NOTHING
    value_codeable_concept: Raw = NOTHING
    value_boolean: Raw = NOTHING
    component: Raw = NOTHING
    interpretation: Raw = NOTHING
    reference_range: Raw = NOTHING


class QuestionnaireResponseSlice(Resource, frozen=True):
    """A filled questionnaire."""

    subject: Reference | None = None
    authored: str = ""
    questionnaire: Raw = NOTHING
    item: Raw = NOTHING


class ProcedureSlice(Resource, frozen=True):
    """Something done to or with a patient."""

    subject: Reference | None = None
    code: Raw = NOTHING
    performed_date_time: str = ""
    performed_period: Period | None = None
    occurrence_date_time: str = ""
    occurrence_period: Period | None = None


class DeviceSlice(Resource, frozen=True):
    """A thing in or on a patient."""

    subject: Reference | None = None
    patient: Reference | None = None
    type: Raw = NOTHING
    device_name: Raw = NOTHING


class EncounterSlice(Resource, frozen=True):
    """A visit or stay."""

    subject: Reference | None = None
    patient: Reference | None = None
    kind: Raw = field(default=NOTHING, name="class")
    period: Period | None = None
    actual_period: Period | None = None
    reason: Raw = NOTHING
    reason_code: Raw = NOTHING
    reason_reference: Raw = NOTHING
    diagnosis: Raw = NOTHING


class AdverseEventSlice(Resource, frozen=True):
    """Harm that someone blames on something."""

    actuality: str = ""
    subject: Reference | None = None
    date: str = ""
    detected: str = ""
    occurrence_date_time: str = ""
    recorded_date: str = ""
    suspect_entity: Raw = NOTHING


class AllergySlice(Resource, frozen=True):
    """An allergy or intolerance."""

    patient: Reference | None = None
    code: Raw = NOTHING
    substance: Raw = NOTHING
    verification_status: Raw = NOTHING
    onset_date_time: str = ""
    recorded_date: str = ""
    asserted_date: str = ""
    reaction: Raw = NOTHING


class FamilyHistorySlice(Resource, frozen=True):
    """The diseases of a relative."""

    patient: Reference | None = None
    condition: Raw = NOTHING


class PatientSlice(Resource, frozen=True):
    """The person."""

    identifier: Raw = NOTHING
    birth_date: str = ""
    deceased_date_time: str = ""
    gender: str = ""


SHAPES: dict[str, type[Resource]] = {
    "AdverseEvent": AdverseEventSlice,
    "AllergyIntolerance": AllergySlice,
    "Condition": ConditionSlice,
    "Device": DeviceSlice,
    "Encounter": EncounterSlice,
    "FamilyMemberHistory": FamilyHistorySlice,
    "Medication": MedicationSlice,
    "MedicationAdministration": MedicationAdministration,
    "MedicationDispense": MedicationDispense,
    "MedicationOrder": MedicationRequest,
    "MedicationRequest": MedicationRequest,
    "MedicationStatement": MedicationStatement,
    "Observation": ObservationSlice,
    "Patient": PatientSlice,
    "Procedure": ProcedureSlice,
    "QuestionnaireResponse": QuestionnaireResponseSlice,
}
