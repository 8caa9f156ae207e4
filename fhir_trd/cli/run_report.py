"""What is kept of a run for machines: a report (--report) and metrics (--metrics), written however the run ends."""

import platform
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from threading import Lock, Thread, current_thread, main_thread
from types import FrameType, TracebackType
from typing import Any, Self

import click

from fhir_trd import __version__
from fhir_trd.cli.main import BROKEN_PIPE, INTERRUPTED
from fhir_trd.cli.run_files import ITSELF, expect_free
from fhir_trd.cli.talk import say
from fhir_trd.errors import TrdError
from fhir_trd.report.metrics import metrics_bytes
from fhir_trd.report.run import Findings, LeftOut, Requests, RunReport, report_bytes
from fhir_trd.sinks.files import write_file
from fhir_trd.transport.asking import plain_address
from fhir_trd.transport.meter import Meter
from fhir_trd.transport.world import World

PERSONAL = ("patient", "user")
"""The options whose values are about people: of these the report only says how many were given."""


class Run:
    """One run as it goes: commands tell it what they did, and it writes that down at the end, whatever the end is."""

    def __init__(self, command: str, given: dict[str, Any], world: World | None = None) -> None:
        self.meter = Meter()
        self.knowledge = ""
        self.exit_code = 0
        self._command, self._given, self._world = command, given, world or World()
        self._wanted, self._fates, self._resources = 0, Counter[str](), Counter[str]()
        self._left_out: list[LeftOut] = []
        self._places: dict[str, str] = {}
        self._error = ""
        self._before: str | None = None
        self._writing = Lock()
        self._started = self._now()

    def expect(self, findings: int) -> None:
        """So many more findings are to be delivered."""
        self._wanted += findings

    def finding(self, fate: str, key: str = "", why: str = "") -> None:
        """What became of a finding; ``why``, and its key, where it could not be delivered."""
        self._fates[fate] += 1
        if why:
            self.left_out(key, fate, why)

    def fetched(self, kind: str, count: int = 1) -> None:
        """So many resources of a type were fetched."""
        if count:
            self._resources[kind] += count

    def left_out(self, what: str, fate: str, why: str) -> None:
        """Something was not done; none of these words may be about a person."""
        self._left_out.append(LeftOut(what, fate, why))

    def place(self, name: str, path: Path | None) -> None:
        """Where something of the run is kept: its journal, its folder."""
        if path is not None:
            self._places[name] = str(path)

    def withdraw(self) -> None:
        """This was no run, because another is at work: the files stay as that one leaves them."""
        self._given = {name: value for name, value in self._given.items() if name not in ITSELF}

    def __enter__(self) -> Self:
        """The run begins, if it may write where it is told to."""
        expect_free(self._given)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write down how it ended. Not being able to must not hide what ended it."""
        if error is not None:
            self._ends_by(error)
        try:
            self._write()
        except TrdError as unwritten:
            if error is None:
                raise
            say(f"fhir-trd: {unwritten}")

    def interrupted(self) -> None:
        """Write down at once that the run is interrupted: it may be ended before its threads are. If not, it writes again."""
        self._ends_by(KeyboardInterrupt())
        with suppress(TrdError):
            self._write()

    def _ends_by(self, error: BaseException) -> None:
        self.exit_code, self._error = code_of(error), _told(error)

    def _write(self) -> None:
        report, metrics = (self._given.get(name) for name in ITSELF)
        with self._writing:
            told = self.told()  # Not before it is our turn: what is written last must be how it stood last.
            if report is not None:
                write_file(report, report_bytes(told))
            if metrics is not None:
                # What an earlier run left is read once: written twice, this run must not count twice.
                self._before = _text_of(metrics) if self._before is None else self._before
                write_file(metrics, metrics_bytes(told, plain_address(str(self._given.get("server", ""))), self._before))

    def told(self) -> RunReport:
        """The report as it stands now."""
        ended, fates = self._now(), dict(sorted(self._fates.items()))
        return RunReport(
            command=self._command,
            arguments=arguments(self._given),
            versions={"fhir_trd": __version__, "python": platform.python_version(), "knowledge": self.knowledge},
            started=self._started,
            ended=ended,
            seconds=round((ended - self._started).total_seconds(), 3),
            exit_code=self.exit_code,
            error=self._error,
            findings=Findings(wanted=self._wanted, fates=fates, not_reached=self._wanted - sum(fates.values())),
            resources=dict(sorted(self._resources.items())),
            requests=self._requests(),
            retries=int(self.meter.total("retries_total")),
            left_out=tuple(sorted(self._left_out, key=lambda each: (each.what, each.fate, each.why))),
            places=dict(sorted(self._places.items())),
        )

    def _requests(self) -> tuple[Requests, ...]:
        counts = ((dict(labels), count) for (name, labels), count in self.meter.counts().items() if name == "requests_total")
        return tuple(Requests(labels["method"], labels["status"], int(count)) for labels, count in counts)

    def _now(self) -> datetime:
        return self._world.now().astimezone(UTC)


_FILE = click.Path(path_type=Path, dir_okay=False)
_OPTIONS = (
    click.option("--report", type=_FILE, metavar="FILE", help="Write here, as JSON, what the run did and how it ended."),
    click.option("--metrics", type=_FILE, metavar="FILE", help="Keep counts of the runs here, in the text format of Prometheus."),
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options for what is kept of a run; the command gets the run as ``run``, and its meter belongs to the server."""

    @wraps(command)
    def with_run(**given: Any) -> Any:
        context = click.get_current_context()
        rest = {name: value for name, value in given.items() if name not in ITSELF}
        with Run(str(context.info_name), dict(context.params)) as run, _telling(run):
            run.exit_code = command(run=run, **rest) or 0
            return run.exit_code

    for option in reversed(_OPTIONS):
        with_run = option(with_run)
    return with_run


@contextmanager
def _telling(run: Run) -> Iterator[None]:
    """Tell a run when it is interrupted, beside whatever else is done about that."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def told(number: int, frame: FrameType | None) -> None:
        # In a thread of its own: this one may be just where a lock is held.
        Thread(target=run.interrupted, daemon=True).start()
        usual = handlers[signal.Signals(number)]
        assert callable(usual), "only what is called has been replaced"
        usual(number, frame)

    heard = [number for number, usual in handlers.items() if callable(usual) and current_thread() is main_thread()]
    for number in heard:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, handlers[number])


def arguments(given: dict[str, Any]) -> dict[str, object]:
    """The arguments of a command as a report may hold them: no secret, no person, no user in an address."""
    return {name: _shown(name, value) for name, value in sorted(given.items()) if value not in (None, "", (), False)}


def code_of(error: BaseException) -> int:
    """The exit code that an error ends in."""
    codes = {KeyboardInterrupt: INTERRUPTED, BrokenPipeError: BROKEN_PIPE}
    return codes.get(type(error)) or int(getattr(error, "exit_code", 1))


def _told(error: BaseException) -> str:
    """What is said of an error. Only our own messages are known to hold nothing about a person."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return str(error) if isinstance(error, TrdError) else type(error).__name__


def _shown(name: str, value: Any) -> object:
    if name in PERSONAL:
        return f"{len(value) if isinstance(value, tuple) else 1} given"
    if isinstance(value, tuple):
        return [_shown("", each) for each in value]
    if name == "server":
        return plain_address(str(value))
    return value if isinstance(value, int) else str(value)


def _text_of(path: Path) -> str:
    """The metrics as the last run left them; a file that cannot be read begins anew, as counters may."""
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""
