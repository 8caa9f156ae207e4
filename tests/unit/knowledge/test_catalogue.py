"""Every cited value can be listed, shown and found when it is due."""

from datetime import date
from pathlib import Path

import pytest

from fhir_trd.errors import TableError
from fhir_trd.knowledge.catalogue import due, list_entries, show_entry
from fhir_trd.model.criteria import Mark


def test_every_row_is_fully_cited() -> None:
    """No row lacks unit, source, place or check date."""
    rows = list_entries()
    assert [] == [row for row in rows if not (row.unit and row.source and row.place and row.checked)]


def test_rows_are_in_order_and_unique() -> None:
    """The same tables give the same list, each value once."""
    keys = [(row.table, row.entry, row.name) for row in list_entries()]
    assert sorted(set(keys)) == keys


@pytest.mark.parametrize("table", ["drugs", "drugs.toml"])
def test_one_table(table: str) -> None:
    """A table is named with or without its ending."""
    assert {"drugs.toml"} == {row.table for row in list_entries(table)}


def test_a_folder_of_tables() -> None:
    """The criteria sets are listed together or one by one."""
    assert {"criteria/consensus.toml", "criteria/fda.toml"} < {row.table for row in list_entries("criteria")}
    assert {"criteria/fda.toml"} == {row.table for row in list_entries("criteria/fda")}


def test_one_entry() -> None:
    """An entry is shown with the values below it, and with nothing of its neighbours."""
    entries = {row.entry for row in show_entry("Bupropion")}
    assert {"bupropion", "bupropion.brands-for", "bupropion.variants.hydrobromide"} <= entries
    assert not any(entry.startswith("bupropion-") for entry in entries)


def test_one_criteria_set() -> None:
    """A criteria set is shown by its id."""
    shown = {row.name: row.value for row in show_entry("fda")}
    assert ("2", "ingredient", "no") == (shown["trials"], shown["distinct_by"], shown["intolerance_counts"])


def test_a_row_tells_what_is_known() -> None:
    """A dose is shown with unit, mark, source, place and date."""
    row = next(row for row in show_entry("sertraline") if row.name == "mgh-atrq")
    shown = (row.value, row.unit, row.mark, row.source, row.place, row.checked)
    assert ("50", "mg/day", Mark.READ, "mgh-atrq-form-2023", "column Minimum Dose", date(2026, 11, 24)) == shown


def test_what_waits_for_a_clinician() -> None:
    """The list to sign holds exactly the values that need review."""
    rows = due(mark=Mark.NEEDS_REVIEW)
    assert {Mark.NEEDS_REVIEW} == {row.mark for row in rows}
    assert ("dosulepin", "mgh-atrq") in {(row.entry, row.name) for row in rows}


def test_what_was_checked_too_long_ago() -> None:
    """Values checked before a day are due; those checked on it are not."""
    assert () == due(before=date(2026, 11, 24))
    assert len(list_entries()) == len(due(before=date(2026, 11, 25)))


def test_a_faulty_table_is_not_listed(tmp_path: Path) -> None:
    """The catalogue refuses faulty tables as the loader does."""
    (tmp_path / "units.toml").write_text("", encoding="utf-8")
    with pytest.raises(TableError):
        list_entries(overlay=tmp_path)
