"""Long work says how far it has come, and never on stdout."""

import time
from io import StringIO

import pytest
from rich.console import Console

from fhir_trd.cli.progress import Progress, alive, duration


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """What time it is."""
        return self.now


class Terminal(StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        """It says so."""
        return True


def test_short_work_says_nothing_where_no_terminal_is() -> None:
    """Work that is done within a minute leaves no line in a log."""
    said, clock = StringIO(), Clock()

    with Progress("writing", total=3, clock=clock, console=Console(file=said)) as progress:
        for _ in range(3):
            clock.now += 19
            progress.advance()

    assert "" == said.getvalue()


def test_a_line_a_minute_tells_count_notes_rate_and_time_left() -> None:
    """Elsewhere than on a terminal a line comes each minute, however often the work advances."""
    said, clock = StringIO(), Clock()

    with Progress("writing", total=1200, unit="findings", clock=clock, console=Console(file=said)) as progress:
        for second in range(150):
            clock.now += 1
            progress.advance(2, refused=second % 2)

    assert [
        "writing: 120 of 1,200 findings (30 refused) in 1 minute, 2.0 a second, about 9 minutes left",
        "writing: 240 of 1,200 findings (60 refused) in 2 minutes, 2.0 a second, about 8 minutes left",
    ] == said.getvalue().splitlines()


def test_work_of_unknown_size_is_told_until_the_size_is_known() -> None:
    """Where nobody knows how much there is, only what is done is told; a sign of life is enough for a line."""
    said, clock = StringIO(), Clock()

    with Progress("fetching", clock=clock, console=Console(file=said)) as progress:
        clock.now += 60
        progress.advance(0)
        progress.expect(10)
        clock.now += 60
        progress.advance(5)

    assert [
        "fetching: 0 in 1 minute, 0.0 a second",
        "fetching: 5 of 10 in 2 minutes, 0.0 a second, about 2 minutes left",
    ] == said.getvalue().splitlines()


def test_work_that_stands_still_tells_so_each_minute() -> None:
    """While a server is silent, a line a minute says how it stands; afterwards nothing more is said."""
    said, clock = StringIO(), Clock()

    with alive(Progress("fetching", unit="resources", clock=clock, console=Console(file=said)), every=0.001):
        for minute in (1, 2):
            clock.now += 60
            _wait_for(said, "\n", minute)
    clock.now += 600
    time.sleep(0.01)

    assert [
        "fetching: 0 resources in 1 minute, 0.0 a second",
        "fetching: 0 resources in 2 minutes, 0.0 a second",
    ] == said.getvalue().splitlines()


def test_standing_still_for_less_than_a_minute_is_not_told() -> None:
    """A short silence leaves no line."""
    said, clock = StringIO(), Clock()

    with alive(Progress("fetching", clock=clock, console=Console(file=said)), every=0.001):
        clock.now += 59
        time.sleep(0.02)

    assert "" == said.getvalue()


def test_a_bar_moves_though_nothing_comes() -> None:
    """On a terminal the rate falls while the server is silent."""
    said, clock = Terminal(), Clock()
    console = Console(file=said, force_terminal=True, force_interactive=True, width=120, no_color=True)

    with alive(Progress("fetching", unit="resources", clock=clock, console=console), every=0.001) as progress:
        clock.now += 2
        progress.advance(3)
        clock.now += 4
        _wait_for(said, "3 resources, 0.5 a second")


def _wait_for(said: StringIO, words: str, times: int = 1) -> None:
    until = time.monotonic() + 10
    while said.getvalue().count(words) < times:
        assert time.monotonic() < until, "it did not come about within ten seconds"
        time.sleep(0.001)


def test_a_terminal_gets_a_bar_that_leaves_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal the numbers stand beside a bar on stderr; stdout stays empty."""
    said, clock = Terminal(), Clock()
    console = Console(file=said, force_terminal=True, force_interactive=True, width=120, no_color=True)

    with Progress("writing", total=4, clock=clock, console=console) as progress:
        clock.now += 2
        progress.advance(3, conflict=1)
        progress.expect(5)

    assert "3 of 5 (1 conflict), 1.5 a second" in said.getvalue()
    assert "" == capsys.readouterr().out


def test_forced_colours_put_no_bar_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR makes no terminal of a log file."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    said = StringIO()

    with Progress("writing", total=4, console=Console(file=said)) as progress:
        progress.advance(3)

    assert "" == said.getvalue()


@pytest.mark.parametrize(("seconds", "told"), [(45, "45 seconds"), (60, "1 minute"), (720, "12 minutes"), (12600, "3.5 hours")])
def test_a_time_is_told_in_the_unit_that_fits(seconds: float, told: str) -> None:
    """Seconds, minutes or hours, as a person would say it."""
    assert told == duration(seconds)
