"""fhir-trd grid: how far a verdict hangs on the numbers about which definitions disagree."""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import click
import msgspec

from fhir_trd.cli import options
from fhir_trd.cli.painting import show_page
from fhir_trd.cli.reading import day_for, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.talk import tell_reading
from fhir_trd.model.grid import SensitivityGrid
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord
from fhir_trd.report.grid import GRID_COLUMNS, grid_csv_rows, grid_json, grid_page
from fhir_trd.variation import expect_variable, grid_of


@click.command("grid")
@options.inputs
@options.criteria
@options.as_of
@options.dose_table
@options.patient
@options.mappings
@options.ledger
@options.form("table", "json", "csv")
def command(**given: Any) -> int:
    """Show how far a verdict hangs on the numbers about which definitions disagree.

    Judges each patient under one criteria set (or several) with four of its numbers changed: how long a trial must last, which
    table says what an adequate dose is, below which improvement it failed, and how long a gap still joins two supplies. The
    values are those of published definitions (`fhir-trd mappings list grid`). JSON is one object a line, one for each patient
    and set; CSV is one row for each cell.
    """
    request = Request(today=date.today(), **given)
    knowledge = knowledge_for(request)
    sets = tuple(dict.fromkeys(request.criteria)) or (knowledge.default_criteria,)
    for name in sets:
        expect_variable(knowledge.criteria[name])
    reading = read(request, knowledge)
    show(_grids(reading.records, knowledge, sets, request), request.form)
    return tell_reading(reading, request)


def show(grids: Iterable[SensitivityGrid], form: str) -> None:
    """Write grids to stdout in the form asked for, each as soon as it is there."""
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(GRID_COLUMNS)
        for grid in grids:
            writer.writerows(grid_csv_rows(grid))
    elif form == "json":
        for grid in grids:
            click.echo(msgspec.json.encode(grid_json(grid)))
    else:
        for grid in grids:
            show_page(grid_page(grid))


def _grids(
    records: Iterable[PatientRecord], knowledge: Knowledge, sets: tuple[str, ...], request: Request
) -> Iterator[SensitivityGrid]:
    for record in records:
        day = day_for(record, request)
        for name in sets:
            yield grid_of(record, knowledge, as_of=day, criteria=name, dose_table=request.dose_table)
