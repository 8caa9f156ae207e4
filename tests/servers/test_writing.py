"""Real servers take what we write, and a second time change nothing that they should not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.emitted import CASES, Emitted
from tests.servers.fhir_server import FhirServer
from tests.servers.hapi import hapi_on
from tests.servers.places import JAVA_READY, expect_built

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module", params=["hapi", "hapi_postgres"])
def kept(request: pytest.FixtureRequest) -> Iterator[FhirServer]:
    """HAPI FHIR on each of its databases, emptied before and after."""
    server: FhirServer = request.getfixturevalue(request.param)
    server.expunge()
    yield server
    server.expunge()


@every_case
def test_a_second_write_makes_no_new_version(case: Emitted, kept: FhirServer) -> None:
    """HAPI FHIR answers the second writing of the same transaction with the versions of the first."""
    kept.transaction(case.sources)
    first, second = (_places(kept.transaction(case.bundle)) for _ in range(2))
    assert first == second


@every_case
def test_each_finding_is_there_once(case: Emitted, medplum: FhirServer) -> None:
    """The Medplum router has one Observation and one CarePlan under each identifier, however often they were written."""
    for _ in range(2):
        medplum.transaction(case.bundle)
    for resource in case.resources:
        assert [resource["id"]] == [found["id"] for found in medplum.search(_by_identifier(resource))]


def test_what_is_read_back_is_what_was_written(hapi: FhirServer) -> None:
    """HAPI FHIR gives back every element of the resources of a sample."""
    case = CASES[0]
    hapi.transaction(case.sources)
    hapi.transaction(case.bundle)
    for resource in case.resources:
        found = hapi.get(f"{resource['resourceType']}/{resource['id']}")
        assert resource.keys() - found.keys() == set()


def test_a_server_on_a_file_keeps_what_was_written(tmp_path: Path) -> None:
    """HAPI FHIR on H2 in a file still has a finding, in its one version, after it was ended and started again."""
    expect_built(JAVA_READY)
    case, database = CASES[0], f"jdbc:h2:file:{tmp_path}/fhir"
    with hapi_on(database, name="hapi-file") as server:
        server.transaction(case.sources)
        written = _places(server.transaction(case.bundle))
    with hapi_on(database, name="hapi-file") as server:
        assert written == _places(server.transaction(case.bundle))


def _by_identifier(resource: dict[str, object]) -> str:
    """Devices and Provenances are looked up by id: a Provenance has no identifier, and a Device stands for all patients."""
    kind = resource["resourceType"]
    if kind not in {"Observation", "CarePlan"}:
        return f"{kind}?_id={resource['id']}"
    (known,) = resource["identifier"]  # type: ignore[misc, attr-defined]
    return f"{kind}?identifier={known['system']}|{known['value']}"


def _places(answer: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [entry["response"]["location"] for entry in answer["entry"]]
