"""The second stage: the patients of one partition are judged, and their rows and resources written."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from fhir_trd.assessment import alarms_of, assess, history_of, verdicts_of
from fhir_trd.engines.orders import Order
from fhir_trd.engines.reading import Partition, Reads
from fhir_trd.engines.scanning import FAULTS_NAMED, Count, counts_of
from fhir_trd.engines.tables import (
    SCHEMAS,
    Row,
    columns_of,
    depression_in,
    flag_rows,
    has_antidepressant,
    trial_rows,
    verdict_rows,
)
from fhir_trd.fhir.decode import Fault
from fhir_trd.fhir.write.lines import WRITTEN, Written, check
from fhir_trd.model.dates import years_at
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import DEPRESSION, PatientRecord
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Assessment
from fhir_trd.sinks.files import write_file

CHECKED_EACH = 500
"""Where a sample passes the strict gate: the first that a process writes, and after it one in so many."""


FHIR = "fhir"
"""The folder of the written resources."""


class Judged(Struct, frozen=True):
    """What became of a partition: how many patients, rows and resources, and the fate of what was read."""

    partition: int
    patients: int
    written: dict[str, int]
    results: dict[str, int]
    counts: tuple[Count, ...]
    faults: tuple[Fault, ...]
    products: tuple[tuple[str, str], ...]
    device: str
    sizes: dict[str, int] = {}
    """How many bytes each of its files has, by the name of the table or of the type."""

    def cut_short(self, output: Path) -> bool:
        """Whether a file is not there as it was written: the machine stopped before it was on the disk."""
        return any(_size_of(path) != size for path, size in self.parts(output).items())

    def parts(self, output: Path) -> dict[Path, int]:
        """Its files, each with its size."""
        return {part_of(output, name, self.partition): size for name, size in self.sizes.items()}


class Sheets:
    """The rows and resources of a partition as they come."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {"verdicts": [], "trials": [], "flags": []}
        self.lines: dict[str, list[bytes]] = {name: [] for name in WRITTEN}
        self.sample: list[Written] = []
        self.device = b""

    def write(self, written: Written) -> None:
        """Take in the resources about one patient."""
        for name, line in written.lines.items():
            self.lines[name].append(line)
        self.device = self.device or written.device_line


class Judge:
    """Judges partitions and writes what it finds below a folder."""

    def __init__(self, reader: Reads, knowledge: Knowledge, order: Order, output: Path) -> None:
        self._reader, self._knowledge, self._order, self._output = reader, knowledge, order, output
        self._silent: dict[tuple[object, ...], list[Row]] = {}
        self._written = count()

    def judge(self, number: int) -> Judged:
        """Judge every patient of a partition, in the order of their references."""
        partition, sheets = self.sheets(number)
        # The first part is always there, so that each table can be opened.
        bodies = {name: table_of(rows, name) for name, rows in sheets.rows.items() if rows or number == 0}
        bodies |= {name: b"".join(lines) for name, lines in sheets.lines.items() if lines}
        for name, body in bodies.items():
            write_file(part_of(self._output, name, number), body, lasting=False)
        return judged_of(number, partition, sheets, {name: len(body) for name, body in bodies.items()})

    def sheets(self, number: int) -> tuple[Partition, Sheets]:
        """What was read of a partition, and the rows and resources about every patient of it."""
        partition, sheets = self._reader.read(number), Sheets()
        for record in partition.records:
            self._note(record, sheets)
        if sheets.sample:
            check(sheets.sample)
        return partition, sheets

    def _note(self, record: PatientRecord, sheets: Sheets) -> None:
        as_of = self._order.day_for(record)
        if is_silent(record):
            rows = self._rows_of_silent(record, as_of)
        elif is_concerned(record):
            rows = self._assessed(record, as_of, sheets)
        else:
            rows = self._rows(record, as_of)
            # Whoever answered that they think of suicide is in danger, whatever else the record tells.
            sheets.rows["flags"].extend(flag_rows(record.patient, as_of, alarms_of(record, as_of, self._knowledge)))
        sheets.rows["verdicts"].extend(rows)

    def _assessed(self, record: PatientRecord, as_of: date, sheets: Sheets) -> list[Row]:
        """The verdicts on a record that tells of depression or its treatment; trials, flags and resources are noted too."""
        order = self._order
        assessment = assess(
            record, self._knowledge, as_of=as_of, criteria=order.criteria, dose_table=order.dose_table, sensitivity=False
        )
        if is_written(assessment):
            sheets.rows["trials"].extend(trial_rows(assessment, self._knowledge.criteria))
            sheets.rows["flags"].extend(flag_rows(record.patient, as_of, assessment.flags))
            written = Written(assessment)
            if self._is_checked(next(self._written)):
                sheets.sample.append(written)
            sheets.write(written)
        return list(verdict_rows(record, as_of, assessment.verdicts))

    def _rows(self, record: PatientRecord, as_of: date) -> list[Row]:
        history = history_of(record, self._knowledge, as_of=as_of, dose_table=self._order.dose_table)
        return list(verdict_rows(record, as_of, verdicts_of(history, self._knowledge, self._order.criteria)))

    def _is_checked(self, number: int) -> bool:
        if self._order.validate == "sample":
            return number % CHECKED_EACH == 0
        return self._order.validate == "all"

    def _rows_of_silent(self, record: PatientRecord, as_of: date) -> list[Row]:
        """The verdicts on a record without anything to judge: they hang on the age alone, and are the same for many."""
        key = _age_of(record, as_of)
        known = self._silent.get(key)
        if known is None:
            known = self._silent[key] = self._rows(record, as_of)
        return [{**row, "patient": record.patient} for row in known]


