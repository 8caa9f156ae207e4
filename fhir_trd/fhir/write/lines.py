"""What is written about one patient as single resources, a line each: they refer to each other by type and id."""

from collections.abc import Sequence

import msgspec

from fhir_trd.fhir.write.careplan import care_plan_for
from fhir_trd.fhir.write.device import device_for
from fhir_trd.fhir.write.gate import checked
from fhir_trd.fhir.write.identity import urn
from fhir_trd.fhir.write.observation import observation_for
from fhir_trd.fhir.write.provenance import provenance_for
from fhir_trd.fhir.write.shape import Element
from fhir_trd.model.verdicts import Assessment

DEVICE = "Device"
WRITTEN = ("Observation", "CarePlan", "Provenance")
"""The types that are written about each patient."""


class Written:
    """The resources about one patient."""

    def __init__(self, assessment: Assessment) -> None:
        self.device = device_for(assessment)
        resources = observation_for(assessment), care_plan_for(assessment), provenance_for(assessment, assessment.as_of)
        self.resources = dict(zip(WRITTEN, resources, strict=True))

    @property
    def lines(self) -> dict[str, bytes]:
        """Each resource as a line of NDJSON, by its type."""
        # In a Bundle they refer to each other by addresses that only hold there.
        addresses = [_addresses(resource) for resource in (self.device, *self.resources.values())]
        return {name: _line(resource, addresses) for name, resource in self.resources.items()}

    @property
    def device_line(self) -> bytes:
        """The software as a line of NDJSON."""
        return _line(self.device, ())


def check(written: Sequence[Written]) -> None:
    """Pass resources through the strict gate."""
    resources = [resource for one in written for resource in (one.device, *one.resources.values())]
    entries = [{"fullUrl": urn(resource["id"]), "resource": resource} for resource in resources]
    checked({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _addresses(resource: Element) -> tuple[bytes, bytes]:
    return urn(resource["id"]).encode(), f"{resource['resourceType']}/{resource['id']}".encode()


def _line(resource: Element, addresses: Sequence[tuple[bytes, bytes]]) -> bytes:
    line = msgspec.json.encode(resource)
    for inside, outside in addresses:
        line = line.replace(inside, outside)
    return line + b"\n"
