"""The programs that bulk.py compares, as commands on one folder; a peer that is not installed is left out, with a word."""

import csv
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from fhir_trd.cli.main import COMMANDS
from fhir_trd.fhir.read.records import read_records
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.records import Supply
from fhir_trd.sources.inputs import resources_in

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
PEERS = ROOT / ".venv-peers" / "bin" / "python"
FQM = ROOT / ".peers" / "fqm"
TOOL = (PYTHON, "-c", "from fhir_trd.cli.main import main; main()")

PARSE = "orjson.loads, every line"
FOUR_WEEKS = timedelta(weeks=4)
FEW = 1_000
"""The most people a slow peer gets: its time grows faster than their number."""


def ways_for(
    folder: Path, scratch: Path, *, as_of: str, slow: bool = True, only: Sequence[str] = ()
) -> Mapping[str, Sequence[str]]:
    """The commands by name; those asked for, and always the one that all are compared with."""
    found: dict[str, Sequence[str]] = {PARSE: (PYTHON, "-m", "benchmarks.peers.parse", str(folder))}
    found |= dict(_ours(folder, scratch, as_of)) | dict(_reader(folder)) | dict(_judges(folder, scratch) if slow else ())
    return {name: command for name, command in found.items() if name == PARSE or not only or any(one in name for one in only)}


def _ours(folder: Path, scratch: Path, as_of: str) -> Iterator[tuple[str, Sequence[str]]]:
    if "bulk" not in COMMANDS:
        yield "fhir-trd evaluate", (*TOOL, "evaluate", "--format", "json", "--as-of", as_of, str(folder))
        return
    for workers in (1, 2):
        out = str(scratch / f"out-{workers}")
        asked = (*TOOL, "bulk", str(folder), "-o", out, "--as-of", as_of, "--workers", str(workers))
        yield f"fhir-trd bulk, {workers} process{'es' * (workers > 1)}", asked


def _reader(folder: Path) -> Iterator[tuple[str, Sequence[str]]]:
    if _installed("duckdb", PEERS):
        yield "duckdb, three columns, one thread", (str(PEERS), "-m", "benchmarks.peers.columns", str(folder))


def _judges(folder: Path, scratch: Path) -> Iterator[tuple[str, Sequence[str]]]:
    table = scratch / "mentions.csv"
    if _installed("cardinal_pythonlib", PEERS):
        write_mentions(folder, table)
        yield "cardinal_pythonlib, from a table", (str(PEERS), "-m", "benchmarks.peers.mentions", str(table))
    if _installed("fqm-execution", FQM / "run.js") and shutil.which("node"):
        yield "fqm-execution", ("node", str(FQM / "run.js"), str(folder), str(FEW))


def _installed(peer: str, at: Path) -> bool:
    if not at.exists():
        print(f"left out: {peer}, which make bench-bulk installs", file=sys.stderr)
    return at.exists()


def write_mentions(folder: Path, table: Path) -> None:
    """The table of the mentions of antidepressants that cardinal_pythonlib wants, for few people; not timed."""
    known = load_knowledge()
    reading = read_records(resources_in([str(folder)], BytesIO()), known)
    treated = [record for record in reading.records if record.supplies][:FEW]
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("patient_id", "drug", "date"))
        for record in treated:
            days = {(use.drug.name, day) for use in record.supplies for day in _days(use)}
            rows.writerows((record.patient, drug, day) for drug, day in sorted(days))


def _days(use: Supply) -> Iterator[str]:
    """The days on which the drug was mentioned: the first of a course, and every fourth week of it."""
    for step in use.steps:
        day, last = step.start.earliest, step.end.earliest if step.end else step.start.earliest
        while day <= last:
            yield day.isoformat()
            day += FOUR_WEEKS
