"""The pages on how to try the tool with a server do on a real server what they say."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import HOW_TO, ROOT, is_as_shown, printed, steps
from tests.servers.places import JAVA_READY, expect_built

SAMPLE = "sample_bundles/two-classes-two-failures--met.json"
SERVING = "FHIR server: "


@pytest.fixture
def served() -> Iterator[str]:
    """The address that ``make server`` prints."""
    expect_built(JAVA_READY)
    command = [sys.executable, "-m", "tests.servers.serve", SAMPLE]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith(SERVING)), "")
        yield line.removeprefix(SERVING).partition(" ")[0]
        process.send_signal(signal.SIGINT)
        process.communicate()


def test_the_page_on_trying_it_does_what_it_says(served: str, tmp_path: Path) -> None:
    """Every command of the page runs from a folder with the samples, and prints what the page shows."""
    (tmp_path / "sample_bundles").symlink_to(ROOT / "sample_bundles")
    todo = list(steps(HOW_TO / "try-with-a-server.md"))

    found = printed(todo, tmp_path, {"server": served})

    shown = [(step.shown, text) for step, text in zip(todo, found, strict=True) if step.shown is not None]
    assert [] == [(wanted, text) for wanted, text in shown if not is_as_shown(wanted, text)]
