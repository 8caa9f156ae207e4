"""This software as a FHIR Device: its version and the state of its tables."""

from fhir_trd.fhir.write.identity import device_identity, identifier
from fhir_trd.fhir.write.shape import Element
from fhir_trd.model.verdicts import Assessment

DEVICE = "Device"
"""The type of the software in FHIR."""


def device_for(assessment: Assessment) -> Element:
    """The Device that made this assessment."""
    resource_id = device_identity(assessment)
    return {
        "resourceType": DEVICE,
        "id": resource_id,
        "identifier": [identifier("device", resource_id)],
        "status": "active",
        "deviceName": [{"name": "fhir_trd", "type": "model-name"}],
        "type": {"text": "Software that judges antidepressant trials against published criteria"},
        "version": [
            {"type": {"text": "software version"}, "value": assessment.version},
            {"type": {"text": "digest of the knowledge tables"}, "value": assessment.knowledge},
        ],
    }
