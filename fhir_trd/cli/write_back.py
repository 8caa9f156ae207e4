"""fhir-trd write-back: what convert wrote, onto a FHIR server, once each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import click

from fhir_trd.cli.privacy import keeps_private
from fhir_trd.cli.progress import Progress, alive
from fhir_trd.cli.rehearsal import rehearsed
from fhir_trd.cli.run_report import Run, run_options
from fhir_trd.cli.server_options import WRITES, ServerOptions, server_for, server_options
from fhir_trd.cli.talk import QUARANTINED, say
from fhir_trd.errors import UsageError, WriteConflict
from fhir_trd.fhir.exchange.findings import Finding, findings_in
from fhir_trd.sinks.delivery import Delivered, Fate, deliver, expect_able
from fhir_trd.sinks.journal import Journal
from fhir_trd.sinks.retraction import Retracted, left_behind, retract
from fhir_trd.transport.server import CONNECTIONS, Server


@click.command("write-back")
@click.argument("bundles", metavar="FILE|DIR...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@server_options
@click.option("--dry-run", is_flag=True, help="Show what would be created and changed; send nothing.")
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Remember here what is written, so that a run that was cut off goes on where it was.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1, max=64),
    default=CONNECTIONS,
    show_default=True,
    help="How many patients are written at once.",
)
@click.option(
    "--retract",
    "retracting",
    is_flag=True,
    help="These Bundles are all that holds: mark what --journal knows of beside them as entered in error.",
)
@click.option("--verify", is_flag=True, help="Look at what --journal knows too, for a server that may have lost it since.")
@run_options
@keeps_private
def command(
    bundles: tuple[Path, ...],
    where: ServerOptions,
    dry_run: bool,
    journal: Path | None,
    workers: int,
    retracting: bool,
    verify: bool,
    run: Run,
) -> int:
    """Write the Bundles of `fhir-trd convert` to a FHIR server, each finding exactly once.

    What stands on the server is read first: unchanged findings are not written again, changed ones only over the version that
    was read. Each patient is one transaction. Afterwards each finding is looked for, and must be there once. A refused
    patient is listed with the server's reasons (exit code 3), one that a person must decide about as a conflict (7); the
    others go on. A finding that is no longer among the Bundles stays as it is on the server, unless you say --retract.
    """
    if retracting and journal is None:
        raise UsageError("found --retract without --journal, wanted both: only the journal knows what was written before")
    findings = _findings(bundles)
    server = server_for(where, wanted=WRITES, connections=workers, meter=run.meter)
    remedy = "; --retract takes them back"
    return write(
        findings, server, run,
        journal=journal, workers=workers, rehearse=dry_run, retracting=retracting, verify=verify, remedy=remedy,
    )  # fmt: skip


def write(
    findings: Sequence[Finding],
    server: Server,
    run: Run,
    *,
    journal: Path | None,
    workers: int,
    rehearse: bool,
    retracting: bool = False,
    verify: bool = False,
    remedy: str = "",
) -> int:
    """Deliver findings, tell what became of each, and answer with the exit code. ``sync`` ends with the same.

    ``retracting``: findings of the journal that are not among these are taken back; ``remedy``: what does so another time.
    ``verify``: findings that the journal knows are looked at too.
    """
    run.place("journal", journal)
    able = expect_able(server)
    with Journal(journal) as book:
        left = left_behind(findings, server, book)
        delivering = deliver(findings, server, book, workers=workers, rehearse=rehearse, verify=verify, able=able)
        taking_back = retract(left, server, book, workers=workers, rehearse=rehearse) if retracting else iter(())
        wanted = len(findings) + (len(left) if retracting else 0)
        fates = _told_all(chain(delivering, taking_back), wanted, run, rehearse=rehearse)
    if left and not retracting:
        say(f"{len(left)} findings of this journal are not among these and were left as they are{remedy}")
    if fates[Fate.CONFLICT]:
        raise WriteConflict(f"found {fates[Fate.CONFLICT]} that a person must decide about, wanted none; see the lines above")
    return QUARANTINED if fates[Fate.REFUSED] else 0


def _told_all(outcomes: Iterable[Delivered | Retracted], wanted: int, run: Run, *, rehearse: bool) -> Counter[Fate]:
    """How many findings met which fate, each told when it does."""
    run.expect(wanted)
    fates: Counter[Fate] = Counter()
    try:
        with alive(Progress("writing", wanted, unit="findings")) as progress:
            for one in outcomes:
                fates[one.fate] += 1
                run.finding(one.fate, one.key, one.why)
                progress.advance(**{one.fate: 1})
                _tell(one, rehearsing=rehearse)
    finally:
        # In an outage too: what is done stays done, and the user wants to know how much that is.
        say(_total(fates, wanted, rehearsing=rehearse))
    return fates


def _findings(places: Sequence[Path]) -> tuple[Finding, ...]:
    files = [file for place in places for file in (sorted(place.glob("*.json")) if place.is_dir() else [place])]
    found = tuple(finding for file in files for finding in findings_in(_body(file), str(file)))
    twice = [key for key, times in Counter(finding.key for finding in found).items() if times > 1]
    if twice:
        raise UsageError(f"found {len(twice)} findings more than once among the Bundles ({twice[0]} first), wanted each once")
    if not found:
        raise UsageError(f"{places[0]}: found no file that ends in .json, wanted the Bundles of `fhir-trd convert`")
    return found


def _body(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}), wanted a Bundle of `fhir-trd convert`") from error


def _tell(one: Delivered | Retracted, *, rehearsing: bool) -> None:
    """Refusals and conflicts on stderr; what a rehearsal would change on stdout."""
    if one.why:
        say(f"{one.key}: {one.fate}: {one.why}")
    elif rehearsing:
        click.echo("\n".join(rehearsed(one)))


def _total(fates: Counter[Fate], wanted: int, *, rehearsing: bool) -> str:
    told = [f"{fates[fate]} {fate}" for fate in Fate if fates[fate]]
    if wanted > fates.total():
        told.append(f"{wanted - fates.total()} not reached")
    return f"{'would be, of' if rehearsing else 'of'} {wanted}: {', '.join(told) or 'nothing to write'}"
