"""A server as a process of its own: started, heard saying that it is ready, and ended by us alone."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.servers.places import LOGS

Command = Sequence[str | Path]
Environment = Mapping[str, str] | None
"""What is added to our own environment."""

READY = "ready"
JAVA_FLAGS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Half the time to start, and twice the rate, of what Java does by itself on two cores."""


class NotReadyError(Exception):
    """A server of the tests ended, or stayed silent, before it was ready."""


@dataclass(frozen=True)
class Running:
    """A process that said that it is ready, and what else it said on that line."""

    process: "subprocess.Popen[str]"
    said: str

    @property
    def stdin(self) -> IO[str]:
        """Where the process reads."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def stdout(self) -> IO[str]:
        """Where the process answers."""
        assert self.process.stdout is not None
        return self.process.stdout


@contextmanager
def running(name: str, command: Command, *, seconds: float = 120, env: Environment = None) -> Iterator[Running]:
    """The process while it is needed. It ends when its input does, so it never outlives the tests, however they end."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("w") as errors, _started(command, errors, env) as process:
        try:
            yield Running(process, _word_of_readiness(process, name, log, seconds))
        finally:
            _end(process)


def java(build: Path, main: str, *arguments: str, memory: str = "1g") -> list[str]:
    """The command that runs a Java program that make built."""
    class_path = os.pathsep.join([str(build / "classes"), (build / "classpath.txt").read_text().strip()])
    return ["java", *JAVA_FLAGS, f"-Xmx{memory}", "-cp", class_path, main, *arguments]


def _started(command: Command, errors: IO[str], env: Environment) -> "subprocess.Popen[str]":
    whole = {**os.environ, **env} if env else None
    words, pipe = [str(word) for word in command], subprocess.PIPE
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=errors, text=True, bufsize=1, env=whole)


def _word_of_readiness(process: "subprocess.Popen[str]", name: str, log: Path, seconds: float) -> str:
    line = within(seconds, process, lambda stdout: next((line for line in stdout if line.startswith(READY)), ""))
    if not line:
        raise NotReadyError(f"{name}: found no '{READY}' within {seconds:g} s, wanted the server running; see {log}")
    return line.removeprefix(READY).strip()


def within(seconds: float, process: "subprocess.Popen[str]", read: Callable[[IO[str]], str]) -> str:
    """What is read from a process, or nothing if it takes longer: then the process is ended, which ends the reading."""
    assert process.stdout is not None
    alarm = threading.Timer(seconds, process.kill)
    alarm.start()
    try:
        return read(process.stdout)
    finally:
        alarm.cancel()


def _end(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    try:
        process.stdin.close()
        process.wait(timeout=20)
    except (subprocess.TimeoutExpired, BrokenPipeError):
        process.kill()
        process.wait()
