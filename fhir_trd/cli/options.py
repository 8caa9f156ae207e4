"""The options that commands share; their names are those of the fields of ``Request``."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DAY = click.DateTime(["%Y-%m-%d"])
"""A day as the command line takes it."""


def as_day(ctx: click.Context, param: click.Parameter, given: datetime | None) -> date | None:
    """The day without a time."""
    return given.date() if given else None


inputs = click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)

as_of = click.option(
    "--as-of",
    type=DAY,
    callback=as_day,
    metavar="YYYY-MM-DD",
    help="Judge the record as it stood at the end of this day. Default: the latest date stated in each patient's record.",
)

criteria = click.option(
    "--criteria",
    multiple=True,
    metavar="ID",
    help="Criteria set to judge by; may be given several times. Default: consensus. `fhir-trd mappings list criteria` shows all.",
)

dose_table = click.option(
    "--dose-table", metavar="ID", help="Table that says which doses are adequate (mgh-atrq, label). Default: mgh-atrq."
)

def form(*forms: str) -> Callable[[F], F]:
    """The option that chooses between these forms; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="A page for people, or data."
    )


patient = click.option("--patient", default="", metavar="ID", help="Only this patient: 1 or Patient/1.")

mappings = click.option(
    "--mappings",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Folder of your own tables; each file in it replaces the shipped one of the same name.",
)

ledger = click.option("--ledger", is_flag=True, help="List on stderr what became of every kind of resource.")
