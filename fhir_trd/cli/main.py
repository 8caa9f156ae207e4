"""The front door: commands are found here, and errors become a line on stderr and an exit code here and nowhere else."""

import atexit
import errno
import gc
import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from types import FrameType, TracebackType

import click

from fhir_trd import __version__
from fhir_trd.errors import TrdError, UsageError

COMMANDS = {
    "bulk": "Judge a whole population: a Bulk Data folder in, tables and FHIR resources out.",
    "convert": "Turn FHIR into one FHIR Bundle to write back: Observation, CarePlan, Provenance.",
    "evaluate": "Say whether criteria for treatment-resistant depression are met, and why.",
    "fetch": "Fetch records from a FHIR server into a folder of NDJSON files, which every other command reads.",
    "grid": "Show how far a verdict hangs on the numbers about which definitions disagree.",
    "history": "Show the normalised history of antidepressant trials.",
    "mappings": "Show what the tool knows, and where it knows it from.",
    "study": "Count a population that bulk has judged: attrition, prevalence, sensitivity, and a codebook.",
    "sync": "Fetch from a FHIR server, evaluate, and write back what changed: for cron.",
    "write-back": "Write the Bundles of `fhir-trd convert` to a FHIR server, each finding exactly once.",
}
"""Every command and the one line that --help says about it."""

EXTRAS = {"pyarrow": "bulk", "isal": "bulk", "pyspark": "spark"}
"""The packages that only some commands need, and the extra that brings each."""

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports for a program that ends by this signal (128 and the number of the signal)."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a full disk, or a limit of it, says."""

GRACE = 3.0
"""How many seconds an interrupted run may take to end in order."""

BEAT = 1.0
"""How many seconds a signal may stay unheard."""

NEW_OBJECTS = 50_000
"""How many new objects make Python look for garbage: the tables are many objects, all of them stay, and each look costs time."""


class Root(click.Group):
    """The commands, each loaded when it is asked for; and the one place where an error becomes a line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name. The only lazy import there is: --help must not wait for rooms it does not enter."""
        if cmd_name not in COMMANDS:
            return None
        try:
            command = import_module(f"fhir_trd.cli.{cmd_name.replace('-', '_')}").command
        except ModuleNotFoundError as error:
            extra = EXTRAS.get(error.name or "")
            if extra is None:
                raise
            remedy = f"install it with: pip install 'fhir-trd[{extra}]'"
            raise UsageError(f"{cmd_name}: found no package {error.name}, which this command needs; {remedy}") from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above, so that help loads none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run a command. It answers with its exit code."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except TrdError as error:
            code = _said(str(error), error.exit_code)
        except KeyboardInterrupt:
            code = _said("interrupted", INTERRUPTED)
        except BrokenPipeError:
            _leave_stdout()  # Whoever read our output has left, which is how `| head` works.
            code = BROKEN_PIPE
        except MemoryError:
            code = _said("found too little memory for this much input, wanted more of it or less at once", UsageError.exit_code)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            _leave_stdout()
            code = _said("found no room left where the output goes, wanted more of it or another place", UsageError.exit_code)
        ctx.exit(code or 0)


def _said(text: str, code: int) -> int:
    click.echo(f"fhir-trd: {text}", err=True)
    return code


def _leave_stdout() -> None:
    """Let what is still to be written to stdout go nowhere: the end of the program would stumble over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report a fault of this program in one line. The message of the error is left out: it may hold a patient's data."""
    if os.environ.get("FHIR_TRD_DEBUG") == "1":
        sys.__excepthook__(kind, error, trace)
        return
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119
    click.echo(
        f"fhir-trd: internal error: {kind.__name__}{place}. Please report this fault of the program, without patient data. "
        "FHIR_TRD_DEBUG=1 shows the whole trace (which may show patient data).",
        err=True,
    )


@click.command(cls=Root, context_settings={"auto_envvar_prefix": "FHIR_TRD", "help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fhir-trd")
def cli() -> None:
    """From FHIR records to an antidepressant trial history, a treatment-resistant depression status and a FHIR Bundle.

    What it finds is a flag for clinician review, not a diagnosis. Every option can also be set in the environment, for
    example FHIR_TRD_EVALUATE_AS_OF=2024-06-30; an option on the command line wins.
    """


def interrupt(number: int, frame: FrameType | None) -> None:
    """End in order; and if that takes long, because threads wait for a silent server, end all the same.

    Nothing is lost by it: what is done is on the disk and on the server. An alarm, because no thread may be started here: the
    signal may have come in the middle of starting one.
    """
    signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, GRACE)
    raise KeyboardInterrupt


def beat(number: int, frame: FrameType | None) -> None:
    """Do nothing but wake: a signal that comes just as the main thread begins to wait is else heard when the wait ends."""


def leave(number: int, frame: FrameType | None) -> None:
    """End at once, whatever still waits."""
    os._exit(_said("interrupted", INTERRUPTED))


def main() -> None:
    """Run the command line."""
    sys.excepthook = tell_crash
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # Whoever started us with nohup wants us to go on.
            signal.signal(number, interrupt)
    signal.signal(signal.SIGALRM, beat)
    signal.setitimer(signal.ITIMER_REAL, BEAT, BEAT)
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)  # At the very end nobody hears it, and it would be deadly.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # A terminal without a sign for "→" shows a question mark; the run goes on.
    gc.set_threshold(NEW_OBJECTS)
    cli()
