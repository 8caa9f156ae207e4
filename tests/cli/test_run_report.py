"""The report of a run is written however the run ends, adds up, and holds no secret and no person."""

import signal
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread, Timer, current_thread, main_thread
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

from fhir_trd.cli.main import Root
from fhir_trd.cli.run_report import Run, arguments, code_of, run_options
from fhir_trd.errors import NotAuthorised, ServerError, UsageError, WriteConflict
from fhir_trd.transport.meter import Labels, Meter
from fhir_trd.transport.world import World


def ended(folder: Path, ending: BaseException | int, *, metrics: bool = False) -> tuple[Result, dict[str, Any]]:
    """A run of three findings that comes to two of them and then ends in this way, and its report."""

    @click.command("write-back")
    @click.option("--server")
    @run_options
    def command(run: Run, server: str) -> int:
        run.meter.count("requests_total", method="GET", status="200")
        run.meter.count("retries_total", method="GET")
        run.expect(3)
        run.finding("created")
        run.finding("refused", "Observation/abc", "the server answered 422")
        if isinstance(ending, BaseException):
            raise ending
        run.finding("unchanged")
        return ending

    root = Root(commands={"write-back": command})
    root.get_command = lambda _context, _name: command  # type: ignore[method-assign]
    report = folder / "deep" / "report.json"
    more = ["--metrics", str(folder / "metrics.prom")] if metrics else []
    result = CliRunner().invoke(root, ["write-back", "--server", "https://e.org/r4", "--report", str(report), *more])
    return result, msgspec.json.decode(report.read_bytes())


