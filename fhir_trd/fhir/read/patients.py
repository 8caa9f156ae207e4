"""Whose record it is: the patient a resource is about, and the person's own resource."""

from collections.abc import Iterable
from functools import cached_property

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import PATIENT, Aside, Sheet, subject_of
from fhir_trd.fhir.references import CONTAINED, Shelf, id_in_urn, target_of
from fhir_trd.fhir.slices import Identifier, Reference
from fhir_trd.fhir.slices_repair import element
from fhir_trd.fhir.slices_resources import PatientSlice
from fhir_trd.model.dates import When

NO_SUBJECT = "no patient reference"
IDENTIFIERS = tuple[Identifier, ...]


class WhoseRecord:
    """Tells whose record each resource belongs to; the same reference is looked up once."""

    def __init__(self, desk: Desk, sheets: Iterable[Sheet]) -> None:
        self._desk = desk
        self._sheets = sheets
        self._known: dict[tuple[str, str], str | Aside] = {}

    def patient_of(self, sheet: Sheet) -> str | Aside:
        """The patient ("Patient/12") that a resource is about, or why that can't be told. Nothing is attributed by guessing."""
        if sheet.resource_type == PATIENT:
            return sheet.name if sheet.name.startswith(f"{PATIENT}/") else Aside("a patient without an id")
        subject = subject_of(sheet.slice)
        if subject is None or not subject.reference:
            return self._by_identifier(subject)
        key = (subject.reference, sheet.scope)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = whom(subject, sheet.scope, self._desk)
        return known

    def _by_identifier(self, subject: Reference | None) -> str | Aside:
        """The patient with this identifier, if it was read."""
        if subject is None or not subject.identifier:
            return Aside(NO_SUBJECT)
        identifier, _ = element(Identifier, bytes(subject.identifier))
        found = self._identified.get(identifier_key(identifier), "") if identifier and identifier.value else None
        return found.name if found else Aside("its patient is named by an identifier that no patient read has")

    @cached_property
    def _identified(self) -> Shelf[Sheet]:
        """All patients by their identifiers: looked through only if someone is named by nothing else."""
        shelf: Shelf[Sheet] = Shelf()
        for sheet in self._sheets:
            if sheet.resource_type == PATIENT:
                _shelve_by_identifier(sheet, shelf)
        return shelf


def whom(subject: Reference, scope: str, desk: Desk) -> str | Aside:
    """The patient behind a reference."""
    found = desk.resource(subject, scope)
    if found:
        return found.name if found.resource_type == PATIENT else Aside(f"its subject is a {found.resource_type}, not a patient")
    return _unread(subject.reference)


def _unread(reference: str) -> str | Aside:
    """The patient behind a reference to a resource that was not read."""
    target = target_of(reference)
    if target is None:
        return Aside("its patient reference is malformed")
    if target.resource_type == CONTAINED:
        return Aside("its patient is contained and has no identity of its own")
    if target.resource_type == "":
        return f"{PATIENT}/{id_in_urn(target.id)}"
    if target.resource_type != PATIENT:
        return Aside(f"its subject is a {target.resource_type}, not a patient")
    return target.written


def identifier_key(identifier: Identifier) -> str:
    """The spelling under which a patient is found by an identifier."""
    return f"identifier {identifier.system}|{identifier.value}"


def _shelve_by_identifier(sheet: Sheet, shelf: Shelf[Sheet]) -> None:
    if not isinstance(sheet.slice, PatientSlice) or not sheet.slice.identifier:
        return
    identifiers, _ = element(IDENTIFIERS, bytes(sheet.slice.identifier))
    for identifier in identifiers or ():
        if identifier.value:
            shelf.put(sheet, (identifier_key(identifier),), sheet.scope)


def born(sheet: Sheet, desk: Desk, margin: Margin) -> When | None:
    """The day, month or year of birth."""
    assert isinstance(sheet.slice, PatientSlice)
    return desk.days.day(sheet.slice.birth_date, "birthDate", margin)


def died(sheet: Sheet, desk: Desk, margin: Margin) -> When | None:
    """The day, month or year of death, if it is told."""
    assert isinstance(sheet.slice, PatientSlice)
    return desk.days.day(sheet.slice.deceased_date_time, "deceasedDateTime", margin)


def sex(sheet: Sheet) -> str:
    """The recorded administrative sex, in FHIR's word for it."""
    assert isinstance(sheet.slice, PatientSlice)
    return sheet.slice.gender
