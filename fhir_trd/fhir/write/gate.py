"""The strict gate: nothing leaves that fhir.resources does not accept. The only module that imports it."""

from typing import Any

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from fhir_trd.errors import TrdError


def checked(bundle: dict[str, Any]) -> dict[str, Any]:
    """The same Bundle, once it has proved to be valid FHIR R4B. A fault here is ours, and no value of a patient is told."""
    try:
        Bundle.model_validate(bundle)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        places = sorted(f"{'.'.join(str(part) for part in fault['loc'])}: found {fault['type']}" for fault in faults)
        raise TrdError(f"the Bundle to be written is not valid FHIR R4B: {'; '.join(places)}; please report this") from None
    return bundle
