"""The published staging models: their points, stages and cut-offs."""

from typing import Any, TypeVar, get_args, get_type_hints

from msgspec import Struct

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.staging import EuropeanRules, MaudsleyRules, MghRules, StagingRules, ThaseRushRules

T = TypeVar("T", bound=Struct)

CITATION = ("sentence", "source", "place", "checked", "reading")
UNITS = {
    "bands": "bands", "band_from": "points", "scales": "scales", "severities": "severity", "psychotic": "severity",
    "unrecorded_up_to": "severity", "failed_from": "antidepressants", "month": "days", "week": "days", "months_up_to": "months",
    "chronic_months": "months", "stages": "stages", "none": "stages", "non_responder": "stages", "chronic": "stages",
    "classes": "classes", "literal_classes": "classes", "needed": "classes", "trial": "points", "optimised": "points",
    "augmentation": "points", "ect": "points", "raised_days": "days", "long_days": "days", "ect_sessions": "sessions",
    "weeks_from": "weeks",
}  # fmt: skip
"""The unit in which each number of a model is given."""


def read_staging(table: Cell, sets: frozenset[str]) -> StagingRules:
    """Every model; the criteria set that says what failed must be one that we know."""
    table.only("about", "failed-trials", "maudsley", "severity-scores", "thase-rush", "mgh-s", "european", "refused")
    failed = table.at("failed-trials")
    failed.only(*CITATION, "criteria")
    failed_by = failed.cited("criteria", str, "criteria set")
    if failed_by not in sets:
        table.book.fault(f"{failed.where}.criteria", "a criteria set", repr(failed_by))
    scores = table.at("severity-scores")
    return StagingRules(
        failed_by=failed_by,
        maudsley=_rules(table.at("maudsley"), MaudsleyRules),
        thase_rush=_rules(table.at("thase-rush"), ThaseRushRules),
        mgh=_rules(table.at("mgh-s"), MghRules),
        european=_rules(table.at("european"), EuropeanRules),
        severity_scores=tuple(
            (scale, scores.cited_many(scale, int, "points")) for scale, _ in scores.entries() if scale not in CITATION
        ),
        refused=tuple(_refused(name, entry) for name, entry in table.at("refused").entries()),
    )


def _rules(cell: Cell, kind: type[T]) -> T:
    fields = {name: hint for name, hint in get_type_hints(kind).items() if name != "title"}
    cell.only(*CITATION, "title", *fields)
    cell.text("sentence")
    return kind(title=cell.text("title"), **{name: _value(cell, name, hint) for name, hint in fields.items()})


def _value(cell: Cell, name: str, hint: Any) -> Any:
    inner = get_args(hint)
    return cell.cited_many(name, inner[0], UNITS[name]) if inner else cell.cited(name, hint, UNITS[name])


def _refused(name: str, entry: Cell) -> tuple[str, str]:
    entry.only(*CITATION)
    entry.book.check(entry.citation(name), entry.where)
    return name, entry.text("sentence")
