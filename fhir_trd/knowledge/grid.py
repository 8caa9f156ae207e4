"""The axes of the sensitivity grid."""

from collections.abc import Mapping

from fhir_trd.knowledge.cells import Cell
from fhir_trd.knowledge.criteria import FAILED_TRIALS
from fhir_trd.knowledge.drugs import DOSE_TABLES
from fhir_trd.model.criteria import Parameter
from fhir_trd.model.grid import AXES, Axes, Step

KINDS: Mapping[str, tuple[type[int | float | str | bool], str]] = {
    "adequate_days": (int, "days"),
    "dose_table": (str, "dose table"),
    "improvement_below": (float, "percent"),
    "exposure_gap": (int, "days"),
}
"""The type and the unit of the values on each axis."""

ALONG: Mapping[str, tuple[str, ...]] = {"improvement_below": ("reason_alone", "stated_partial_fails")}
"""What an axis may move along with its value."""


def read_grid(table: Cell) -> Axes:
    """Every axis with its steps, in the order in which they stand."""
    table.only("about", *AXES)
    return {axis: tuple(_steps(table.at(axis), axis)) for axis in AXES}


def _steps(cell: Cell, axis: str) -> list[Step]:
    cell.text("sentence")
    steps = [_step(step, axis) for name, step in cell.entries() if name != "sentence"]
    values = [step.value.value for step in steps]
    if not steps or len(set(values)) < len(values):
        cell.book.fault(cell.where, "one step or more, each of another value", f"{len(steps)} steps")
    if axis == "dose_table":
        for value in sorted({str(value) for value in values} - set(DOSE_TABLES)):
            cell.book.fault(cell.where, f"one of {', '.join(DOSE_TABLES)}", repr(value))
    return steps


def _step(cell: Cell, axis: str) -> Step:
    names = ALONG.get(axis, ())
    moved = cell.at("with") if cell.has("with") else None
    if moved is not None:
        moved.only(*names)
    along = [] if moved is None else [name for name in names if moved.has(name)]
    return Step(
        value=_parameter(cell, axis, *KINDS[axis], *(("with",) if names else ())),
        along={name: _parameter(moved.at(name), name, *FAILED_TRIALS[name]) for name in along if moved is not None},
    )


def _parameter(cell: Cell, name: str, kind: type[int | float | str | bool], unit: str, *also: str) -> Parameter:
    return cell.parameter(name, cell.cited_value(name, unit, *also).read(kind), unit)
