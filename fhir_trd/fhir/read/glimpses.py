"""As much of a resource as tells whom it is about and how much it can matter; whatever it does not show is not decoded."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import compress, count
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Raw, defstruct, field

from fhir_trd.fhir.read.glance import USES, Whom
from fhir_trd.fhir.read.grades import Grade, Grades
from fhir_trd.fhir.references import CONTAINED
from fhir_trd.fhir.slices import NOTHING, Element


class AboutSubject(Element, frozen=True):
    """A resource that names its patient as its subject."""

    subject: Whom | None = None

    @property
    def whom(self) -> Whom | None:
        """The patient."""
        return self.subject


class AboutPatient(Element, frozen=True):
    """A resource that names its patient as such."""

    patient: Whom | None = None

    @property
    def whom(self) -> Whom | None:
        """The patient."""
        return self.patient


class AboutEither(AboutSubject, frozen=True):
    """A resource that does so under either name, in different versions of FHIR."""

    patient: Whom | None = None

    @property
    def whom(self) -> Whom | None:
        """The patient."""
        return self.subject or self.patient


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

Columns = tuple[Sequence[Grade], Sequence[str], Sequence[str]]
"""The same of many resources, each part on its own."""

Ways = tuple[Callable[[Any], Seen], Callable[[Sequence[Any]], Columns]]
"""How to tell that of one resource, and of many."""

T = TypeVar("T", bound=Element)


class Look(Generic[T]):
    """Looks at resources of one type. A look raises what the decoder raises."""

    def __init__(
        self, kind: str, shape: type[T], tell: Callable[[T], Seen], tell_all: Callable[[list[T]], Columns] | None = None
    ) -> None:
        named: Any = [("resource_type", Literal[kind])]
        line = defstruct(f"{kind}Line", named, bases=(shape,), kw_only=True, frozen=True, gc=False, rename="camel")
        self._decode = msgspec.json.Decoder(shape).decode
        self._decode_lines = msgspec.json.Decoder(line).decode_lines
        self._tell, self._tell_all = tell, tell_all

    def __call__(self, body: bytes) -> Seen:
        """What a look at one resource shows."""
        return self._tell(self._decode(body))

    def at_lines(self, block: bytes) -> Columns:
        """What a look at many resources of this type shows, one on each line; any other line is an error."""
        seen: list[Any] = self._decode_lines(block)
        if self._tell_all:
            return self._tell_all(seen)
        grades, references, products = zip(*map(self._tell, seen), strict=True) if seen else ((), (), ())
        return grades, references, products


class Glimpses:
    """How to look at resources of the types that are read."""

    def __init__(self, grades: Grades) -> None:
        self._grades = grades
        context = (
            ("AdverseEvent", AboutSubject, Grade.CONTEXT),
            ("AllergyIntolerance", AboutPatient, Grade.CONTEXT),
            ("Device", AboutEither, Grade.CONTEXT),
            ("FamilyMemberHistory", AboutPatient, Grade.CONTEXT),
            ("MedicationOrder", AboutEither, Grade.CORE),
            ("QuestionnaireResponse", AboutSubject, Grade.FACT),
        )
        self.of: Mapping[str, Look[Any]] = {
            **{kind: Look(kind, UseGlimpse, self._use) for kind in sorted(USES)},
            **{kind: Look(kind, shape, partial(_about, grade)) for kind, shape, grade in context},
            "Condition": Look("Condition", ConditionGlimpse, *_by(grades.of_condition, _CODE)),
            "Encounter": Look("Encounter", VisitGlimpse, *_by(grades.of_visit, _KIND)),
            "Medication": Look("Medication", ProductGlimpse, self._product),
            "Observation": Look("Observation", ObservationGlimpse, self._observation, self._observations),
            "Patient": Look("Patient", PersonGlimpse, _person),
            "Procedure": Look("Procedure", ProcedureGlimpse, *_by(grades.of_procedure, _CODE)),
        }

    def _use(self, use: UseGlimpse) -> Seen:
        grade = self._grades.of_drug(bytes(use.medication_codeable_concept))
        if use.medication_reference is None or (grade >= Grade.FACT and use.medication_codeable_concept):
            return grade, _whom(use), ""
        product = use.medication_reference.reference
        elsewhere = product and not product.startswith(CONTAINED)
        return Grade.PRODUCT if elsewhere else Grade.CORE, _whom(use), product if elsewhere else ""

    def _observation(self, seen: ObservationGlimpse) -> Seen:
        grade = self._panel(seen) if seen.component else self._grades.of_observation(bytes(seen.code))
        return grade, _whom(seen), ""

    def _panel(self, seen: ObservationGlimpse) -> Grade:
        return self._grades.of_panel((bytes(seen.code), *map(bytes, map(_CODE, seen.component))))

    def _observations(self, seen: list[ObservationGlimpse]) -> Columns:
        """The same of many, without a step of Python for each: half of what there is to look at are measurements."""
        grades, references, products = _columns(self._grades.of_observation, _CODE, seen)
        for number in compress(count(), map(_PARTS, seen)):
            grades[number] = self._panel(seen[number])
        return grades, references, products

    def _product(self, product: ProductGlimpse) -> Seen:
        names = [product.code, *(part.item_codeable_concept for part in product.ingredient)]
        grade = max(self._grades.of_drug(bytes(name)) if name else Grade.NONE for name in names)
        elsewhere = any(part.item or part.item_reference for part in product.ingredient)
        return Grade.CORE if elsewhere else grade, "", product.id


_CODE, _KIND, _PARTS, _SUBJECT, _REFERENCE = map(attrgetter, ("code", "kind", "component", "subject", "subject.reference"))


def _by(grade_of: Callable[[bytes], Grade], element: Callable[[Any], Raw]) -> Ways:
    """How to look at one resource, and at many, whose grade hangs on one element alone."""

    def tell(seen: Any) -> Seen:
        return grade_of(bytes(element(seen))), _whom(seen), ""

    return tell, partial(_columns, grade_of, element)


def _columns(
    grade_of: Callable[[bytes], Grade], element: Callable[[Any], Raw], seen: Sequence[Any]
) -> tuple[list[Grade], list[str], list[str]]:
    references = list(map(_REFERENCE, seen) if all(map(_SUBJECT, seen)) else map(_whom, seen))
    return list(map(grade_of, map(bytes, map(element, seen)))), references, [""] * len(seen)


def _whom(seen: AboutSubject | AboutPatient) -> str:
    named = seen.whom
    return named.reference if named else ""


def _about(grade: Grade, seen: AboutSubject | AboutPatient) -> Seen:
    return grade, _whom(seen), ""


def _person(person: PersonGlimpse) -> Seen:
    return Grade.CONTEXT, f"Patient/{person.id}" if person.id else "", ""
