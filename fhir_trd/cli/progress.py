"""How far long work has come, on stderr: a bar on a terminal, a line a minute elsewhere. It tells numbers, never of a person."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

MINUTE = 60.0
HOUR = 60 * MINUTE
BEAT = 1.0
"""Every so many seconds it is looked whether there is something to tell."""


class Progress:
    """Used as ``with Progress("writing", total=10) as progress: progress.advance(refused=1)``; several threads may advance it.

    ``total`` None: nobody knows how much there is. Work that is done within a minute says nothing where no terminal is.
    """

    def __init__(
        self,
        doing: str,
        total: int | None = None,
        *,
        unit: str = "",
        clock: Callable[[], float] = time.monotonic,
        console: Console | None = None,
    ) -> None:
        self._doing, self._total, self._unit = doing, total, f" {unit}" if unit else ""
        self._console = console or Console(stderr=True)
        self._clock, self._lock = clock, Lock()
        self._done, self._notes = 0, Counter[str]()
        self._began = self._told = clock()
        self._bar: tuple[Bar, TaskID] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Begin; on a terminal the bar appears."""
        self._began = self._told = self._clock()
        # Not is_terminal alone: FORCE_COLOR makes that true for files too, and a bar in a log file is unreadable.
        if self._console.is_interactive and self._console.file.isatty():
            bar = self._open.enter_context(_bar_on(self._console, self._clock))
            self._bar = bar, bar.add_task(self._doing, total=self._total, told=self._count())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End; the bar is taken away, so that what is said afterwards stands alone."""
        self._open.close()

    def expect(self, total: int) -> None:
        """Say how much there is, where that is only known after the beginning."""
        with self._lock:
            self._total = total
            self._show()

    def advance(self, by: int = 1, **notes: int) -> None:
        """So much more is done; ``notes`` are counted and told beside it. ``advance(0)`` is a sign of life."""
        with self._lock:
            self._done += by
            self._notes.update(notes)
            self._show()

    def _show(self) -> None:
        if self._bar is not None:
            bar, task = self._bar
            bar.update(task, completed=self._done, total=self._total, told=f"{self._count()}{self._rate_told()}")
        elif self._clock() - self._told >= MINUTE:
            self._told = self._clock()
            print(self._line(), file=self._console.file, flush=True)

    def _count(self) -> str:
        of = f" of {self._total:,}" if self._total is not None else ""
        notes = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(self._notes.items()) if count)
        return f"{self._done:,}{of}{self._unit}{f' ({notes})' if notes else ''}"

    def _rate_told(self) -> str:
        seconds = self._clock() - self._began
        return f", {self._done / seconds:,.1f} a second" if seconds else ""

    def _line(self) -> str:
        seconds = self._clock() - self._began
        left = (self._total - self._done) * seconds / self._done if self._total is not None and self._done else None
        remaining = f", about {duration(left)} left" if left is not None else ""
        return f"{self._doing}: {self._count()} in {duration(seconds)}{self._rate_told()}{remaining}"


@contextmanager
def alive(progress: Progress, every: float = BEAT) -> Iterator[Progress]:
    """Used as ``with alive(Progress("fetching")) as progress``: it tells how it stands also while a server is silent.

    It has a thread of its own, so whoever forks processes must not use it.
    """
    ended = Event()

    def beat() -> None:
        while not ended.wait(every):
            progress.advance(0)

    with progress:
        heart = Thread(target=beat, daemon=True)
        heart.start()
        try:
            yield progress
        finally:
            ended.set()
            heart.join()


def duration(seconds: float) -> str:
    """A time in the unit that fits: 45 seconds, 1 minute, 3.5 hours."""
    if seconds < MINUTE:
        return f"{seconds:.0f} seconds"
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{seconds / HOUR:.1f} hours"


def _bar_on(console: Console, clock: Callable[[], float]) -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeRemainingColumn())
    # What goes to stdout passes the bar only if both are the same terminal: data in a pipe stay data in a pipe.
    return Bar(*columns, console=console, transient=True, get_time=clock, redirect_stdout=sys.stdout.isatty())
