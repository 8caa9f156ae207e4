"""The official InstanceValidator as a partner that answers line by line."""

import json
from dataclasses import dataclass

from tests.servers.fhir_server import Resource
from tests.servers.process import Running, within

SECONDS = 60


@dataclass(frozen=True)
class Validator:
    """A validator that runs."""

    program: Running

    def validate(self, resource: Resource) -> Resource:
        """The OperationOutcome for a resource."""
        self.program.stdin.write(json.dumps(resource) + "\n")
        self.program.stdin.flush()
        answer = within(SECONDS, self.program.process, lambda stdout: stdout.readline())
        assert answer, f"validator: found no answer within {SECONDS} s, wanted an OperationOutcome"
        return json.loads(answer)
