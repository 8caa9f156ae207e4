"""The published staging models: their points, stages and cut-offs."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_type_hints

from msgspec import Struct

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.scales import Scale
from fhir_trd.model.staging import EctRules, EuropeanRules, MaudsleyRules, MghRules, StagingRules, ThaseRushRules

T = TypeVar("T", bound=Struct)

CODED = ("mild", "moderate", "severe")
"""The severities that codes of diagnoses tell."""
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
MODELS = ("failed-trials", "maudsley", "severity-scores", "thase-rush", "mgh-s", "european", "ect")
"""What is computed; every other entry is a model that is refused, with the reason."""


def read_staging(table: Cell, sets: frozenset[str], scales: Mapping[str, Scale]) -> StagingRules:
    """Every model; the criteria set that says what failed must be one of those that count failed trials."""
    failed = table.at("failed-trials")
    failed.only(*CITATION, "criteria")
    failed_by = failed.cited("criteria", str, "criteria set")
    if failed_by not in sets:
        table.book.fault(f"{failed.where}.criteria", "a criteria set that counts failed trials", repr(failed_by))
    rules = _all_rules(table, failed_by, scales)
    _check_shapes(table, rules)
    return rules


def _all_rules(table: Cell, failed_by: str, scales: Mapping[str, Scale]) -> StagingRules:
    scores = table.at("severity-scores")
    return StagingRules(
        failed_by=failed_by,
        maudsley=_rules(table.at("maudsley"), MaudsleyRules),
        thase_rush=_rules(table.at("thase-rush"), ThaseRushRules),
        mgh=_rules(table.at("mgh-s"), MghRules),
        european=_rules(table.at("european"), EuropeanRules),
        ect=_ect(table.at("ect"), scales),
        severity_scores=tuple(
            (scale, scores.cited_many(scale, int, "points")) for scale, _ in scores.entries() if scale not in CITATION
        ),
        refused=tuple((name, _refused(entry)) for name, entry in table.entries() if name not in MODELS),
    )


def _ect(cell: Cell, scales: Mapping[str, Scale]) -> EctRules:
    cell.only(*CITATION, "remission_within")
    cell.text("sentence")
    return EctRules(
        remission_within=cell.cited("remission_within", int, "days"),
        remission=tuple((name, scale.remission_at_most) for name, scale in scales.items()),
    )


def _rules(cell: Cell, kind: type[T]) -> T:
    fields = {name: hint for name, hint in get_type_hints(kind).items() if name != "title"}
    cell.only(*CITATION, "title", *fields)
    cell.text("sentence")
    return kind(title=cell.text("title"), **{name: _value(cell, name, hint) for name, hint in fields.items()})


def _value(cell: Cell, name: str, hint: Any) -> Any:
    inner = get_args(hint)
    return cell.cited_many(name, inner[0], UNITS[name]) if inner else cell.cited(name, hint, UNITS[name])


def _refused(entry: Cell) -> str:
    entry.only(*CITATION, "refused")
    return entry.cited("refused", str, "reason")


def _check_shapes(table: Cell, rules: StagingRules) -> None:
    """Lists that belong together have one length, limits rise, and every scale that is asked has its cut-offs."""
    maudsley, stages, european = rules.maudsley, rules.thase_rush, rules.european
    cutoffs = dict(rules.severity_scores)
    steps = len(maudsley.severities) - len((maudsley.psychotic,))
    shapes = [
        ("maudsley.band_from", maudsley.band_from, len(maudsley.bands) - 1),
        *((f"severity-scores.{scale}", cutoffs.get(scale, ()), steps - 1) for scale in maudsley.scales),
        ("european.weeks_from", european.weeks_from, len(european.stages)),
        ("thase-rush.classes", stages.classes, len(stages.stages) - 2),
        ("thase-rush.literal_classes", stages.literal_classes, len(stages.stages) - 2),
    ]
    for name, found, wanted in shapes:
        if len(found) != wanted or list(found) != sorted(found):
            table.book.fault(f"{table.where}.{name}", f"{wanted} numbers that rise", f"{len(found)}: {list(found)}")
    if len(stages.needed) != len(stages.classes):
        table.book.fault(f"{table.where}.thase-rush.needed", f"{len(stages.classes)} classes", f"{len(stages.needed)}")
    for word in (*CODED, maudsley.psychotic, maudsley.unrecorded_up_to):
        if word not in maudsley.severities:
            table.book.fault(f"{table.where}.maudsley.severities", f"{word!r} among them", ", ".join(maudsley.severities))
