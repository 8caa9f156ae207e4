"""The axes of the sensitivity grid, read and refused."""

import pytest

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import open_table
from fhir_trd.knowledge.grid import read_grid
from fhir_trd.model.grid import AXES
from tests.factory.judging import knowledge

CITED = 'mark = "read"\nsource = "s"\nplace = "p"\nchecked = 2026-01-01\n'
GOOD = "".join(
    f'[{axis}]\nsentence = "x"\n[{axis}.one]\nvalue = {value}\nunit = "{unit}"\n{CITED}'
    for axis, value, unit in [
        ("adequate_days", 28, "days"),
        ("dose_table", '"label"', "dose table"),
        ("improvement_below", 25, "percent"),
        ("exposure_gap", 30, "days"),
    ]
)

MOVED = "reason_alone, stated_partial_fails"


def faults(text: str) -> list[str]:
    """What is wrong with a table of axes."""
    book = Book(sources=frozenset({"s"}))
    read_grid(open_table("grid.toml", text.encode(), book))
    return book.faults


def test_a_table_with_every_axis_is_read() -> None:
    """A table with one step on each axis has no fault."""
    assert [] == faults(GOOD)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace('"label"', '"ddd"'), "grid.toml.dose_table: expected one of mgh-atrq, label, found 'ddd'"),
        (
            GOOD + f'[exposure_gap.two]\nvalue = 30\nunit = "days"\n{CITED}',
            "grid.toml.exposure_gap: expected one step or more, each of another value, found 2 steps",
        ),
        (
            GOOD + '[improvement_below.one.with]\nscope = "current"\n',
            f"grid.toml.improvement_below.one.with.scope: expected one of {MOVED}, found a key nobody reads",
        ),
        (
            GOOD + "[weeks]\n",
            f"grid.toml.weeks: expected one of about, {', '.join(AXES)}, found a key nobody reads",
        ),
        (
            GOOD.replace('unit = "percent"', 'unit = "points"'),
            "grid.toml.improvement_below.one.unit: expected 'percent', found str 'points'",
        ),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    """An unknown dose table, a step twice, a key nobody reads and a wrong unit are faults, each told in a sentence."""
    assert [fault] == faults(text)


def test_every_shipped_step_is_cited() -> None:
    """Each step of the shipped axes has a source and a place."""
    steps = [step.value for axis in AXES for step in knowledge().grid[axis]]
    assert [] == [step for step in steps if not (step.source and step.place)]
