"""The front door: help, versions, wrong commands, and what becomes of errors."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from fhir_trd import __version__
from fhir_trd.cli.main import BROKEN_PIPE, COMMANDS, INTERRUPTED, Root, tell_crash
from fhir_trd.errors import NotAuthorised, ServerError, TableError, TrdError, UsageError, WriteConflict
from tests.cli.running import lines, person, run, statement

TOOL = [sys.executable, "-c", "from fhir_trd.cli.main import main; main()"]


def test_help_names_every_command() -> None:
    """--help lists every command with the line that stands in the table of commands."""
    shown = run("--help")

    assert 0 == shown.exit_code
    assert [] == [name for name in COMMANDS if f"\n  {name}" not in shown.stdout]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_the_commands_say(name: str) -> None:
    """The line about a command in --help is the first line of the command's own help."""
    shown = " ".join(run(name, "--help").stdout.split())

    assert COMMANDS[name] in shown


def test_help_loads_neither_pydantic_nor_rich() -> None:
    """--help answers without the rooms it does not enter."""
    asked = "from fhir_trd.cli.main import cli; cli(['--help'], standalone_mode=False)"
    code = f"{asked}; import sys; sys.stderr.write(' '.join(sys.modules))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy = {"pydantic", "rich", "msgspec", "fhir", "fhir_trd.assessment", "fhir_trd.knowledge"}
    assert set() == heavy & set(ran.stderr.split())


def test_evaluate_loads_no_pydantic() -> None:
    """The models of fhir.resources are not loaded where nothing is written."""
    code = "import sys, fhir_trd.cli.evaluate, fhir_trd.cli.history, fhir_trd.cli.mappings\nprint(*sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert set() == {"pydantic", "fhir.resources"} & set(ran.stdout.split())


def test_the_version_is_told() -> None:
    """--version gives the version of the package."""
    assert f"fhir-trd, version {__version__}\n" == run("--version").stdout


def test_an_unknown_command_is_refused() -> None:
    """A command that does not exist is a mistake of the caller."""
    ran = run("evalute")

    assert 2 == ran.exit_code
    assert "No such command 'evalute'" in ran.stderr


@pytest.mark.parametrize("name", ["convert", "evaluate", "history"])
def test_an_input_is_needed(name: str) -> None:
    """A command on records without an input is a mistake of the caller."""
    ran = run(name)

    assert 2 == ran.exit_code
    assert "Missing argument 'INPUT...'" in ran.stderr


def raising(error: BaseException) -> click.Command:
    """The front door with one command behind it, which fails in this way."""
    root = _Seeded()

    @root.command("fail")
    def fail() -> None:
        """Fail."""
        raise error

    return root


class _Seeded(Root):
    """The front door with commands of the test."""

    get_command = click.Group.get_command  # type: ignore[assignment]
    list_commands = click.Group.list_commands  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TrdError("why"), 1),
        (UsageError("why"), 2),
        (TableError("why"), 4),
        (NotAuthorised("why"), 5),
        (ServerError("why"), 6),
        (WriteConflict("why"), 7),
    ],
)
def test_an_error_is_one_line_and_its_code(error: TrdError, code: int) -> None:
    """Every error of ours becomes one line on stderr and the exit code of its class."""
    ran = click.testing.CliRunner().invoke(raising(error), ["fail"])

    assert (code, "", "fhir-trd: why\n") == (ran.exit_code, ran.stdout, ran.stderr)


UNHEARD = """
import signal
from threading import Event, Thread, get_ident
from fhir_trd.cli import main

def waits():
    Thread(target=lambda: signal.pthread_kill(get_ident(), signal.SIGTERM)).start()
    Event().wait(60)

main.cli = waits
main.main()
"""
"""A run whose signal does not wake its main thread, as one that comes in the moment in which that begins to wait."""


def test_a_signal_is_heard_in_the_middle_of_a_long_wait() -> None:
    """SIGTERM ends a run within seconds though the main thread waits and the signal did not wake it."""
    ran = subprocess.run([sys.executable, "-c", UNHEARD], capture_output=True, text=True, timeout=30, check=False)

    assert "KeyboardInterrupt" in ran.stderr


def test_an_interrupted_run_says_so() -> None:
    """Control-C ends with one line and code 130."""
    ran = click.testing.CliRunner().invoke(raising(KeyboardInterrupt()), ["fail"])

    assert (INTERRUPTED, "fhir-trd: interrupted\n") == (ran.exit_code, ran.stderr)


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    """A pipe that is closed early ends the run without a word of complaint."""
    many = tmp_path / "many.ndjson"
    many.write_bytes(lines(*(person(str(number)) for number in range(3000)), statement()))
    command = [*TOOL, "evaluate", "--as-of", "2024-06-30", "--format", "json", str(many)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (BROKEN_PIPE, b"") == (process.returncode, said)


def crash(secret: str) -> None:
    """Fail with a message that holds a patient's words."""
    raise ValueError(secret)


def test_a_fault_of_ours_is_one_line_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    """A crash names the kind of error and the place, and never the message, which may hold a patient's data."""
    try:
        crash("Jane Roe")
    except ValueError as error:
        tell_crash(ValueError, error, error.__traceback__)

    said = capsys.readouterr().err
    assert said.startswith("fhir-trd: internal error: ValueError at test_front_door.py:")
    assert "Jane" not in said
    assert 1 == said.count("\n")


def test_the_trace_is_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """FHIR_TRD_DEBUG=1 shows the whole trace."""
    monkeypatch.setenv("FHIR_TRD_DEBUG", "1")
    try:
        crash("why")
    except ValueError as error:
        tell_crash(ValueError, error, error.__traceback__)

    assert "Traceback (most recent call last)" in capsys.readouterr().err
