"""The hands that do the work: this process, or several. Those of Spark are in spark_hands.py."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Protocol, Self, TypeVar

from fhir_trd.engines.pieces import File, sha256_of
from fhir_trd.errors import TrdError

T = TypeVar("T")

PREPARED = "jemalloc_bg_thd"
"""The thread that pyarrow's memory has from the beginning: it is prepared for forks, and starts anew in the child."""


class Hands(Protocol):
    """Used as ``with hands: for done in hands.do(work, tasks): ...``; the order of the answers is not fixed."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End."""

    def do(self, work: Callable[[T], int], tasks: Iterable[T], /) -> Iterator[int]:
        """Do all tasks, and answer each as it is done."""

    def digests(self, files: Sequence[File], /) -> list[str]:
        """The digest of each file; asked for beside other work."""


class Processes:
    """The hands of this machine: so many processes, or this one alone."""

    def __init__(self, workers: int) -> None:
        context = get_context("fork" if _may_fork() else "spawn")
        self._pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin) if workers > 1 else None

    def __enter__(self) -> Self:
        """Begin, before any thread does: processes that are forked have what this one has loaded."""
        if self._pool is not None:
            self._pool.submit(int)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End; what has not begun is not begun any more."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def digests(self, files: Sequence[File], /) -> list[str]:
        """The digest of each file: one after the other, because that is what one thread does while the others work."""
        return [sha256_of(file) for file in files]

    def do(self, work: Callable[[T], int], tasks: Iterable[T], /) -> Iterator[int]:
        """Do all tasks, and answer each as it is done."""
        if self._pool is None:
            yield from map(work, tasks)
            return
        waiting = [self._pool.submit(work, task) for task in tasks]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BrokenProcessPool as error:
            why = "a worker ended before its work was done (out of memory?)"
            raise TrdError(f"found {why}; run the same command again, it goes on where it stopped") from error


def _may_fork() -> bool:
    """Whether this process has no other thread: a fork of one with more may hang. Only Linux tells."""
    if sys.platform != "linux":
        return False
    try:
        others = [(one / "comm").read_text().strip() for one in Path("/proc/self/task").iterdir() if int(one.name) != os.getpid()]
    except OSError:
        # One that has just ended.
        return False
    return set(others) <= {PREPARED}


def _begin() -> None:
    """Leave an interruption to the process that was interrupted, and end when it ends, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A worker that outlives a killed run would wait for work for ever.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
