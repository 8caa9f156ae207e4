"""The codebook: every column of every table is in it, and the manual says no other."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fhir_trd.engines.research.codebook import TABLES, codebook_rows, columns_of
from fhir_trd.engines.research.files import STUDY_SCHEMAS, write_study
from fhir_trd.engines.research.meanings import MEANINGS
from fhir_trd.engines.research.study import Request, study
from fhir_trd.engines.tables import SCHEMAS
from tests.unit.engines.population import by_type, judged, people

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
FIRST_CELL = re.compile(r"^\| ([^|]+) \|", re.MULTILINE)
NAME = re.compile(r"`([^`]+)`")


@pytest.fixture(name="output", scope="module")
def output_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judged and studied population of forty."""
    folder = tmp_path_factory.mktemp("codebook")
    by_type(folder / "in", people(40))
    judged(folder / "in", folder / "out", criteria=("consensus", "cepeda"))
    found = study(Request(folder / "out", grid=True), folder / "out" / "study", workers=1, told=lambda *_: None)
    write_study(found, codebook_rows(), folder / "out" / "study")
    return folder / "out"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_is_in_the_codebook(table: str) -> None:
    """The columns and fields of a table are those that the codebook explains, in their order, with no other."""
    columns = [name for name, _ in columns_of(TABLES[table])]

    assert columns == [row["column_name"] for row in codebook_rows() if row["table_name"] == table]
    assert sorted(columns) == sorted(MEANINGS[table])


@pytest.mark.parametrize("table", TABLES)
def test_the_manual_names_the_columns_of_the_codebook(table: str) -> None:
    """The chapter of a table has a row for each of its columns, and for nothing that is none."""
    page, head = ("bulk.md", f"### `{table}`") if table in SCHEMAS else ("research.md", f"## {table.capitalize()}")
    chapter = (REFERENCE / page).read_text(encoding="utf-8").partition(f"{head}\n")[2].partition("\n#")[0]
    described = chapter.partition("| column |")[2].partition("\n\n")[0]
    named = [name for cell in FIRST_CELL.findall(described) for name in NAME.findall(cell)]

    assert TABLES[table].names == named


def test_every_row_says_what_the_column_means_and_since_when() -> None:
    """No meaning is empty, each begins in lower case like a definition, and the version is one of ours."""
    rows = codebook_rows()

    assert [] == [row["column_name"] for row in rows if not row["meaning"] or str(row["meaning"])[0].isupper()]
    assert {"0.1.0"} == {row["since"] for row in rows}


def test_what_stands_in_the_tables_is_allowed(output: Path) -> None:
    """No column, and no field of one, that has allowed values holds another."""
    rows = {name: pq.read_table(output / "study" / f"{name}.parquet").to_pylist() for name in STUDY_SCHEMAS}
    rows |= {name: pq.read_table(output / name).to_pylist() for name in SCHEMAS}
    allowed = [row for row in codebook_rows() if row["allowed"]]
    odd = {
        f"{row['table_name']}.{row['column_name']}": values - set(str(row["allowed"]).split("; "))
        for row in allowed
        if (values := set(_values(rows[str(row["table_name"])], str(row["column_name"]))))
    }

    assert {} == {place: values for place, values in odd.items() if values}
    assert {"trials.judgements.answer", "trials.conditions.outcome", "verdicts.findings.truth", "attrition.stage"} <= odd.keys()


def _values(rows: Iterable[Mapping[str, object]], column: str) -> Iterator[object]:
    name, _, inner = column.partition(".")
    for row in rows:
        value = row[name]
        if inner and isinstance(value, list):
            yield from _values(value, inner)
        elif value is not None:
            yield value


@pytest.mark.parametrize("table", STUDY_SCHEMAS)
def test_csv_and_parquet_hold_the_same(output: Path, table: str) -> None:
    """Each table of a study stands there twice: with the same columns and the same cells."""
    rows = pq.read_table(output / "study" / f"{table}.parquet")
    with (output / "study" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        head, *lines = csv.reader(stream)

    assert STUDY_SCHEMAS[table] == rows.schema
    assert rows.column_names == head
    assert [[_told(value) for value in row.values()] for row in rows.to_pylist()] == lines
    assert lines


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def test_a_study_is_the_same_every_time(output: Path, tmp_path: Path) -> None:
    """Counted again, every file has the same bytes."""
    found = study(Request(output, grid=True), tmp_path, workers=1, told=lambda *_: None)
    write_study(found, codebook_rows(), tmp_path)
    names = sorted(f"{name}.{kind}" for name in STUDY_SCHEMAS for kind in ("csv", "parquet"))

    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert [] == [name for name in names if (tmp_path / name).read_bytes() != (output / "study" / name).read_bytes()]


def test_types_are_named_as_in_the_manual() -> None:
    """A list of structs is named as such, and its fields behind a dot."""
    schema = pa.schema([("judged", pa.list_(pa.struct([("answer", pa.string()), ("reasons", pa.list_(pa.string()))])))])

    assert [("judged", "list of struct"), ("judged.answer", "string"), ("judged.reasons", "list of string")] == [
        *columns_of(schema)
    ]