@pytest.mark.parametrize(
    ("ending", "code", "reached"),
    [
        (0, 0, 3),
        (3, 3, 3),
        (ServerError("GET x: the connection was refused"), 6, 2),
        (NotAuthorised("GET x: the server answered 401"), 5, 2),
        (KeyboardInterrupt(), 130, 2),
    ],
)
def test_a_report_is_written_however_the_run_ends(tmp_path: Path, ending: BaseException | int, code: int, reached: int) -> None:
    """After an outage, a refusal or an interruption too the report tells the exit code and what was done, and it adds up."""
    result, report = ended(tmp_path, ending)

    findings = report["findings"]
    assert (code, code) == (result.exit_code, report["exit_code"])
    assert 3 - reached == findings["not_reached"]
    assert findings["wanted"] == sum(findings["fates"].values()) + findings["not_reached"]
    assert [{"what": "Observation/abc", "fate": "refused", "why": "the server answered 422"}] == report["left_out"]
    assert [{"method": "GET", "status": "200", "count": 1}] == report["requests"]
    assert 1 == report["retries"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_writes_at_once(tmp_path: Path, number: signal.Signals) -> None:
    """The report is there before the threads of the run have ended, since nobody waits for them; metrics count the run once."""
    report, metrics = tmp_path / "report.json", tmp_path / "metrics.prom"

    @click.command("sync")
    @run_options
    def command(run: Run) -> int:
        run.expect(2)
        run.finding("created")
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:
            wait_for(metrics)
            assert 130 == msgspec.json.decode(report.read_bytes())["exit_code"]
            assert "interrupted" == msgspec.json.decode(report.read_bytes())["error"]
            raise
        return 0

    before = signal.signal(number, signal.default_int_handler)
    try:
        result = CliRunner().invoke(command, ["--report", str(report), "--metrics", str(metrics)], standalone_mode=False)
        after = signal.getsignal(number)
    finally:
        signal.signal(number, before)

    assert isinstance(result.exception, click.Abort | KeyboardInterrupt)
    assert signal.default_int_handler == after
    assert 1 == msgspec.json.decode(report.read_bytes())["findings"]["not_reached"]
    assert 'fhir_trd_runs_total{command="sync",exit_code="130",server=""} 1\n' in metrics.read_text()


def wait_for(file: Path) -> None:
    """Wait until a file is there."""
    for _ in range(500):
        if file.exists():
            return
        time.sleep(0.01)
    raise AssertionError(f"{file.name} was not written")


def test_a_slow_word_of_an_interruption_is_not_the_last(tmp_path: Path) -> None:
    """What is written down while a run is interrupted never takes the place of how it stood in the end."""
    writing, going_on = Event(), Event()

    class SlowMeter(Meter):
        def counts(self) -> Mapping[tuple[str, Labels], float]:
            if current_thread() is not main_thread():
                writing.set()
                going_on.wait(5)
            return super().counts()

    report = tmp_path / "report.json"
    run = Run("sync", {"report": report})
    run.meter = SlowMeter()
    with run:
        telling = Thread(target=run.interrupted)
        telling.start()
        writing.wait(5)
        run.expect(1)
        run.finding("created")
        Timer(0.1, going_on.set).start()
    telling.join()

    assert {"created": 1} == msgspec.json.decode(report.read_bytes())["findings"]["fates"]


def test_a_fault_of_the_program_is_told_by_its_kind(tmp_path: Path) -> None:
    """The words of an error that is not ours stay out of the report: they may be about a person."""
    _, report = ended(tmp_path, ZeroDivisionError("canary"))

    assert (1, "ZeroDivisionError") == (report["exit_code"], report["error"])


def test_metrics_are_written_in_the_end_too(tmp_path: Path) -> None:
    """An outage leaves metrics with its exit code."""
    ended(tmp_path, ServerError("down"), metrics=True)

    text = (tmp_path / "metrics.prom").read_text()
    assert 'fhir_trd_last_run_exit_code{command="write-back",server="https://e.org/r4"} 6\n' in text
    assert 'fhir_trd_findings_not_reached{command="write-back",server="https://e.org/r4"} 1\n' in text


def test_a_run_that_says_it_is_done_must_have_come_to_all() -> None:
    """A command that forgets a finding and ends with 0 is a fault of this program, not a success."""
    with pytest.raises(AssertionError, match="before it came to every finding"), Run("sync", {}) as run:
        run.expect(1)


def test_a_report_that_cannot_be_written_hides_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the file cannot be written a good run ends with that error, a failed one with its own."""
    (tmp_path / "file").touch()
    nowhere = {"report": tmp_path / "file" / "report.json"}

    with pytest.raises(UsageError, match="cannot be written"), Run("sync", nowhere):
        pass
    with pytest.raises(ServerError, match="down"), Run("sync", nowhere):
        raise ServerError("down")
    assert "cannot be written" in capsys.readouterr().err


def test_a_run_that_withdraws_leaves_the_files_of_the_other(tmp_path: Path) -> None:
    """A run that finds another at work writes neither report nor metrics."""
    with Run("sync", {"report": tmp_path / "report.json", "metrics": tmp_path / "metrics.prom"}) as run:
        run.withdraw()

    assert [] == list(tmp_path.iterdir())


def test_arguments_hold_no_person_and_no_user() -> None:
    """Values of options about people are counted, addresses lose what stands before the @, what was not given is left out."""
    given = {
        "server": "https://ann:canary@e.org/r4?name=canary",
        "patient": ("canary", "canary-2"),
        "user": "canary",
        "token_file": Path("token.txt"),
        "scope": ("system/*.rs",),
        "dry_run": True,
        "key": None,
        "workers": 5,
    }

    shown = arguments(given)

    assert {
        "dry_run": True,
        "patient": "2 given",
        "scope": ["system/*.rs"],
        "server": "https://e.org/r4?name",
        "token_file": "token.txt",
        "user": "1 given",
        "workers": 5,
    } == shown


def test_the_times_are_those_of_the_world() -> None:
    """A report tells when the run began and ended, in UTC, and how long that took."""
    times = iter(datetime(2031, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=second) for second in (0, 90))

    told = Run("fetch", {}, World(now=lambda: next(times))).told()

    assert ("2031-01-01T12:00:00+00:00", "2031-01-01T12:01:30+00:00", 90.0) == (
        told.started.isoformat(), told.ended.isoformat(), told.seconds,
    )  # fmt: skip


def test_every_error_has_its_code() -> None:
    """The code in the report is the one that the command line ends with."""
    errors = [UsageError(""), WriteConflict(""), KeyboardInterrupt(), BrokenPipeError(), ValueError()]

    assert [2, 7, 130, 141, 1] == [code_of(error) for error in errors]
