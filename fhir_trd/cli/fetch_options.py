"""The options that say what is fetched from a server: whose records, which types, by which way, and since when."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from fhir_trd.errors import UsageError
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.knowledge.searching import codes_of
from fhir_trd.model.records import DEPRESSION
from fhir_trd.sources.folder import AUTO
from fhir_trd.sources.server.plan import Wanted, Way
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.server import CONNECTIONS

HOUR = 3600.0

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_OPTIONS = (
    click.option("--patient", multiple=True, metavar="ID", help="Record of this patient; may be given several times."),
    click.option("--patients", type=_FILE, metavar="FILE", help="Records of the patients in a file, one id a line."),
    click.option("--group", default="", metavar="ID", help="Records of the members of this Group."),
    click.option("--with-depression", is_flag=True, help="Records of all who have a diagnosis of depression by our tables."),
    click.option("--all", "everyone", is_flag=True, help="Records of all patients."),
    click.option(
        "--by",
        type=click.Choice([way.value for way in Way]),
        default=Way.AUTO.value,
        show_default=True,
        help="How to ask: a search for each type and patient, $everything, or $export. auto: as the server says it can.",
    ),
    click.option("--type", "types", multiple=True, metavar="TYPE", help="Only this type of resource. Default: all that is read."),
    click.option(
        "--since", default="", metavar="WHEN", help="Only what changed since: a day, a moment, or auto: the last finished fetch."
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=1, max=64),
        default=CONNECTIONS,
        show_default=True,
        help="How many requests are on their way at once.",
    ),
    click.option(
        "--wait",
        type=click.FloatRange(min=0),
        default=24,
        metavar="HOURS",
        show_default=True,
        help="How long to wait for an export.",
    ),
)  # fmt: skip


def fetch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of what is fetched; the command gets one checked record, ``wanted``. It must have the option --mappings."""

    @wraps(command)
    def with_wanted(mappings: Path | None, **given: Any) -> Any:
        chosen = {name: given.pop(name) for name in ("patient", "patients", "group", "with_depression", "everyone")}
        wanted = Wanted(
            selection=_selection(mappings=mappings, **chosen),
            by=Way(given.pop("by")),
            types=given.pop("types"),
            since=_moment(given.pop("since")),
            workers=given.pop("workers"),
            patience=given.pop("wait") * HOUR,
        )
        return command(wanted=wanted, mappings=mappings, **given)

    for option in reversed(_OPTIONS):
        with_wanted = option(with_wanted)
    return with_wanted


def _selection(
    patient: tuple[str, ...], patients: Path | None, group: str, *, with_depression: bool, everyone: bool, mappings: Path | None
) -> Selection:
    codes = codes_of(load_knowledge(mappings).terms, DEPRESSION) if with_depression else ()
    return Selection(patients=patient, listed=patients, group=group, codes=codes, everyone=everyone)


def _moment(since: str) -> str:
    """A day, or a moment with its offset; what is neither would be read by each server in its own way."""
    if since in ("", AUTO):
        return since
    try:
        found = datetime.fromisoformat(since)
    except ValueError:
        found = None
    if found is None or ("T" in since) != (found.tzinfo is not None):
        raise UsageError("--since: found no such time, wanted auto, a day (2024-06-30) or a moment (2024-06-30T12:00:00+02:00)")
    return since
