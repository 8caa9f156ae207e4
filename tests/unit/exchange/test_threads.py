"""What servers answer is read by several threads from the first answer on."""

import subprocess
import sys

import pytest

READING = """
import sys
from threading import Barrier, Thread
from fhir_trd.fhir.exchange import capability, lines, manifest, membership, outcome, paging, transaction

PAGE = b'{"resourceType": "Bundle", "link": [{"relation": "next"}], "entry": [{"resource": {"resourceType": "X"}, "search": {}}]}'
OUTCOME = b'{"resourceType": "OperationOutcome", "issue": [{"details": {"coding": [{"code": "x"}]}}]}'
STATEMENT = b'{"resourceType": "CapabilityStatement", "rest": [{"resource": [{"operation": [{"name": "x"}]}]}]}'
GROUP = b'{"resourceType": "Group", "member": [{"entity": {"reference": "Patient/1"}}]}'
MANIFEST = b'{"output": [{"url": "x"}]}'
READS = {
    "lines": lambda: lines.line_of(b'{"resourceType": "X", "subject": {"reference": "Patient/1"}}'),
    "paging": lambda: paging.page_in(PAGE),
    "outcome": lambda: outcome.issues_in(OUTCOME),
    "transaction": lambda: transaction.page_in(PAGE),
    "capability": lambda: capability.capabilities_in(STATEMENT),
    "membership": lambda: membership.members_in(GROUP),
    "manifest": lambda: manifest.manifest_in(MANIFEST),
}
sys.setswitchinterval(1e-6)
together = Barrier(8)

def read():
    together.wait()
    assert READS[sys.argv[1]]()

threads = [Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.mark.parametrize("kind", ["lines", "paging", "outcome", "transaction", "capability", "membership", "manifest"])
def test_the_first_answers_may_be_read_at_once(kind: str) -> None:
    """Eight threads that read the first answers of their kind at the same time all read them; the process lives on."""
    for _ in range(4):
        ran = subprocess.run([sys.executable, "-c", READING, kind], capture_output=True, text=True, check=False)
        assert (0, "") == (ran.returncode, ran.stderr)
