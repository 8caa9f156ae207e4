"""The numbers by which a history is built."""

from datetime import date
from typing import Any, get_args, get_type_hints

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.conventions import Conventions

FIELDS = get_type_hints(Conventions)
COUNTS = ("days", "scores", "years", "times")
SHARES = ("share", "percent")
UNITS = {int: COUNTS, float: SHARES, date: ("dates",)}


def read_conventions(table: Cell) -> Conventions:
    """Every convention of the model, each with its sentence and its citation."""
    table.only("about", *FIELDS)
    return Conventions(**{name: _value_of(table.at(name), name, kind) for name, kind in FIELDS.items()})


def _value_of(cell: Cell, name: str, kind: Any) -> Any:
    inner = get_args(kind)[0] if get_args(kind) else kind
    value = cell.cited_value(name, _unit_of(cell, inner), "sentence")
    cell.text("sentence")
    return value.many(inner) if get_args(kind) else value.read(inner)


def _unit_of(cell: Cell, kind: type) -> str:
    found = cell.table.get("unit")
    return found if isinstance(found, str) and found in UNITS[kind] else UNITS[kind][0]
