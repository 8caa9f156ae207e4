"""Eras as JSON, as rows and on the page."""

from collections.abc import Iterator

from fhir_trd.model.eras import Era, Eras
from fhir_trd.report.contract_values import Json, Object, evidence_json
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone

ERA_COLUMNS = ("patient", "drug", "start", "end", "days", "gap_days")
"""The columns of ``history --eras ID --format csv``."""


def eras_json(found: Eras) -> Object:
    """One patient as ``history --eras`` gives it; a rule with an index date adds it, and the days of its windows."""
    windows: Object = {}
    for reached in found.reached:
        windows |= {f"{reached.goal}_days": reached.days, reached.goal: reached.enough}
    eras: list[Json] = [_era(era) for era in found.eras]
    index: Object = {"index_date": found.index_date.isoformat()} if found.index_date else {}
    return {"patient": found.patient, "eras": eras, **index, **windows, "left_out": evidence_json(found.left_out)}


def eras_csv_rows(found: Eras) -> tuple[tuple[str, ...], ...]:
    """One row an era, under ``ERA_COLUMNS``."""
    return tuple((found.patient, *map(str, _era(era).values())) for era in found.eras)


def eras_page(found: Eras) -> Iterator[Block]:
    """One patient's eras for people."""
    yield Line(found.patient, Tone.STRONG)
    if found.eras:
        rows = tuple(tuple(map(str, _era(era).values())) for era in found.eras)
        yield Grid("Eras", ("Drug", "Start", "End", "Days", "Gap days"), rows)
    else:
        yield Line("No era in this record.")
    if found.index_date:
        yield Line(f"index date {found.index_date}")
    for reached in found.reached:
        yield Line(f"{reached.goal}: {reached.days} days covered, {'enough' if reached.enough else 'not enough'}")
    if found.left_out:
        yield Line(f"left out, days not known: {', '.join(origin.resource for origin in found.left_out)}", Tone.WATCH)
    yield SPACE


def _era(era: Era) -> Object:
    return {
        "drug": era.drug,
        "start": era.start.isoformat(),
        "end": era.end.isoformat(),
        "days": era.days,
        "gap_days": era.gap_days,
    }
