"""Where the servers that make built lie, and what to do if they do not."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BUILT = ROOT / ".servers"
LOGS = BUILT / "logs"
DEFINITIONS = HERE / "definitions"

JAVA_READY = BUILT / "java.ready"
NODE_READY = BUILT / "node.ready"
SMART = ROOT / ".venv-servers"
SMART_READY = SMART / ".ready"

HAPI = BUILT / "java" / "hapi"
VALIDATOR = BUILT / "java" / "validator"
NODE = BUILT / "node"


def expect_built(stamp: Path, remedy: str = "make servers") -> None:
    """A server that was never built fails the test that needs it: a test that did not run proves nothing."""
    if not stamp.exists():
        pytest.fail(f"{stamp.relative_to(ROOT)}: found nothing, wanted it built (run: {remedy})", pytrace=False)
