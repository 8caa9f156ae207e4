"""Tables as ``bulk`` writes them, made by hand: a line for each person and each trial."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fhir_trd.criteria.conditions import CONDITIONS
from fhir_trd.engines.tables import SCHEMAS, Row
from tests.factory.judging import knowledge

AS_OF = date(2024, 12, 31)
YES = dict.fromkeys(CONDITIONS, "yes")
"""A trial of which every condition holds."""


def verdict(patient: str, result: str, *, depression: str = "yes", antidepressant: bool = True, **findings: str) -> Row:
    """The verdict of ``consensus`` on someone; both rules hold unless something else is said of them."""
    found = {"failed_trials": "yes", "excluding_diagnoses": "yes", **findings}
    return {
        "patient": patient,
        "criteria": "consensus",
        "result": result,
        "depression": depression,
        "antidepressant": antidepressant,
        "findings": [{"rule": rule.replace("_", "-"), "truth": truth} for rule, truth in found.items()],
    }


def trial(
    patient: str,
    taken: str = "sertraline",
    answer: str = "yes",
    *,
    days: tuple[int, int] = (60, 60),
    taken_for: str = "depression",
    **asked: str | None,
) -> Row:
    """A trial that counts, unless a condition is said to be otherwise."""
    return {
        "patient": patient,
        "drug": taken,
        "purpose": taken_for,
        "adequate_days_least": days[0],
        "adequate_days_most": days[1],
        "judgements": [{"criteria": "consensus", "answer": answer, "reasons": []}],
        "conditions": [{"criteria": "consensus", **YES, **asked}],
    }


def refused(
    patient: str, at: str, taken: str = "sertraline", *, days: tuple[int, int] = (60, 60), taken_for: str = "depression"
) -> Row:
    """A trial to which this condition says no: nothing behind it was asked."""
    place = CONDITIONS.index(at)
    asked = {name: "no" if name == at else None for name in CONDITIONS[place:]}
    return trial(patient, taken, "no", days=days, taken_for=taken_for, **asked)


def write(folder: Path, verdicts: Iterable[Row], trials: Iterable[Row] = (), *, number: int = 0, **more: object) -> Path:
    """One partition below a folder, and the account of a run of it."""
    tables = {"verdicts": list(verdicts), "trials": list(trials)}
    for name, rows in tables.items():
        _table(rows, name, folder / name / f"part-{number:05}.parquet")
    asked = {"folder": "in", "as_of": AS_OF.isoformat(), "today": None, "criteria": ["consensus"], "dose_table": None,
             "mappings": None, "check_all": False, "longest_line": 64}  # fmt: skip
    account = {"version": "0", "knowledge": knowledge().digest, "arguments": asked, "input": [],
               "patients": len({row["patient"] for row in tables["verdicts"]}), **more}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(account), encoding="utf-8")
    return folder


def _table(rows: Iterable[Mapping[str, object]], name: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = list(rows)
    columns = [pa.array([row.get(field.name) for row in listed], field.type) for field in SCHEMAS[name]]
    pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMAS[name]), path)
