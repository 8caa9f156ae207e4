"""Our commands as processes of their own: killed, interrupted, and short of what they need."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import IO

from tests.servers.faults.kinds import after
from tests.servers.faults.people import Person
from tests.servers.places import ROOT
from tests.servers.proxy import Fault, Proxy, Rule, Way

FHIR_TRD = (sys.executable, "-c", "from fhir_trd.cli.main import main; main()")
SECONDS = 120
DROP_FROM_BOUNDS = 24
"""PR_CAPBSET_DROP of prctl(2)."""
OVERRIDE_PERMISSIONS = 1
"""CAP_DAC_OVERRIDE: what lets root write where nobody may."""

Preparation = Callable[[], None]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str


@contextmanager
def started(*words: object, before: Preparation | None = None, to: IO[str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """A command that runs, its output led elsewhere if need be; at the end it is ended, if it has not by itself."""
    command, pipe = [*FHIR_TRD, *map(str, words)], subprocess.PIPE
    prepared = partial(_prepare, before)
    with subprocess.Popen(command, cwd=ROOT, stdout=to or pipe, stderr=pipe, text=True, preexec_fn=prepared) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _prepare(before: Preparation | None) -> None:
    """A shell that starts the tests in its background lets them ignore Ctrl-C, and their children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if before:
        before()


def end_of(process: "subprocess.Popen[str]", seconds: float = SECONDS) -> Ended:
    """How it ends."""
    stdout, stderr = process.communicate(timeout=seconds)
    return Ended(process.returncode, stdout, stderr)


def killed_at(proxy: Proxy, last: int, *words: object) -> Ended:
    """How a command ends that is killed once the request after so many is answered; the proxy is quiet afterwards."""
    grip = Grip()
    proxy.rule(Rule(after(grip.kill), lambda _: True, times=1, after=last))
    with started(*words) as process:
        grip.hold(process)
        ended = end_of(process)
    proxy.rest()
    return ended


def run(*words: object, before: Preparation | None = None, to: IO[str] | None = None) -> Ended:
    """A command from its start to its end."""
    with started(*words, before=before, to=to) as process:
        return end_of(process)


def bundles_in(folder: Path, people: list[Person]) -> Path:
    """What is to be written for some people, as files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for person in people:
        (folder / f"{person.name}.json").write_bytes(person.bundle)
    return folder


class Grip:
    """Holds a process by its id, as soon as there is one, so that a fault can end it or see that it got so far."""

    def __init__(self) -> None:
        self._known, self.reached = Event(), Event()
        self._process = 0

    def hold(self, process: "subprocess.Popen[str]") -> None:
        """This one."""
        self._process = process.pid
        self._known.set()

    def kill(self, way: Way) -> None:
        """End the process, and with it the connection."""
        self._known.wait(SECONDS)
        os.kill(self._process, signal.SIGKILL)
        way.drop()

    def mark(self, fault: Fault) -> Fault:
        """The same fault, that says when it is reached."""

        def marked(way: Way) -> None:
            self.reached.set()
            fault(way)

        return marked


def files_no_longer_than(size: int) -> Preparation:
    """A disk that is full after so many bytes in a file."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def memory_of(size: int) -> Preparation:
    """A machine with so many bytes of memory."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))


def bound_by_permissions() -> None:
    """Even root may only write where the permissions of a folder let it."""
    ctypes.CDLL(None).prctl(DROP_FROM_BOUNDS, OVERRIDE_PERMISSIONS, 0, 0, 0)
