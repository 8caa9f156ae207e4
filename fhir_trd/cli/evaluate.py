"""fhir-trd evaluate: the verdicts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import click
import msgspec

from fhir_trd.assessment import compare, explained
from fhir_trd.cli import options
from fhir_trd.cli.painting import show_page
from fhir_trd.cli.reading import assessments, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.talk import tell_reading
from fhir_trd.model.comparing import Comparison
from fhir_trd.model.verdicts import Assessment
from fhir_trd.report.compare import comparison_page
from fhir_trd.report.contract import assessment_json
from fhir_trd.report.contract_compare import comparison_json
from fhir_trd.report.sheets import assessment_page


@click.command("evaluate")
@options.inputs
@options.criteria
@options.as_of
@options.dose_table
@options.patient
@options.mappings
@options.ledger
@click.option(
    "--explain",
    is_flag=True,
    help="Show every rule and every condition of every trial: asked or not, what was wanted and found, evidence and source.",
)
@click.option(
    "--compare",
    is_flag=True,
    help="Show the patient under all criteria sets (or those named) side by side, with the rule that makes the difference.",
)
@options.form("table", "json")
def command(**given: Any) -> int:
    """Say whether criteria for treatment-resistant depression are met, and why.

    INPUT is a FHIR JSON file (any Bundle, Parameters or one resource), an NDJSON file, either of them gzipped, a folder of
    these, or - for what is piped in. JSON is one object a line, one for each patient.
    """
    request = Request(today=date.today(), **given)
    knowledge = knowledge_for(request)
    reading = read(request, knowledge)
    found = assessments(request, knowledge, reading.records)
    if request.explain:
        found = (explained(assessment, knowledge) for assessment in found)
    if request.compare:
        show_compared((compare(assessment, knowledge) for assessment in found), request)
    else:
        show(found, request)
    return tell_reading(reading, request)


def show(found: Iterable[Assessment], request: Request) -> None:
    """Write assessments to stdout in the form asked for."""
    for assessment in found:
        if request.form == "json":
            click.echo(msgspec.json.encode(assessment_json(assessment)))
        else:
            show_page(assessment_page(assessment, explain=request.explain))


def show_compared(found: Iterable[Comparison], request: Request) -> None:
    """The same for comparisons."""
    for comparison in found:
        if request.form == "json":
            click.echo(msgspec.json.encode(comparison_json(comparison)))
        else:
            show_page(comparison_page(comparison))
