"""Eras as JSON, as rows and on the page."""

from collections.abc import Iterator, Mapping

from fhir_trd.model.eras import Era, Eras
from fhir_trd.report.contract_values import Json, Object, evidence_json
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone

ERA_COLUMNS = ("patient", "drug", "start", "end", "days", "gap_days")
"""The columns of ``history --eras ID --format csv``."""

ENOUGH = {True: "enough", False: "not enough", None: "not judged without an index date"}


def eras_json(found: Eras) -> Object:
    """One patient as ``history --eras`` gives it; a rule with windows adds its index date, and the days of each."""
    windows: Object = {}
    for reached in found.reached:
        windows |= {f"{reached.goal}_days": reached.days, reached.goal: reached.enough}
    eras: list[Json] = [_era(era) for era in found.eras]
    index: Object = {"index_date": found.index_date.isoformat() if found.index_date else None} if found.reached else {}
    left: Object = {"left_out": evidence_json(found.left_out), "not_asked": dict(found.not_asked)}
    return {"patient": found.patient, "eras": eras, **index, **windows, **left}


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
    if found.reached:
        yield Line(f"index date {found.index_date or 'not known'}")
    for reached in found.reached:
        yield Line(f"{reached.goal}: {reached.days} days covered, {ENOUGH[reached.enough]}")
    if found.left_out:
        yield Line(f"left out, days not known: {', '.join(origin.resource for origin in found.left_out)}", Tone.WATCH)
    if found.not_asked:
        yield Line(not_asked_words(found.not_asked), Tone.WATCH)
    yield SPACE


def not_asked_words(counts: Mapping[str, int]) -> str:
    """The records of antidepressants that the rule does not look at: "2 ordered, 1 reported"."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return f"records of antidepressants that this rule does not look at: {kinds}"


def _era(era: Era) -> Object:
    return {
        "drug": era.drug,
        "start": era.start.isoformat(),
        "end": era.end.isoformat(),
        "days": era.days,
        "gap_days": era.gap_days,
    }
