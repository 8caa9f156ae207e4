"""The HAPI FHIR server as the tests and ``make server`` start it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.fhir_server import FhirServer
from tests.servers.places import HAPI
from tests.servers.process import java, running

IN_MEMORY = "jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1"


@contextmanager
def hapi_on(jdbc_url: str, *, name: str = "hapi", port: int = 0) -> Iterator[FhirServer]:
    """The server on a database, while it is needed."""
    with running(name, java(HAPI, "org.fhirtrd.servers.hapi.Main", jdbc_url, str(port))) as program:
        server = FhirServer(program.said)
        server.learn()
        yield server
