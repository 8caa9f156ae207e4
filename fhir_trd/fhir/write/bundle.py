"""All that is written in one run, as one FHIR transaction Bundle."""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec

from fhir_trd.fhir.write.careplan import care_plan_for
from fhir_trd.fhir.write.device import device_for
from fhir_trd.fhir.write.gate import checked
from fhir_trd.fhir.write.identity import urn
from fhir_trd.fhir.write.observation import observation_for
from fhir_trd.fhir.write.provenance import provenance_for
from fhir_trd.fhir.write.shape import Element, filled
from fhir_trd.model.verdicts import Assessment


def bundle_for(assessments: Sequence[Assessment], *, recorded: date | None = None) -> dict[str, Any]:
    """One transaction for all patients, in the order of their references.

    ``recorded`` is the day the Provenance names; unless given, that of each assessment.
    """
    ordered = sorted(assessments, key=attrgetter("patient"))
    resources = [*_devices(ordered), *(resource for each in ordered for resource in _resources(each, recorded))]
    _assert_each_identity_once(resources)
    return checked(filled(resourceType="Bundle", type="transaction", entry=[_entry(resource) for resource in resources]))


def bundle_bytes(assessments: Sequence[Assessment], *, recorded: date | None = None) -> bytes:
    """The same Bundle as JSON: equal assessments give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(bundle_for(assessments, recorded=recorded)), indent=2) + b"\n"


def _devices(assessments: Iterable[Assessment]) -> list[Element]:
    devices = {device["id"]: device for device in map(device_for, assessments)}
    return [devices[resource_id] for resource_id in sorted(devices)]


def _resources(assessment: Assessment, recorded: date | None) -> tuple[Element, Element, Element]:
    provenance = provenance_for(assessment, recorded or assessment.as_of)
    return observation_for(assessment), care_plan_for(assessment), provenance


def _entry(resource: Element) -> Element:
    address = f"{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": urn(resource["id"]), "resource": resource, "request": {"method": "PUT", "url": address}}


def _assert_each_identity_once(resources: list[Element]) -> None:
    """A server refuses a whole transaction in which one identity stands twice."""
    ids = [resource["id"] for resource in resources]
    assert len(ids) == len(set(ids)), f"one patient is assessed twice in one run: {len(ids) - len(set(ids))} identities repeat"
