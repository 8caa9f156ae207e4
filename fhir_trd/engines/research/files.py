"""The tables of a study: their columns, and the files they are written to, each as CSV and as Parquet."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fhir_trd.engines.tables import Row
from fhir_trd.model.study import CellCount, Published, Share, Step, Study
from fhir_trd.sinks.files import write_file

_TEXT, _COUNT, _PEOPLE, _PERCENT, _DAY = pa.string(), pa.int32(), pa.int64(), pa.float64(), pa.date32()
FOUND, PUBLISHED = "found", "published"
"""Whether a share was counted here or stands in a paper."""

STUDY_SCHEMAS: Mapping[str, pa.Schema] = {
    "attrition": pa.schema([
        ("criteria", _TEXT), ("step", _COUNT), ("stage", _TEXT), ("rule", _TEXT), ("says", _TEXT), ("surely", _PEOPLE),
        ("possibly", _PEOPLE), ("in_doubt", _PEOPLE), ("removed", _PEOPLE), ("enough_surely", _PEOPLE),
        ("enough_possibly", _PEOPLE),
    ]),
    "prevalence": pa.schema([
        ("kind", _TEXT), ("criteria", _TEXT), ("setting", _TEXT), ("among", _TEXT), ("people", _PEOPLE), ("excluded", _PEOPLE),
        ("met", _PEOPLE), ("indeterminate", _PEOPLE), ("percent_least", _PERCENT), ("percent_most", _PERCENT),
        ("source", _TEXT), ("place", _TEXT), ("mark", _TEXT), ("checked", _DAY),
    ]),
    "grid": pa.schema([
        ("criteria", _TEXT), ("adequate_days", _COUNT), ("dose_table", _TEXT), ("improvement_below", _PERCENT),
        ("exposure_gap", _COUNT), ("own", pa.bool_()), ("people", _PEOPLE), ("met", _PEOPLE), ("not_met", _PEOPLE),
        ("indeterminate", _PEOPLE), ("excluded", _PEOPLE),
    ]),
    "codebook": pa.schema([
        ("table_name", _TEXT), ("column_name", _TEXT), ("type", _TEXT), ("unit", _TEXT), ("allowed", _TEXT), ("meaning", _TEXT),
        ("since", _TEXT),
    ]),
}  # fmt: skip
"""The tables and their columns: new ones come at the end, none is renamed. No name is a word of SQL."""


def write_study(found: Study, codebook: Sequence[Row], folder: Path) -> None:
    """Write every table of a study below a folder."""
    prevalence = [*map(_share_row, found.shares), *map(_published_row, found.prevalence.shares)]
    rows = {"attrition": [*map(_step_row, found.steps)], "prevalence": prevalence, "codebook": codebook}
    if found.cells:
        rows["grid"] = [*map(_cell_row, found.cells)]
    for name, each in rows.items():
        write_file(folder / f"{name}.csv", _csv(STUDY_SCHEMAS[name].names, each))
        write_file(folder / f"{name}.parquet", _parquet(STUDY_SCHEMAS[name], each))


def _csv(names: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    match value:
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case _:
            return value


def _parquet(schema: pa.Schema, rows: Sequence[Row]) -> bytes:
    body = pa.BufferOutputStream()
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in schema]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), body, compression="zstd")
    return bytes(body.getvalue().to_pybytes())


def _step_row(step: Step) -> Row:
    return {
        "criteria": step.criteria,
        "step": step.step,
        "stage": step.stage,
        "rule": step.rule or None,
        "says": step.says,
        "surely": step.surely,
        "possibly": step.possibly,
        "in_doubt": step.in_doubt,
        "removed": step.removed,
        "enough_surely": step.enough_surely,
        "enough_possibly": step.enough_possibly,
    }


def _share_row(share: Share) -> Row:
    return {
        "kind": FOUND,
        "criteria": share.criteria,
        "setting": None,
        "among": share.among,
        "people": share.people,
        "excluded": share.excluded,
        "met": share.met,
        "indeterminate": share.indeterminate,
        "percent_least": share.least,
        "percent_most": share.most,
        **dict.fromkeys(("source", "place", "mark", "checked")),
    }


def _published_row(share: Published) -> Row:
    cited = share.least
    return {
        "kind": PUBLISHED,
        "criteria": share.criteria or None,
        "setting": share.where,
        "among": share.among,
        **dict.fromkeys(("people", "excluded", "met", "indeterminate")),
        "percent_least": share.lowest,
        "percent_most": share.highest,
        "source": cited.source,
        "place": cited.place,
        "mark": str(cited.mark),
        "checked": cited.checked,
    }


def _cell_row(cell: CellCount) -> Row:
    return {name: getattr(cell, name) for name in STUDY_SCHEMAS["grid"].names}
