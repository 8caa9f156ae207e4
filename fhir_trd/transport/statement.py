"""What a server says that it can do, asked before anything else: an address where nothing says so is a wrong one."""

from fhir_trd.errors import ServerError, UsageError
from fhir_trd.fhir.exchange.capability import Capabilities, capabilities_in
from fhir_trd.transport.asking import Answer, Ask
from fhir_trd.transport.server import Server, told_status

NOBODY_THERE = (404, 410)
"""No later run will find a server here either."""


def statement_of(server: Server) -> tuple[Answer, Capabilities]:
    """The answer to the question what the server can do, and what it says."""
    answer = server.ask(Ask(method="GET", url="metadata"))
    able = capabilities_in(answer.body) if answer.is_good else None
    if able is not None:
        return answer, able
    told = f"GET metadata: the server answered {told_status(answer)}, wanted its CapabilityStatement"
    if answer.status in NOBODY_THERE:
        raise UsageError(f"{told}. Is something missing at the end of --server, /fhir say?")
    raise ServerError(told)
