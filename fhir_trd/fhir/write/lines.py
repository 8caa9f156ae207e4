"""What is written about one patient as single resources, a line each: they refer to each other by type and id."""

from collections.abc import Sequence

import msgspec

from fhir_trd.fhir.write.careplan import care_plan_for
from fhir_trd.fhir.write.device import device_for
from fhir_trd.fhir.write.gate import checked
from fhir_trd.fhir.write.identity import beside, urn
from fhir_trd.fhir.write.observation import observation_for
from fhir_trd.fhir.write.provenance import provenance_for
from fhir_trd.fhir.write.shape import Element
from fhir_trd.model.verdicts import Assessment

WRITTEN = ("Observation", "CarePlan", "Provenance")
"""The types that are written about each patient."""


_lines_of = msgspec.json.Encoder().encode_lines


class Written:
    """The resources about one patient."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        observation, plan = observation_for(assessment, beside), care_plan_for(assessment, beside)
        provenance = provenance_for(assessment, assessment.as_of, beside)
        self.resources = dict(zip(WRITTEN, (observation, plan, provenance), strict=True))

    @property
    def device(self) -> Element:
        """The software they come from."""
        return device_for(self._assessment)

    @property
    def lines(self) -> dict[str, bytes]:
        """Each resource as a line of NDJSON, by its type."""
        return {name: _line(resource) for name, resource in self.resources.items()}

    @property
    def device_line(self) -> bytes:
        """The software as a line of NDJSON."""
        return _line(self.device)


def check(written: Sequence[Written]) -> None:
    """Pass resources through the strict gate."""
    resources = [resource for one in written for resource in (one.device, *one.resources.values())]
    entries = [{"fullUrl": urn(resource["id"]), "resource": resource} for resource in resources]
    checked({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _line(resource: Element) -> bytes:
    return _lines_of([resource])
