"""fhir-trd sync: fetch what changed, judge it, and write back what changed: the whole way, for cron."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from fhir_trd.cli import options
from fhir_trd.cli.fetch import fetch_into
from fhir_trd.cli.fetch_options import fetch_options
from fhir_trd.cli.lock import alone_in
from fhir_trd.cli.reading import assessments, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.run_report import Run, run_options
from fhir_trd.cli.server_options import WRITES, ServerOptions, server_for, server_options
from fhir_trd.cli.talk import QUARANTINED, say, tell_reading
from fhir_trd.cli.write_back import write
from fhir_trd.fhir.exchange.findings import Finding, findings_in
from fhir_trd.fhir.read.records import Reading
from fhir_trd.fhir.write.bundle import bundle_bytes
from fhir_trd.model.issues import ledger_of
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.verdicts import Assessment
from fhir_trd.sources.folder import AUTO
from fhir_trd.sources.folder_files import FHIR
from fhir_trd.sources.server.plan import Wanted

RECORDS, JOURNAL = "records", "journal.db"
"""What lies in the folder of a sync: the records as they were fetched, and what was written where."""


@click.command("sync")
@server_options
@click.option(
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder that remembers, from run to run, what was fetched and written. One for each server and group.",
)
@fetch_options
@options.criteria
@options.as_of
@options.dose_table
@options.mappings
@click.option("--dry-run", is_flag=True, help="Fetch and judge; show what would be written, and send nothing.")
@run_options
def command(where: ServerOptions, folder: Path, wanted: Wanted, dry_run: bool, run: Run, **given: Any) -> int:
    """Fetch, evaluate and write back in one go, only what changed since the last run.

    It may be started by cron as often as you like: while one run is at work in the folder, another says so and ends with 0. A
    run that was cut off is gone on with by the next. Where nothing changed, nothing is written. Findings of this folder about
    those who are no longer among the patients are marked as entered in error, but never on the strength of an incomplete fetch.
    """
    with alone_in(folder) as alone:
        if not alone:
            run.withdraw()
            say(f"{folder}: another run is at work in this folder; this one leaves it alone and does nothing")
            return 0
        request = Request(inputs=(str(folder / RECORDS),), today=date.today(), **given)
        return _synced(where, folder, wanted, request, run, rehearse=dry_run)


def _synced(where: ServerOptions, folder: Path, wanted: Wanted, request: Request, run: Run, *, rehearse: bool) -> int:
    knowledge = knowledge_for(request)
    run.knowledge = knowledge.digest
    server = server_for(where, wanted=WRITES, connections=wanted.workers, meter=run.meter)
    fetched = fetch_into(folder / RECORDS, structs.replace(wanted, since=AUTO), server, run)
    reading = _read(request, knowledge)
    unread = tell_reading(reading, request)
    findings = tuple(_findings(assessments(request, knowledge, reading.records)))
    written = write(findings, server, run, journal=folder / JOURNAL, workers=wanted.workers, rehearse=rehearse)
    return written if fetched.is_whole and not unread else QUARANTINED


def _read(request: Request, knowledge: Knowledge) -> Reading:
    """The records in the folder. Those without any date are left out: judged as of today, they would be written anew each day."""
    if not any(Path(folder).glob(FHIR) for folder in request.inputs):
        return Reading((), ledger_of(0, {}), ())
    reading = read(request, knowledge)
    dated = tuple(record for record in reading.records if request.as_of or record.latest)
    undated = len(reading.records) - len(dated)
    if undated:
        say(f"{undated} patients have no date in their records, and no finding is written about them; --as-of sets a day")
    return structs.replace(reading, records=dated)


def _findings(found: Iterable[Assessment]) -> Iterator[Finding]:
    for assessment in found:
        yield from findings_in(bundle_bytes([assessment]), "the Bundle of this run")
