"""The sensitivity grid: one criteria set with its most disputed numbers changed, each cell judged anew."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from fhir_trd.model.criteria import Parameter
from fhir_trd.model.verdicts import Result

AXES = ("adequate_days", "dose_table", "improvement_below", "exposure_gap")
"""The axes, in the order in which they are shown; each is also the name of a column."""


class Step(Struct, frozen=True):
    """One value on an axis, and the parameters that are moved along with it."""

    value: Parameter
    along: Mapping[str, Parameter] = {}


Axes = Mapping[str, tuple[Step, ...]]
"""The steps of every axis, by its name."""


class Cell(Struct, frozen=True, kw_only=True):
    """What the set says with these numbers. ``own``: they are those of the set itself, and of the tables."""

    adequate_days: int
    dose_table: str
    improvement_below: float
    exposure_gap: int
    own: bool
    result: Result
    needed: int
    least: int
    most: int
    counted: tuple[str, ...]

    def at(self, axis: str) -> int | float | str:
        """Where the cell lies on an axis."""
        places = (self.adequate_days, self.dose_table, self.improvement_below, self.exposure_gap)
        return places[AXES.index(axis)]

    @property
    def answer(self) -> tuple[Result, int, int]:
        """What two cells must share to say the same."""
        return self.result, self.least, self.most


class SensitivityGrid(Struct, frozen=True, kw_only=True):
    """All cells of one patient under one criteria set."""

    patient: str
    as_of: date
    criteria: str
    cells: tuple[Cell, ...]

    @property
    def own(self) -> Cell:
        """The cell with the numbers of the set itself."""
        return next(cell for cell in self.cells if cell.own)

    @property
    def matters(self) -> tuple[str, ...]:
        """The axes along which an answer changes while the others stand still."""
        return tuple(axis for axis in AXES if self.changed_by(axis))

    def changed_by(self, axis: str, *, result_only: bool = False) -> bool:
        """Whether any two cells that differ on this axis alone say something else."""
        answers: dict[tuple[object, ...], set[object]] = {}
        for cell in self.cells:
            rest = tuple(cell.at(other) for other in AXES if other != axis)
            answers.setdefault(rest, set()).add(cell.result if result_only else cell.answer)
        return any(len(found) > 1 for found in answers.values())
