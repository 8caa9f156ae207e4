"""fhir-trd convert: FHIR in, one FHIR Bundle out."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from fhir_trd.cli import options
from fhir_trd.cli.reading import assessments, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.talk import say, tell_reading
from fhir_trd.fhir.write.bundle import bundle_bytes
from fhir_trd.model.verdicts import Assessment
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
    """Turn FHIR into one FHIR Bundle to write back: Observation, CarePlan, Provenance.

    The Bundle is a transaction with an Observation (the finding), a CarePlan (what could be looked at next) and a Provenance
    (what it rests on) for each patient. Nothing in it is an order: the CarePlan is a draft and a proposal.
    """
    request = Request(today=date.today(), **given)
    knowledge = knowledge_for(request)
    reading = read(request, knowledge)
    code = tell_reading(reading, request)
    deliver(tuple(assessments(request, knowledge, reading.records)), output)
    return code


def deliver(found: tuple[Assessment, ...], output: Path) -> None:
    """Write the Bundle to a file or to stdout."""
    if not found:
        say("no Bundle written: there is no patient to write about")
    elif output == Path("-"):
        click.echo(bundle_bytes(found))
    else:
        write_file(output, bundle_bytes(found))
        say(f"wrote the Bundle of {len(found)} patient{'s' if found[1:] else ''} to {output}")
