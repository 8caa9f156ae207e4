"""What we write is valid FHIR in the eyes of the official validator and of a server that checks with it."""

import pytest

from tests.servers.emitted import CASES, RETRACTED, Emitted
from tests.servers.fhir_server import FhirServer, faults
from tests.servers.validator import Validator

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_case
def test_the_official_validator_finds_no_error(case: Emitted, validator: Validator) -> None:
    """The transaction, and each resource in it, is valid."""
    for resource in (case.bundle, *case.resources):
        assert [] == faults(validator.validate(resource)), resource["resourceType"]


@every_case
def test_the_validation_of_a_server_finds_no_error(case: Emitted, hapi: FhirServer) -> None:
    """The transaction, and each resource in it, passes $validate of HAPI FHIR."""
    for resource in (case.bundle, *case.resources):
        assert [] == faults(hapi.validate(resource)), resource["resourceType"]


def test_the_official_validator_finds_no_error_in_a_retraction(validator: Validator) -> None:
    """What stands of a finding that was taken back, and its Provenance, are valid."""
    for resource in RETRACTED:
        assert [] == faults(validator.validate(resource)), resource["resourceType"]


def test_the_validation_of_a_server_finds_no_error_in_a_retraction(hapi: FhirServer) -> None:
    """The same passes $validate of HAPI FHIR."""
    for resource in RETRACTED:
        assert [] == faults(hapi.validate(resource)), resource["resourceType"]


def test_the_official_validator_finds_what_is_wrong(validator: Validator) -> None:
    """A status that FHIR does not know is an error: silence means something."""
    observation = {"resourceType": "Observation", "id": "1", "status": "perhaps", "code": {"text": "a finding"}}
    found = faults(validator.validate(observation))
    assert found
    assert all("perhaps" in fault for fault in found)
