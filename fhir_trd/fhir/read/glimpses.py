"""As much of a resource as tells whom it is about and how much it can matter; whatever it does not show is not decoded."""

from collections.abc import Callable, Mapping
from functools import partial

import msgspec
from msgspec import Raw, field

from fhir_trd.fhir.read.glance import USES, Whom
from fhir_trd.fhir.read.grades import Grade, Grades
from fhir_trd.fhir.references import CONTAINED
from fhir_trd.fhir.slices import NOTHING, Element


class AboutSubject(Element, frozen=True):
    """A resource that names its patient as its subject."""

    subject: Whom | None = None


class AboutPatient(Element, frozen=True):
    """A resource that names its patient as such."""

    patient: Whom | None = None


class AboutEither(AboutSubject, frozen=True):
    """A resource that does so under either name, in different versions of FHIR."""

    patient: Whom | None = None


class Coded(Element, frozen=True):
    """A part with a code."""

    code: Raw = NOTHING


class ObservationGlimpse(AboutSubject, frozen=True):
    """A measurement and its parts."""

    code: Raw = NOTHING
    component: tuple[Coded, ...] = ()


class ProcedureGlimpse(AboutSubject, frozen=True):
    """Something done."""

    code: Raw = NOTHING


class ConditionGlimpse(AboutEither, frozen=True):
    """A problem."""

    code: Raw = NOTHING


class VisitGlimpse(AboutEither, frozen=True):
    """A visit or stay."""

    kind: Raw = field(default=NOTHING, name="class")


class UseGlimpse(AboutEither, frozen=True):
    """A drug in use."""

    medication_codeable_concept: Raw = NOTHING
    medication_reference: Whom | None = None
    medication: Raw = NOTHING


class PersonGlimpse(Element, frozen=True):
    """A patient."""

    id: str = ""


class IngredientGlimpse(Element, frozen=True):
    """A part of a product."""

    item_codeable_concept: Raw = NOTHING
    item_reference: Raw = NOTHING
    item: Raw = NOTHING


class ProductGlimpse(Element, frozen=True):
    """A product that records of drugs refer to."""

    id: str = ""
    code: Raw = NOTHING
    ingredient: tuple[IngredientGlimpse, ...] = ()


Seen = tuple[Grade, str, str]
"""The grade, the reference to the patient, and that to the product (its own id if it is one); empty if there is none."""

Look = Callable[[bytes], Seen]


class Glimpses:
    """Looks at resources of the types that are read. A look raises what the decoder raises."""

    def __init__(self, grades: Grades) -> None:
        self._grades = grades
        self.of: Mapping[str, Look] = {
            **dict.fromkeys(sorted(USES), self._use),
            "AdverseEvent": partial(_about, _SUBJECT, Grade.CONTEXT),
            "AllergyIntolerance": partial(_about, _PATIENT, Grade.CONTEXT),
            "Condition": self._condition,
            "Device": partial(_about, _EITHER, Grade.CONTEXT),
            "Encounter": self._visit,
            "FamilyMemberHistory": partial(_about, _PATIENT, Grade.CONTEXT),
            "Medication": self._product,
            "MedicationOrder": partial(_about, _EITHER, Grade.CORE),
            "Observation": self._observation,
            "Patient": _person,
            "Procedure": self._procedure,
            "QuestionnaireResponse": partial(_about, _SUBJECT, Grade.FACT),
        }

    def _use(self, body: bytes) -> Seen:
        use = _USE(body)
        grade = self._grades.of_drug(bytes(use.medication_codeable_concept))
        if use.medication_reference is None or (grade >= Grade.FACT and use.medication_codeable_concept):
            return grade, _whom(use.subject or use.patient), ""
        product = use.medication_reference.reference
        elsewhere = product and not product.startswith(CONTAINED)
        return Grade.PRODUCT if elsewhere else Grade.CORE, _whom(use.subject or use.patient), product if elsewhere else ""

    def _observation(self, body: bytes) -> Seen:
        seen = _OBSERVATION(body)
        grade = self._grades.of_observation(bytes(seen.code))
        for part in seen.component:
            grade = max(grade, self._grades.of_observation(bytes(part.code)))
        return grade, _whom(seen.subject), ""

    def _condition(self, body: bytes) -> Seen:
        seen = _CONDITION(body)
        return self._grades.of_condition(bytes(seen.code)), _whom(seen.subject or seen.patient), ""

    def _procedure(self, body: bytes) -> Seen:
        seen = _PROCEDURE(body)
        return self._grades.of_procedure(bytes(seen.code)), _whom(seen.subject), ""

    def _visit(self, body: bytes) -> Seen:
        visit = _VISIT(body)
        return self._grades.of_visit(bytes(visit.kind)), _whom(visit.subject or visit.patient), ""

    def _product(self, body: bytes) -> Seen:
        product = _PRODUCT(body)
        names = [product.code, *(part.item_codeable_concept for part in product.ingredient)]
        grade = max(self._grades.of_drug(bytes(name)) if name else Grade.NONE for name in names)
        elsewhere = any(part.item or part.item_reference for part in product.ingredient)
        return Grade.CORE if elsewhere else grade, "", product.id


_SUBJECT = msgspec.json.Decoder(AboutSubject).decode
_PATIENT = msgspec.json.Decoder(AboutPatient).decode
_EITHER = msgspec.json.Decoder(AboutEither).decode
_OBSERVATION = msgspec.json.Decoder(ObservationGlimpse).decode
_PROCEDURE = msgspec.json.Decoder(ProcedureGlimpse).decode
_CONDITION = msgspec.json.Decoder(ConditionGlimpse).decode
_VISIT = msgspec.json.Decoder(VisitGlimpse).decode
_USE = msgspec.json.Decoder(UseGlimpse).decode
_PRODUCT = msgspec.json.Decoder(ProductGlimpse).decode
_PERSON = msgspec.json.Decoder(PersonGlimpse).decode


def _whom(named: Whom | None) -> str:
    return named.reference if named else ""


def _about(decode: Callable[[bytes], AboutSubject | AboutPatient], grade: Grade, body: bytes) -> Seen:
    seen = decode(body)
    return grade, _whom(getattr(seen, "subject", None) or getattr(seen, "patient", None)), ""


def _person(body: bytes) -> Seen:
    resource_id = _PERSON(body).id
    return Grade.CONTEXT, f"Patient/{resource_id}" if resource_id else "", ""
