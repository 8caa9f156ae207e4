"""The patients that stand in an envelope beside the resources about them."""

from collections.abc import Iterable

import msgspec

from fhir_trd.fhir.decode import Body, Fault, Raw
from fhir_trd.fhir.read.sheets import PATIENT, sheet_of
from fhir_trd.fhir.slices_repair import fitted
from fhir_trd.fhir.slices_resources import PatientSlice

_SLICE = msgspec.json.Decoder(PatientSlice)


def people_in(pieces: Iterable[Raw | Fault]) -> dict[str, str]:
    """The patients of an envelope by every spelling that its entries may refer to them by."""
    people: dict[str, str] = {}
    for piece in pieces:
        if isinstance(piece, Raw) and piece.resource_type == PATIENT:
            resource = _patient_slice(piece.body)
            sheet = sheet_of(piece, resource, ()) if resource else None
            if sheet and sheet.name.startswith(f"{PATIENT}/"):
                people.update(dict.fromkeys(sheet.keys, sheet.name))
    return people


def _patient_slice(body: Body) -> PatientSlice | None:
    try:
        return fitted(_SLICE, body)[0]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
