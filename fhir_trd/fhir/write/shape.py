"""Small shapes of FHIR JSON: elements without gaps, concepts, references."""

import re
from functools import lru_cache
from typing import Any

Element = dict[str, Any]

RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")
ABSOLUTE = re.compile(r"https?://\S*?(?:([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?)")


def filled(**elements: Any) -> Element:
    """The elements that hold something: FHIR allows no empty string, list or object."""
    return {name: value for name, value in elements.items() if value or value is False or value == 0}


def concept(*codings: Element, text: str = "") -> Element:
    """A CodeableConcept."""
    element: Element = {"coding": list(codings)} if codings else {}
    if text:
        element["text"] = text
    return element


def reference_to(resource: str) -> Element:
    """A reference to a resource that was read.

    A urn:uuid holds only inside the Bundle that was read: as a literal reference it would dangle in ours, and a server
    would refuse the whole transaction. It stays recognisable as an identifier; what is no address at all, as its name.
    """
    if resource_type_of(resource):
        return {"reference": resource}
    if resource.startswith("urn:"):
        return {"identifier": {"system": "urn:ietf:rfc:3986", "value": resource}}
    return {"display": resource}


@lru_cache(maxsize=1024)
def resource_type_of(resource: str) -> str:
    """The type a literal reference names, or an empty string if it is none."""
    found = RELATIVE.fullmatch(resource) or ABSOLUTE.fullmatch(resource)
    return found[1] if found else ""