def is_silent(record: PatientRecord) -> bool:
    """Whether a record holds nothing to judge: no drug, diagnosis, score, answer or treatment that the rules know."""
    return not (record.supplies or record.diagnoses or record.scores or record.answers or record.treatments)


def is_concerned(record: PatientRecord) -> bool:
    """Whether a record tells of depression or of an antidepressant: only then are there trials, flags and resources."""
    return depression_in(record) is not Truth.NO or has_antidepressant(record)


def is_written(assessment: Assessment) -> bool:
    """Whether resources are written: about whoever took an antidepressant or is said to be depressed."""
    history = assessment.history
    return bool(history.trials) or any(one.category == DEPRESSION for one in history.diagnoses)


def part_of(output: Path, name: str, number: int) -> Path:
    """The file of one partition in a table, or of the resources of one type."""
    if name in SCHEMAS:
        return output / name / f"part-{number:05}.parquet"
    return output / FHIR / f"{name}.{number:05}.ndjson"


def table_of(rows: Sequence[Row], name: str) -> bytes:
    """Rows as Parquet. The smaller files of a stronger compression are not worth the time: most of what is written is FHIR."""
    stream = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns_of(rows, name), schema=SCHEMAS[name]), stream, compression="snappy")
    body: bytes = stream.getvalue().to_pybytes()
    return body


def judged_of(number: int, partition: Partition, sheets: Sheets, sizes: dict[str, int]) -> Judged:
    """The account of a partition."""
    results = Counter((row["criteria"], row["result"]) for row in sheets.rows["verdicts"])
    rows = {name: len(rows) for name, rows in sheets.rows.items()}
    lines = {name: len(lines) for name, lines in sheets.lines.items()}
    return Judged(
        partition=number,
        patients=len(partition.records),
        written={**rows, **lines},
        results=dict(sorted((f"{criteria} {result}", many) for (criteria, result), many in results.items())),
        counts=counts_of(partition.fates),
        faults=partition.faults[:FAULTS_NAMED],
        products=tuple(sorted(partition.products)),
        device=sheets.device.decode(),
        sizes=sizes,
    )


def _size_of(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None


def _age_of(record: PatientRecord, as_of: date) -> tuple[object, ...]:
    born, died = record.born, record.died
    ages = (years_at(born.earliest, as_of), years_at(born.latest, as_of), born.earliest > as_of) if born else None
    return ages, died is None, as_of
