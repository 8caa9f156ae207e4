"""Patients named by a business identifier: by which one a resource names its patient, and which ones a patient has."""

from fhir_trd.fhir.read.gathering import DECODERS
from fhir_trd.fhir.read.patients import IDENTIFIERS, identifier_key
from fhir_trd.fhir.read.sheets import PATIENT, subject_of
from fhir_trd.fhir.slices import Identifier
from fhir_trd.fhir.slices_repair import element, fitted
from fhir_trd.fhir.slices_resources import PatientSlice


def key_of_subject(kind: str, body: bytes) -> str:
    """The identifier by which alone a resource names its patient; empty if it does not."""
    resource, _ = fitted(DECODERS[kind], body)
    subject = subject_of(resource) if resource else None
    if subject is None or subject.reference or not subject.identifier:
        return ""
    identifier, _ = element(Identifier, bytes(subject.identifier))
    return identifier_key(identifier) if identifier and identifier.value else ""


def keys_of_patient(body: bytes) -> tuple[str, ...]:
    """Every identifier of a patient."""
    person, _ = fitted(DECODERS[PATIENT], body)
    if not isinstance(person, PatientSlice) or not person.identifier:
        return ()
    identifiers, _ = element(IDENTIFIERS, bytes(person.identifier))
    return tuple(identifier_key(identifier) for identifier in identifiers or () if identifier.value)
