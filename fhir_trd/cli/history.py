"""fhir-trd history: the normalised trial history."""

import csv
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any

import click
import msgspec

from fhir_trd.assess import history_of
from fhir_trd.cli import options
from fhir_trd.cli.painting import show_page
from fhir_trd.cli.reading import day_for, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.talk import tell_reading
from fhir_trd.model.trials import History
from fhir_trd.report.contract import HISTORY_COLUMNS, history_csv_rows, history_json
from fhir_trd.report.sheets import history_page


@click.command("history")
@options.inputs
@options.as_of
@options.dose_table
@options.patient
@options.mappings
@options.ledger
@options.form("table", "json", "csv")
def command(**given: Any) -> int:
    """Show the normalised history of antidepressant trials.

    The facts that hold under every criteria set: exposures, doses, days at an adequate dose, switches and combinations,
    outcomes, the current episode. JSON is one object a line, one for each patient; CSV is one row for each trial.
    """
    request = Request(today=date.today(), **given)
    knowledge = knowledge_for(request)
    reading = read(request, knowledge)
    histories = (
        history_of(record, knowledge, as_of=day_for(record, request), dose_table=request.dose_table) for record in reading.records
    )
    show(histories, request.form)
    return tell_reading(reading, request)


def show(histories: Iterable[History], form: str) -> None:
    """Write histories to stdout in the form asked for."""
    if form == "csv":
        _show_csv(histories)
    elif form == "json":
        for history in histories:
            click.echo(msgspec.json.encode(history_json(history)))
    else:
        for history in histories:
            show_page(history_page(history))


def _show_csv(histories: Iterable[History]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HISTORY_COLUMNS)
    writer.writerows(row for history in histories for row in history_csv_rows(history))
