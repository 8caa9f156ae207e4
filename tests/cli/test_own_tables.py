"""A user's own tables are read as strictly as ours: whatever is wrong is named, table by table, and nothing is judged."""

from pathlib import Path

import pytest

from tests.cli.running import MET, run
from tests.factory.tables import MAPPINGS, Spoil, sheets, spoil_all, spoil_sheets, tables, write

MARKS = "one of read, recalled, needs-review, our-choice"


def told(folder: Path) -> list[str]:
    """What a check of a folder says on stderr, one fault a line; the call ends with code 4."""
    ran = run("mappings", "check", "--mappings", folder)
    assert (4, "") == (ran.exit_code, ran.stdout)
    return [line.removeprefix("fhir-trd: ").strip() for line in ran.stderr.splitlines()]


def without(key: str) -> Spoil:
    """A fault: the value has lost a key."""
    return lambda cell: cell.pop(key)


def with_(key: str, value: object) -> Spoil:
    """A fault: the value has this under a key."""
    return lambda cell: cell.update({key: value})


FAULTS = {
    "an unknown key": (with_("because", "so"), ".because: expected one of value, unit, mark, source, place, checked, reading"),
    "no unit": (without("unit"), ".unit: expected "),
    "no mark": (without("mark"), f".mark: expected {MARKS}, found nothing"),
    "an unknown mark": (with_("mark", "sure"), f".mark: expected {MARKS}, found 'sure'"),
    "a source nobody described": (with_("source", "hearsay"), ".source: expected a key of sources.toml, found 'hearsay'"),
    "a place that is none": (with_("place", 7), ".place: expected where in the source it stands, found 7"),
    "a check date that is none": (with_("checked", "2026"), ".checked: expected a date, found '2026'"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_in_any_table_is_named(kind: str, tmp_path: Path) -> None:
    """The first value of every table is spoilt in one way: one message names each of them, with what was wanted."""
    spoil, sentence = FAULTS[kind]
    spoilt = spoil_all(tmp_path, spoil)
    faults = told(tmp_path)

    assert [] == [table for table, where in spoilt.items() if not any(line.startswith(where + sentence) for line in faults)]


@pytest.mark.parametrize("kind", ["a table", "a list of tables"])
def test_a_value_of_the_wrong_kind_is_named(kind: str, tmp_path: Path) -> None:
    """A value that is a table, or a list of tables, is never what was wanted."""
    inner: object = {"a": 1} if kind == "a table" else [{"a": 1}]
    spoilt = spoil_all(tmp_path, with_("value", inner))
    faults = told(tmp_path)

    assert [] == [table for table, where in spoilt.items() if not any(line.startswith(f"{where}.value") for line in faults)]


def test_every_table_in_toml_is_tried() -> None:
    """No table with cited values escapes these tests."""
    assert {path.name for path in MAPPINGS.glob("*.toml")} - {"sources.toml"} <= set(tables())


HEADERS = [
    ("# source:", "# source: hearsay", ".source: expected a key of sources.toml, found 'hearsay'"),
    ("# source:", "# sauce: loinc", ".source: expected a line '# source: …' in the header, found nothing"),
    ("# checked:", "# checked: lately", ".checked: expected a date, found 'lately'"),
    ("# unit:", "# union: points", ".unit: expected a line '# unit: …' in the header, found nothing"),
]


@pytest.mark.parametrize(("line", "new", "sentence"), HEADERS)
def test_a_fault_in_the_header_of_any_sheet_is_named(line: str, new: str, sentence: str, tmp_path: Path) -> None:
    """A sheet without source, check date or unit, or with a source nobody described, is refused."""
    spoilt = spoil_sheets(tmp_path, line, new)
    faults = told(tmp_path)

    assert [] == [f"{name}{sentence}" for name in spoilt if f"{name}{sentence}" not in faults]


@pytest.mark.parametrize("name", sheets())
def test_a_renamed_column_of_any_sheet_is_named(name: str, tmp_path: Path) -> None:
    """A sheet whose first column is called something else is refused with the columns that were wanted."""
    lines = (MAPPINGS / name).read_text(encoding="utf-8").splitlines()
    heads = next(line for line in lines if not line.startswith("# "))
    write(tmp_path, name, "\n".join([*(f"x{line}" if line == heads else line for line in lines), ""]))

    wanted, found = heads.replace(",", ", "), f"x{heads}".replace(",", ", ")
    assert f"{name}: expected the columns {wanted}, found {found}" in told(tmp_path)


@pytest.mark.parametrize("name", ["fda.tml", "drugs.yaml", "criterion/fda.toml", "drugs.TOML", "scales.toml.bak"])
def test_a_file_that_nobody_reads_is_named(name: str, tmp_path: Path) -> None:
    """A table under a name, an ending or a folder that nobody reads would be knowledge lost in silence."""
    write(tmp_path, name, "")
    (fault,) = told(tmp_path)

    assert fault.startswith(f"{name}: expected criteria/….toml, or one of adherence.csv, ")
    assert fault.endswith("found a table nobody reads")


def test_words_for_people_may_lie_beside_tables(tmp_path: Path) -> None:
    """A README, and what is hidden, are no tables."""
    write(tmp_path, "README.md", "why we changed the doses")
    write(tmp_path, ".gitignore", "*.bak")

    assert 0 == run("mappings", "check", "--mappings", tmp_path).exit_code


def test_faulty_tables_judge_nobody(tmp_path: Path) -> None:
    """A fault in one table is enough: no verdict is given with the rest."""
    write(tmp_path, "criteria/mine.toml", '[about]\nid = "mine"\n')

    ran = run("evaluate", MET, "--mappings", tmp_path)

    assert (4, "") == (ran.exit_code, ran.stdout)


def test_a_set_of_ones_own_is_judged(tmp_path: Path) -> None:
    """A criteria set in a folder of one's own is listed, and evaluated by its id."""
    text = (MAPPINGS / "criteria" / "fda.toml").read_text(encoding="utf-8")
    write(tmp_path, "criteria/mine.toml", text.replace('id = "fda"', 'id = "mine"').replace('group = "regulatory"\n', ""))

    ran = run("evaluate", MET, "--mappings", tmp_path, "--criteria", "mine", "--format", "json")

    assert (0, True) == (ran.exit_code, '"criteria":"mine","result":"met"' in ran.stdout.replace(": ", ":").replace(", ", ","))


def test_a_group_nobody_knows_is_refused(tmp_path: Path) -> None:
    """The group of a set is one of a few words, or left out."""
    text = (MAPPINGS / "criteria" / "fda.toml").read_text(encoding="utf-8")
    write(tmp_path, "criteria/fda.toml", text.replace('group = "regulatory"', 'group = "agency"'))

    wanted = "one of clinical, regulatory, payer, medicare, algorithm"
    assert [f"criteria/fda.toml.about.group: expected {wanted}, found 'agency'"] == told(tmp_path)
