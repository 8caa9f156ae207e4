"""A run that ends at a place of our choice: at the n-th answer of a server."""

from fhir_trd.transport.asking import Answer, Ask
from fhir_trd.transport.server import Server


class Killed(BaseException):
    """The end of a process."""


class Mortal(Server):
    """A server that the n-th request is sent to and answered by, but whose answer nobody lives to read."""

    left = 0

    def ask(self, ask: Ask) -> Answer:
        """The answer, unless it is the last one."""
        answer = super().ask(ask)
        self.left -= 1
        if self.left == 0:
            raise Killed
        return answer
