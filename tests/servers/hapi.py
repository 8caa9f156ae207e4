"""The HAPI FHIR server as the tests and ``make server`` start it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.fhir_server import FhirServer
from tests.servers.places import HAPI
from tests.servers.process import java, running

IN_MEMORY = "jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1"


ANY, NONE = "ANY", "NOT_ALLOWED"
"""Which ids of clients the server takes: those it likes, or none, so that it always chooses itself."""


@contextmanager
def hapi_on(jdbc_url: str, *, name: str = "hapi", port: int = 0, client_ids: str = ANY) -> Iterator[FhirServer]:
    """The server on a database, while it is needed."""
    with running(name, java(HAPI, "org.fhirtrd.servers.hapi.Main", jdbc_url, str(port), client_ids)) as program:
        server = FhirServer(program.said)
        if client_ids == ANY:  # What the tests want it to know has ids of its own.
            server.learn()
        yield server
