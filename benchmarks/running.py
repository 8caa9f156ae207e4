"""One run of a whole program: how long it took, by the clock and by the processors, and the most memory it held at once."""

import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FINE = (0, 3)
"""The exit codes of a run that came to its end: all done, or done with some input put aside."""

LOOK = 0.02
"""How many seconds lie between two looks at the memory."""


@dataclass(frozen=True)
class Run:
    """Seconds by the clock and of the processors, the peak of the resident memory in MB, and what was printed.

    Memory is that of the program and all it started.
    """

    seconds: float
    busy: float
    peak: float
    said: str


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a program to its end; one that fails, fails the benchmark with what it said."""
    begun, busy, peak = time.perf_counter(), _busy(), 0
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while True:
        try:
            said, complained = process.communicate(timeout=LOOK)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, sum(_resident(one) for one in _family(process.pid)))
    seconds = time.perf_counter() - begun
    if process.returncode not in FINE:
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{complained[-2000:]}")
    return Run(seconds, _busy() - busy, peak / 1e6, said)


def _busy() -> float:
    """The processor time of all programs that were run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(process: int) -> Iterator[int]:
    """The process and all that descend from it."""
    yield process
    for started in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = started.read_text(encoding="ascii").split()
        except OSError:  # it ended between the two looks
            continue
        for child in children:
            yield from _family(int(child))


def _resident(process: int) -> int:
    """The bytes of a process that lie in memory, shared ones included; none if it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * 4096
