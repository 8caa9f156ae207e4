"""The tables: their columns bear the names of the contract, and the manual names them all."""

from pathlib import Path

import pytest

from fhir_trd.engines.tables import SCHEMAS
from fhir_trd.report.contract import HISTORY_COLUMNS

MANUAL = (Path(__file__).parents[3] / "docs" / "reference" / "bulk.md").read_text(encoding="utf-8")


def test_trials_have_the_columns_of_history_in_their_order() -> None:
    """The table of trials begins with the columns that history writes as CSV."""
    assert list(HISTORY_COLUMNS) == SCHEMAS["trials"].names[: len(HISTORY_COLUMNS)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_column_stands_in_the_manual(name: str) -> None:
    """The manual describes each column of each table."""
    chapter = MANUAL.partition(f"### `{name}`")[2].partition("\n#")[0]

    assert [] == [column for column in SCHEMAS[name].names if f"`{column}`" not in chapter]


def test_the_tables_are_these() -> None:
    """A table is never taken away."""
    assert ["verdicts", "trials", "flags", "ledger"] == list(SCHEMAS)
