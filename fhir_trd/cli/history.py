"""fhir-trd history: the normalised trial history."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import click
import msgspec

from fhir_trd.assessment import history_of
from fhir_trd.cli import options
from fhir_trd.cli.painting import show_page
from fhir_trd.cli.reading import day_for, knowledge_for, read
from fhir_trd.cli.request import Request
from fhir_trd.cli.talk import say, tell_reading
from fhir_trd.history.eras import eras_of
from fhir_trd.model.eras import Eras
from fhir_trd.model.trials import History
from fhir_trd.report.contract import HISTORY_COLUMNS, history_csv_rows, history_json
from fhir_trd.report.eras import ERA_COLUMNS, eras_csv_rows, eras_json, eras_page, not_asked_words
from fhir_trd.report.sheets import history_page


@click.command("history")
@options.inputs
@options.as_of
@options.dose_table
@options.patient
@options.mappings
@options.ledger
@click.option(
    "--eras", default="", metavar="ID", help="Records joined by another's published rule instead: fife, ohdsi or cms128."
)
@options.form("table", "json", "csv")
def command(**given: Any) -> int:
    """Show the normalised history of antidepressant trials.

    The facts that hold under every criteria set: exposures, doses, days at an adequate dose, switches and combinations,
    outcomes, the current episode. JSON is one object a line, one for each patient; CSV is one row for each trial.
    """
    request = Request(today=date.today(), **given)
    knowledge = knowledge_for(request)
    reading = read(request, knowledge)
    if request.eras:
        rule = knowledge.eras[request.eras]
        show_eras((eras_of(record, rule, as_of=day_for(record, request)) for record in reading.records), request.form)
        return tell_reading(reading, request)
    histories = (
        history_of(record, knowledge, as_of=day_for(record, request), dose_table=request.dose_table) for record in reading.records
    )
    show(histories, request.form)
    return tell_reading(reading, request)


def show(histories: Iterable[History], form: str) -> None:
    """Write histories to stdout in the form asked for."""
    if form == "csv":
        _show_rows(HISTORY_COLUMNS, (row for history in histories for row in history_csv_rows(history)))
    elif form == "json":
        for history in histories:
            click.echo(msgspec.json.encode(history_json(history)))
    else:
        for history in histories:
            show_page(history_page(history))


def show_eras(found: Iterable[Eras], form: str) -> None:
    """Write eras to stdout in the form asked for."""
    if form == "csv":
        listed = tuple(found)
        _show_rows(ERA_COLUMNS, (row for eras in listed for row in eras_csv_rows(eras)))
        _tell_not_asked(listed)
    elif form == "json":
        for eras in found:
            click.echo(msgspec.json.encode(eras_json(eras)))
    else:
        for eras in found:
            show_page(eras_page(eras))


def _tell_not_asked(listed: Iterable[Eras]) -> None:
    """Rows have no place for what no era holds; without this line no row would be read as no drug."""
    counts: Counter[str] = Counter()
    for eras in listed:
        counts.update(eras.not_asked)
    if counts:
        say(not_asked_words(dict(sorted(counts.items()))))


def _show_rows(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
