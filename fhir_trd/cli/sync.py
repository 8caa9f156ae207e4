"""fhir-trd sync: fetch what changed, judge it, and write back what changed: the whole way, for cron."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from fhir_trd.cli import options
from fhir_trd.cli.fetch import fetch_into, planned
from fhir_trd.cli.fetch_options import fetch_options
from fhir_trd.cli.lock import alone_in
from fhir_trd.cli.privacy import keeps_private
from fhir_trd.cli.reading import assessments, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.run_report import Run, run_options
from fhir_trd.cli.server_options import WRITES, ServerOptions, server_for, server_options
from fhir_trd.cli.talk import QUARANTINED, say, tell_fates
from fhir_trd.cli.write_back import write
from fhir_trd.errors import UsageError
from fhir_trd.fhir.exchange.findings import Finding, findings_of
from fhir_trd.fhir.exchange.lines import PATIENT
from fhir_trd.fhir.read.records import Reading
from fhir_trd.fhir.write.bundle import bundle_for
from fhir_trd.model.issues import ledger_of
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.verdicts import Assessment
from fhir_trd.sources.folder import AUTO
from fhir_trd.sources.folder_files import files_in
from fhir_trd.sources.server.fetch import Fetched
from fhir_trd.sources.server.plan import Plan, Wanted, Way

RECORDS, JOURNAL = "records", "journal.db"
"""What lies in the folder of a sync: the records as they were fetched, and what was written where."""

UNREADABLE = "unreadable"
"""The type of what is no resource at all."""


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
@click.option("--full", is_flag=True, help="Fetch and look at everything anew: only so what a server lost or deleted is noticed.")
@click.option("--dry-run", is_flag=True, help="Fetch and judge; show what would be written, and send nothing.")
@run_options
@keeps_private
def command(where: ServerOptions, folder: Path, wanted: Wanted, full: bool, dry_run: bool, run: Run, **given: Any) -> int:
    """Fetch from a FHIR server, evaluate, and write back what changed: for cron.

    It may be started as often as you like: while one run is at work in the folder, another says so and ends with 0. A run that
    was cut off is gone on with by the next. Where nothing changed, nothing is written. What this folder wrote about those who
    are no longer among the patients is marked as entered in error, but never on the strength of an incomplete fetch.
    """
    if wanted.since:
        raise UsageError("--since: sync itself knows since when, wanted none; --full fetches everything anew")
    with alone_in(folder) as alone:
        if not alone:
            run.withdraw()
            say(f"{folder}: another run is at work in this folder; this one leaves it alone and does nothing")
            return 0
        request = Request(inputs=(str(folder / RECORDS),), today=date.today(), **given)
        return _synced(where, folder, structs.replace(wanted, since="" if full else AUTO), request, run, rehearse=dry_run)


def _synced(where: ServerOptions, folder: Path, wanted: Wanted, request: Request, run: Run, *, rehearse: bool) -> int:
    knowledge = knowledge_for(request)
    run.knowledge = knowledge.digest
    server = server_for(where, wanted=WRITES, connections=wanted.workers, meter=run.meter)
    fetched = fetch_into(folder / RECORDS, _as_exported(planned(server, wanted)), server, run)
    reading = _read(request, knowledge)
    unread = tell_fates(reading, request)  # A log is kept, so it names no patient.
    records = _settled(reading.records, fetched, request)
    findings = tuple(_findings(assessments(request, knowledge, records)))
    retracting = fetched.knows_who_is_there and not _may_hide_a_patient(reading)
    if not retracting:
        say("not everything could be fetched and read, or nobody's record came: so nothing is taken back in this run")
    written = write(
        findings, server, run,
        journal=folder / JOURNAL, workers=wanted.workers, rehearse=rehearse, retracting=retracting, verify=not wanted.since,
    )  # fmt: skip
    return QUARANTINED if unread or not fetched.is_whole else written


def _as_exported(plan: Plan) -> Plan:
    """The same; but what a group exports since some time tells nothing of who left it, and may lack who joined: so all of it."""
    by_export = plan.wanted.selection.group and plan.way is Way.EXPORT
    return structs.replace(plan, wanted=structs.replace(plan.wanted, since="")) if by_export else plan


def _read(request: Request, knowledge: Knowledge) -> Reading:
    """The records in the folder; none where nothing was fetched."""
    if not any(files_in(Path(folder)) for folder in request.inputs):
        return Reading((), ledger_of(0, {}), ())
    return read(request, knowledge)


def _settled(records: Sequence[PatientRecord], fetched: Fetched, request: Request) -> list[PatientRecord]:
    """The records from which a finding can be written that will stand until something changes."""
    lacking = {f"{PATIENT}/{identity}" for identity in fetched.failed}
    whole = [record for record in records if "" not in fetched.failed and record.patient not in lacking]
    dated = [record for record in whole if request.as_of or record.latest]
    if whole[len(dated) :]:
        # Judged as of today, they would be written anew each day.
        say(f"{len(whole) - len(dated)} patients have no date in their records: no finding is written; --as-of sets a day")
    if len(whole) < len(records):
        say(f"{len(records) - len(whole)} patients whose records could not be fetched whole this time keep what stands")
    return dated


def _may_hide_a_patient(reading: Reading) -> bool:
    """Whether what could not be read may be all that there is of a patient; or whether there is nobody, which is no answer."""
    return not reading.records or any(fault.resource_type in (PATIENT, UNREADABLE) for fault in reading.faults)


def _findings(found: Iterable[Assessment]) -> Iterator[Finding]:
    for assessment in found:
        yield from findings_of(bundle_for([assessment]))
