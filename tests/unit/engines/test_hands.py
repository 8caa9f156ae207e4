"""Several processes at work: all is done once, a lost worker is told, and none outlives the run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fhir_trd.engines.hands import Processes
from fhir_trd.errors import TrdError

ROOT = Path(__file__).parents[3]
PATIENCE = 20.0
KILLED = """
import os
from fhir_trd.engines.hands import Processes
from tests.unit.engines.test_hands import who

if __name__ == "__main__":
    with Processes(2) as hands:
        for worker in hands.do(who, range(4)):
            print(worker, flush=True)
            input()
"""


def double(number: int) -> int:
    """Work that can be checked."""
    return 2 * number


def who(_: int) -> int:
    """Which process does the work."""
    return os.getpid()


def vanish(_: int) -> int:
    """A worker that the system takes away."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_done_once(workers: int) -> None:
    """All answers come, in whichever order."""
    with Processes(workers) as hands:
        assert [0, 2, 4, 6, 8] == sorted(hands.do(double, range(5)))


def test_one_worker_is_this_process() -> None:
    """With one worker nothing is started."""
    with Processes(1) as hands:
        assert [os.getpid()] == list(hands.do(who, [1]))


def test_a_worker_that_is_lost_is_told() -> None:
    """If the system ends a worker the message says what helps."""
    with Processes(2) as hands, pytest.raises(TrdError, match="a worker ended before its work was done"):
        list(hands.do(vanish, [1]))


def test_no_worker_outlives_a_killed_run(tmp_path: Path) -> None:
    """If the run is killed its workers end too, rather than wait for ever."""
    (tmp_path / "killed.py").write_text(KILLED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        [sys.executable, tmp_path / "killed.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    with run:
        assert run.stdout is not None
        worker = int(run.stdout.readline())
        run.kill()

    assert _ends(worker)


def _ends(process: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
