"""The tables that ``bulk`` left behind, read one partition after the other: memory holds the rows of one."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from fhir_trd.engines.outcome import RUN
from fhir_trd.errors import UsageError
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Result

PART = re.compile(r"part-(\d+)\D")
"""How every engine begins the name of a part file: with the number of its partition."""


class Arguments(Struct, frozen=True, kw_only=True):
    """How the run was asked for."""

    folder: str
    as_of: date | None
    today: date | None
    criteria: tuple[str, ...]
    dose_table: str | None
    mappings: Path | None
    check_all: bool
    longest_line: int


class Input(Struct, frozen=True):
    """A file that the run read."""

    name: str
    bytes: int


class Account(Struct, frozen=True, kw_only=True):
    """What run.json says of the run."""

    version: str
    knowledge: str
    arguments: Arguments
    input: tuple[Input, ...]
    patients: int


class Judged(Struct, frozen=True):
    """What one set says of one trial."""

    criteria: str
    answer: Truth


class Asked(Struct, frozen=True):
    """What the conditions of one set say of one trial; None behind the first no."""

    criteria: str
    purpose: Truth | None
    route: Truth | None
    drug: Truth | None
    episode: Truth | None
    duration: Truth | None
    outcome: Truth | None
    adherence: Truth | None


class TrialRow(Struct, frozen=True):
    """What is counted of a row of ``trials``."""

    patient: str
    drug: str
    purpose: str
    adequate_days_least: int
    adequate_days_most: int
    judgements: tuple[Judged, ...]
    conditions: tuple[Asked, ...]


class Found(Struct, frozen=True):
    """What one rule found."""

    rule: str
    truth: Truth


class VerdictRow(Struct, frozen=True):
    """What is counted of a row of ``verdicts``."""

    patient: str
    criteria: str
    result: Result
    depression: Truth
    antidepressant: bool
    findings: tuple[Found, ...]


class Part(Struct, frozen=True):
    """One partition: how often each result was given, the verdicts on whoever is concerned, and their trials by patient."""

    results: Mapping[tuple[str, str], int]
    verdicts: tuple[VerdictRow, ...]
    trials: Mapping[str, Sequence[TrialRow]]


def account_in(folder: Path) -> Account:
    """The account of a finished run."""
    try:
        return msgspec.json.decode((folder / RUN).read_bytes(), type=Account)
    except OSError as error:
        found = "unfinished work" if (folder / ".work").exists() else f"no {RUN}"
        raise UsageError(f"{folder}: found {found}, wanted what a finished `fhir-trd bulk` left behind") from error
    except msgspec.MsgspecError as error:
        raise UsageError(f"{folder / RUN}: found what no `fhir-trd bulk` wrote ({error}), wanted its account") from error


def parts_in(folder: Path) -> Iterator[Part]:
    """Every partition. What a person is told of stands in one partition, of each table in the file of its number."""
    verdicts, trials = _numbered(folder / "verdicts"), _numbered(folder / "trials")
    if not verdicts or not trials.keys() <= verdicts.keys():
        raise UsageError(f"{folder}: found tables that do not belong together, wanted those of one run; run bulk again")
    for number in sorted(verdicts):
        yield _part(verdicts[number], trials.get(number, []))


def _part(verdicts: list[Path], trials: list[Path]) -> Part:
    said, told = _read(verdicts, VerdictRow), _read(trials, TrialRow)
    counted = said.group_by(["criteria", "result"]).aggregate([([], "count_all")]).to_pylist()
    concerned = said.filter(pc.or_(said["antidepressant"], pc.not_equal(said["depression"], Truth.NO.value)))
    by_patient: dict[str, list[TrialRow]] = defaultdict(list)
    for row in msgspec.convert(told.to_pylist(), list[TrialRow]):
        by_patient[row.patient].append(row)
    rows = msgspec.convert(concerned.to_pylist(), tuple[VerdictRow, ...])
    if not by_patient.keys() <= {row.patient for row in rows}:
        raise UsageError(f"{trials[0]}: found trials of people without a verdict beside them; wanted tables of one run")
    return Part({(row["criteria"], row["result"]): row["count_all"] for row in counted}, rows, by_patient)


def _read(paths: list[Path], kind: type[VerdictRow] | type[TrialRow]) -> pa.Table:
    columns = list(kind.__struct_fields__)
    tables = [_columns(path, columns) for path in sorted(paths)]
    return pa.concat_tables(tables) if tables else pa.table({name: pa.nulls(0) for name in columns})


def _columns(path: Path, columns: list[str]) -> pa.Table:
    try:
        found = pq.ParquetFile(path)
        lacking = [name for name in columns if name not in found.schema_arrow.names]
        if not lacking:
            return found.read(columns=columns)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(f"{path}: found no Parquet that can be read, wanted a table of `fhir-trd bulk`; run it again") from error
    raise UsageError(f"{path}: found no column {lacking[0]}, which older versions did not write; run bulk again")


def _numbered(folder: Path) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = defaultdict(list)
    for path in sorted(folder.glob("*.parquet")):
        number = PART.match(path.name)
        if number is not None:
            found[int(number[1])].append(path)
    return dict(found)
