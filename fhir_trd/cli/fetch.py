"""fhir-trd fetch: records from a FHIR server into a folder of NDJSON."""

from collections.abc import Mapping
from pathlib import Path

import click

from fhir_trd.cli import options
from fhir_trd.cli.fetch_options import fetch_options
from fhir_trd.cli.privacy import keeps_private
from fhir_trd.cli.progress import Progress, alive
from fhir_trd.cli.run_report import Run, run_options
from fhir_trd.cli.server_options import ServerOptions, server_for, server_options
from fhir_trd.cli.talk import QUARANTINED, SHOWN, say
from fhir_trd.sources.folder import JOURNAL, Folder
from fhir_trd.sources.server.export import Watch
from fhir_trd.sources.server.fetch import Fetched, brought, fetch, folder_for
from fhir_trd.sources.server.plan import Plan, Wanted, plan_for
from fhir_trd.transport.server import Server


@click.command("fetch")
@server_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Folder to fetch into."
)
@fetch_options
@options.mappings
@run_options
@keeps_private
def command(where: ServerOptions, output: Path, wanted: Wanted, mappings: Path | None, run: Run) -> int:
    """Fetch records from a FHIR server into a folder of NDJSON files, which every other command reads.

    Whose records: one of --patient, --patients, --group, --with-depression and --all. The products (Medication) that records
    name are fetched too. A run that was cut off goes on where it was when the same command is given again. What the server
    refuses is told and counted, the rest is fetched, and the run ends with exit code 3. fetch.log in the folder says what was
    asked and got.
    """
    server = server_for(where, connections=wanted.workers, meter=run.meter)
    fetched = fetch_into(output, planned(server, wanted), server, run)
    return 0 if fetched.is_whole else QUARANTINED


def fetch_into(path: Path, plan: Plan, server: Server, run: Run) -> Fetched:
    """Fetch into a folder, and tell how it went, in an outage too. ``sync`` begins with the same."""
    for note in plan.notes:
        say(note)
    run.place("folder", path)
    with folder_for(plan, server, path) as folder:
        say(_beginning(plan, folder))
        before, fetched = brought(folder), None
        try:
            with alive(Progress("fetching", unit="resources")) as progress:
                fetched = fetch(plan, server, folder, Watch(say=say, advance=progress.advance))
        finally:
            # In an outage too: what is done stays done, and the user wants to know how much that is.
            so_far = fetched or brought(folder)
            _count(so_far, before, run)
            _tell(so_far, folder, run, is_done=fetched is not None)
    return fetched


def planned(server: Server, wanted: Wanted) -> Plan:
    """The plan, from what the server says that it can do."""
    with alive(Progress("asking what the server can do", 1, unit="answers")):
        return plan_for(server, wanted)


def _beginning(plan: Plan, folder: Folder) -> str:
    since = f", what changed since {folder.since}" if folder.since else ""
    again = ", going on with a fetch that was cut off" if folder.is_resumed else ""
    return f"fetching by {plan.way}{since}{again}"


def _count(fetched: Fetched, before: Fetched, run: Run) -> None:
    """Count what this run brought: what one that was cut off had brought before is in the counters already."""
    for kind, count in fetched.resources.items():
        run.fetched(kind, max(0, count - before.resources.get(kind, 0)))


def _tell(fetched: Fetched, folder: Folder, run: Run, *, is_done: bool) -> None:
    total = sum(fetched.resources.values())
    listed = f" of {fetched.patients} patients" if fetched.patients else ""
    say(f"{'fetched' if is_done else 'fetched so far'} {total} resources{listed}: {_counted(fetched.resources) or 'none'}")
    if is_done and not folder.files():
        say("nobody's records were found: check whose were asked for, and that the server shows them to this client")
    if fetched.removed:
        say(f"{fetched.removed} resources that were deleted on the server left the folder")
    if fetched.gone:
        say(f"{fetched.gone} patients are no longer on the server, by a read and by a search; nothing of theirs is kept")
    _some("set aside", fetched.aside)
    _some("the server remarks", fetched.remarks)
    _some("left out", fetched.left_out)
    if fetched.left_out:
        say(f"{folder.path / JOURNAL} has every request with its answer, and so whose records these are")
    for why, count in fetched.left_out.items():
        run.left_out(str(count), "left out", why)
    say(f"{len(folder.files())} files in {folder.path}")


def _counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in numbers.items())


def _some(what: str, numbers: Mapping[str, int]) -> None:
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    for name, count in ranked[:SHOWN]:
        say(f"{what}: {count} × {name}")
    if ranked[SHOWN:]:
        say(f"{what}: {sum(count for _, count in ranked[SHOWN:])} for other reasons")
