"""fhir-trd convert: FHIR in, one FHIR Bundle out."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from fhir_trd.assess import assess
from fhir_trd.cli import options
from fhir_trd.cli.reading import criteria_for, day_for, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.talk import say, tell_reading
from fhir_trd.fhir.write.bundle import bundle_bytes
from fhir_trd.sinks.files import write_file


@click.command("convert")
@options.inputs
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True), default=Path("-"), metavar="FILE", help="Default: stdout."
)
@options.criteria
@options.as_of
@options.dose_table
@options.patient
@options.mappings
@options.ledger
def command(output: Path, **given: Any) -> int:
    """Turn FHIR into one FHIR Bundle to write back.

    The Bundle is a transaction with an Observation (the finding), a CarePlan (what could be looked at next) and a Provenance
    (what it rests on) for each patient. Nothing in it is an order: the CarePlan is a draft and a proposal.
    """
    request = Request(today=date.today(), **given)
    knowledge = knowledge_for(request)
    reading = read(request, knowledge)
    code = tell_reading(reading, request)
    criteria = criteria_for(request, knowledge)
    assessments = [
        assess(record, knowledge, as_of=day_for(record, request), criteria=criteria, dose_table=request.dose_table)
        for record in reading.records
    ]
    if assessments:
        deliver(bundle_bytes(assessments), output, patients=len(assessments))
    else:
        say("no Bundle written: there is no patient to write about")
    return code


def deliver(body: bytes, output: Path, *, patients: int) -> None:
    """Write the Bundle to a file or to stdout."""
    if output == Path("-"):
        click.echo(body)
        return
    write_file(output, body)
    say(f"wrote the Bundle of {patients} patient{'s' if patients > 1 else ''} to {output}")
