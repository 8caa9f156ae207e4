"""The published rules that join records into eras."""

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.eras import EraRule, Goal
from fhir_trd.model.records import Kind

KINDS = tuple(str(kind) for kind in Kind)
GOALS = ("acute", "continuation")


def read_eras(table: Cell) -> dict[str, EraRule]:
    """Every rule by its id."""
    return {name: _rule(name, entry) for name, entry in table.entries()}


def _rule(name: str, entry: Cell) -> EraRule:
    entry.only("sentence", "source", "place", "checked", "reading", "kinds", "longest_gap", "pooled", *GOALS)
    kinds = entry.cited_many("kinds", str, "records")
    for kind in sorted(set(kinds) - set(KINDS)):
        entry.book.fault(f"{entry.where}.kinds", f"one of {', '.join(KINDS)}", repr(kind))
    return EraRule(
        id=name,
        sentence=entry.text("sentence"),
        kinds=kinds,
        longest_gap=entry.cited("longest_gap", int, "days"),
        pooled=entry.cited("pooled", bool, "yes/no"),
        goals={goal: _goal(entry.at(goal)) for goal in GOALS if entry.has(goal)},
    )


def _goal(cell: Cell) -> Goal:
    cell.only("window", "days")
    return Goal(window=cell.cited("window", int, "days"), days=cell.cited("days", int, "days"))
