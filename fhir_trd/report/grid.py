"""The sensitivity grid as a page, as rows and as JSON."""

from collections.abc import Iterator

from fhir_trd.model.grid import AXES, Cell, SensitivityGrid
from fhir_trd.report.contract_values import Json, Object
from fhir_trd.report.figures import between, number
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone
from fhir_trd.report.sheets import REMINDER
from fhir_trd.report.words import RESULTS

GRID_COLUMNS = ("patient", "as_of", "criteria", *AXES, "own", "result", "needed", "least", "most", "counted")
"""The columns of ``grid --format csv``: the first line of the file. New ones come at the end, none is renamed."""

HEADS = {
    "adequate_days": "Days at dose",
    "dose_table": "Dose table",
    "improvement_below": "Failed below",
    "exposure_gap": "Gap joined",
}
"""The axes as heads of columns."""

UNITS = {"adequate_days": " days", "dose_table": "", "improvement_below": " %", "exposure_gap": " days"}


def grid_page(grid: SensitivityGrid) -> Iterator[Block]:
    """One patient's grid for people: what the set itself says, which axes matter, and a row for each place on those."""
    own = grid.own
    yield Line(f"{grid.patient} as of {grid.as_of.isoformat()}: {grid.criteria} with its numbers changed", Tone.STRONG)
    yield Line(f"as it stands: {RESULTS[own.result]}, {_count(own)} ({', '.join(_told(own, axis) for axis in AXES)})", indent=1)
    for axis in AXES:
        yield Line(f"{HEADS[axis].lower()} ({', '.join(_steps(grid, axis))}): {_effect(grid, axis)}", indent=1)
    if grid.matters:
        yield _table(grid)
    yield Line(REMINDER, Tone.STRONG)
    yield SPACE


def grid_csv_rows(grid: SensitivityGrid) -> Iterator[tuple[str, ...]]:
    """One row a cell, under ``GRID_COLUMNS``; the drugs that surely count are joined by "; "."""
    for cell in grid.cells:
        yield (
            grid.patient,
            grid.as_of.isoformat(),
            grid.criteria,
            *(_bare(cell, axis) for axis in AXES),
            "yes" if cell.own else "no",
            str(cell.result),
            str(cell.needed),
            str(cell.least),
            str(cell.most),
            "; ".join(cell.counted),
        )


def grid_json(grid: SensitivityGrid) -> Object:
    """One patient as ``grid`` gives it: the axes that change an answer, and every cell."""
    matters: list[Json] = list(grid.matters)
    cells: list[Json] = [_cell(cell) for cell in grid.cells]
    return {
        "patient": grid.patient,
        "as_of": grid.as_of.isoformat(),
        "criteria": grid.criteria,
        "matters": matters,
        "cells": cells,
    }


def _cell(cell: Cell) -> Object:
    axes: Object = {axis: cell.at(axis) for axis in AXES}
    return {
        **axes,
        "own": cell.own,
        "result": str(cell.result),
        "needed": cell.needed,
        "least": cell.least,
        "most": cell.most,
        "counted": list(cell.counted),
    }


def _table(grid: SensitivityGrid) -> Block:
    """One row for each place on the axes that matter: along the others the answer is the same."""
    rows: dict[tuple[str, ...], Cell] = {}
    for cell in grid.cells:
        place = tuple(_told(cell, axis) for axis in grid.matters)
        rows[place] = cell if cell.own or place not in rows else rows[place]
    heads = (*(HEADS[axis] for axis in grid.matters), "Answer", "Failed", "Counted", "")
    lines = tuple(
        (*place, RESULTS[cell.result], _count(cell), ", ".join(cell.counted), "as it stands" if cell.own else "")
        for place, cell in rows.items()
    )
    return Grid("", heads, lines, frozenset(heads) - {"Counted"})


def _effect(grid: SensitivityGrid, axis: str) -> str:
    if grid.changed_by(axis, result_only=True):
        return "changes the answer"
    return "changes the count only" if axis in grid.matters else "changes nothing"


def _steps(grid: SensitivityGrid, axis: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_bare(cell, axis) for cell in grid.cells))


def _told(cell: Cell, axis: str) -> str:
    return f"{_bare(cell, axis)}{UNITS[axis]}"


def _bare(cell: Cell, axis: str) -> str:
    value = cell.at(axis)
    return value if isinstance(value, str) else number(value)


def _count(cell: Cell) -> str:
    return f"{between(cell.least, cell.most)} of {cell.needed}"
