"""The servers, each started once for all the tests that need it. One that can't be had fails them, with the reason."""

from collections.abc import Iterator

import pytest

from tests.servers.fhir_server import FhirServer
from tests.servers.hapi import IN_MEMORY, hapi_on
from tests.servers.places import DEFINITIONS, HERE, JAVA_READY, NODE, NODE_READY, SMART_READY, VALIDATOR, expect_built
from tests.servers.postgres import postgres
from tests.servers.process import java, running
from tests.servers.sekmet import Sekmet, sekmet_in
from tests.servers.validator import Validator


@pytest.fixture(scope="session")
def hapi() -> Iterator[FhirServer]:
    """HAPI FHIR on H2 in memory."""
    expect_built(JAVA_READY)
    with hapi_on(IN_MEMORY) as server:
        yield server


@pytest.fixture(scope="session")
def hapi_postgres() -> Iterator[FhirServer]:
    """HAPI FHIR on a PostgreSQL of its own."""
    expect_built(JAVA_READY)
    with postgres() as url, hapi_on(url, name="hapi-postgres") as server:
        yield server


@pytest.fixture(scope="session")
def medplum() -> Iterator[FhirServer]:
    """The Medplum router, which forgets everything when it ends."""
    expect_built(NODE_READY)
    with running("medplum", ["node", HERE / "node" / "medplum.mjs", NODE]) as program:
        yield FhirServer(program.said)


@pytest.fixture(scope="session")
def sekmet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sekmet]:
    """sekmet-fhir, with a client for each kind of key."""
    expect_built(SMART_READY)
    with sekmet_in(tmp_path_factory.mktemp("sekmet")) as server:
        yield server


@pytest.fixture(scope="session")
def validator() -> Iterator[Validator]:
    """The official validator."""
    expect_built(JAVA_READY)
    command = java(VALIDATOR, "org.fhirtrd.servers.validator.Main", str(DEFINITIONS), memory="768m")
    with running("validator", command) as program:
        yield Validator(program)
