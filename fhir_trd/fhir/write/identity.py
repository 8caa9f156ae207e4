"""Identities that depend on what a resource is about and on nothing else, so that a second run updates the first."""

from collections.abc import Callable
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from fhir_trd.fhir.write.shape import Element
from fhir_trd.fhir.write.vocabulary import IDS
from fhir_trd.model.verdicts import Assessment

NAMESPACE = uuid5(NAMESPACE_URL, IDS)

Refer = Callable[[str, str], Element]
"""How one resource of ours refers to another by its type and id: inside a Bundle, or beside it as a resource of its own."""


@lru_cache(maxsize=256)
def identity(purpose: str, *keys: str) -> str:
    """A resource id made of what the resource is for and about. The day of the assessment is left out on purpose."""
    return str(uuid5(NAMESPACE, "\n".join((purpose, *keys))))


def identity_for(purpose: str, assessment: Assessment) -> str:
    """The id of one resource about one patient under the primary criteria set."""
    return identity(purpose, assessment.patient, assessment.verdicts[0].criteria)


def device_identity(assessment: Assessment) -> str:
    """The id of the software that made this assessment: its version and the state of its tables."""
    return identity("device", assessment.version, assessment.knowledge)


def urn(resource_id: str) -> str:
    """The address of a resource inside the Bundle."""
    return f"urn:uuid:{resource_id}"


def inside(_: str, resource_id: str) -> Element:
    """A reference to a resource of the same Bundle."""
    return {"reference": urn(resource_id)}


def beside(resource_type: str, resource_id: str) -> Element:
    """A reference to a resource that stands on its own, as a line of a file or on a server."""
    return {"reference": f"{resource_type}/{resource_id}"}


def identifier(purpose: str, resource_id: str) -> Element:
    """The business identifier of a resource, for servers that give ids of their own."""
    return {"system": f"{IDS}/{purpose}", "value": resource_id}
