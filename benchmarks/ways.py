"""The programs that bulk.py compares, as commands on one folder; a peer that is not installed is left out, with a word."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.prepared import write_bundles, write_mentions, write_value_sets

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
PEERS = ROOT / ".venv-peers" / "bin" / "python"
SPARK = ROOT / ".venv-spark" / "bin" / "python"
FQM = ROOT / ".peers" / "fqm"
MAIN = ("-c", "from fhir_trd.cli.main import main; main()")
TOOL = (PYTHON, *MAIN)

PARSE = "orjson.loads, every line"
FEW, FEWER = 1_000, 200
"""The most people that cardinal_pythonlib and fqm-execution get: one's time, the other's memory grow fast."""


@dataclass(frozen=True)
class Task:
    """What is to be gone through: the folder, a place for what is written, the day, and a measure in place of our own."""

    folder: Path
    scratch: Path
    as_of: str
    measure: Path | None = None


def ways_for(task: Task, *, slow: bool = True, only: Sequence[str] = ()) -> Mapping[str, Sequence[str]]:
    """The commands by name; those asked for, and always the one that all are compared with."""
    found: dict[str, Sequence[str]] = {PARSE: (PYTHON, "-m", "benchmarks.peers.parse", str(task.folder))}
    found |= dict(_ours(task)) | dict(_reader(task)) | dict(_judges(task) if slow else ())
    return {name: command for name, command in found.items() if name == PARSE or not only or any(one in name for one in only)}


def _ours(task: Task) -> Iterator[tuple[str, Sequence[str]]]:
    for workers in (1, 2):
        out = str(task.scratch / f"out-{workers}")
        asked = (*TOOL, "bulk", str(task.folder), "-o", out, "--as-of", task.as_of, "--workers", str(workers))
        yield f"fhir-trd bulk, {workers} process{'es' * (workers > 1)}", asked
    if _installed("Spark", SPARK, "test-spark"):
        asked = (str(SPARK), *MAIN, "bulk", str(task.folder), "-o", str(task.scratch / "out-spark"), "--as-of", task.as_of)
        yield "fhir-trd bulk on Spark, one core", (*asked, "--engine", "spark", "--master", "local[1]")
        given = (str(task.folder), str(task.scratch / "out-frames"), task.as_of)
        yield "the same, files read by Spark", (str(SPARK), "-m", "benchmarks.peers.frames", *given)


def _reader(task: Task) -> Iterator[tuple[str, Sequence[str]]]:
    if _installed("duckdb", PEERS):
        yield "duckdb, three columns, one thread", (str(PEERS), "-m", "benchmarks.peers.columns", str(task.folder))


def _judges(task: Task) -> Iterator[tuple[str, Sequence[str]]]:
    table, bundles, sets = (task.scratch / name for name in ("mentions.csv", "bundles.ndjson", "value-sets.json"))
    if _installed("cardinal_pythonlib", PEERS):
        write_mentions(task.folder, table, most=FEW)
        yield "cardinal_pythonlib, from a table", (str(PEERS), "-m", "benchmarks.peers.mentions", str(table))
    if _installed("fqm-execution", FQM / "elm") and shutil.which("node"):
        write_bundles(task.folder, bundles, most=FEWER)
        write_value_sets(sets)
        logic = (str(task.measure),) if task.measure else (str(FQM / "elm"), str(sets))
        name = "fqm-execution, " + ("the measure given" if task.measure else "a small measure")
        yield name, ("node", str(ROOT / "benchmarks/peers/fqm/run.js"), str(bundles), *logic)


def _installed(peer: str, at: Path, target: str = "bench-bulk") -> bool:
    if not at.exists():
        print(f"left out: {peer}, which make {target} installs", file=sys.stderr)
    return at.exists()
