"""The ways to judge a folder that must agree, and what came of each."""

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from click.testing import CliRunner
from pyspark.sql import SparkSession

from fhir_trd.cli.main import cli
from fhir_trd.engines import spark_frames
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import Outcome

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_bundles"
TABLES = ("verdicts", "trials", "flags", "ledger")
RESOURCES = ("Observation", "CarePlan", "Provenance", "Device")
DAY = date(2025, 6, 30)
AS_OF = ("--as-of", str(DAY))
MASTER = "local[2]"
ON_SPARK = ("--engine", "spark", "--master", MASTER)


def bulk(folder: Path, output: Path, *options: str, code: int = 0) -> str:
    """What the command says of a run that ends as it should."""
    ended = CliRunner().invoke(cli, ["bulk", str(folder), "-o", str(output), *options])
    assert code == ended.exit_code, ended.output
    return ended.stderr


def framed(spark: SparkSession, folder: Path, output: Path, *, partitions: int = 0, **asked: object) -> Outcome:
    """A run on the files that Spark itself reads."""
    order = Order(folder=str(folder), today=DAY, **({"as_of": DAY} | asked))  # type: ignore[arg-type]
    return spark_frames.run(order, str(output), spark, partitions=partitions, told=lambda _: None)


def rows_in(output: Path, table: str) -> list[str]:
    """The rows of a table, in an order of their own."""
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in pq.read_table(output / table).to_pylist())


def lines_in(output: Path, kind: str) -> list[str]:
    """The written resources of a type, in an order of their own."""
    return sorted(line for file in (output / "fhir").glob(f"{kind}.*.ndjson") for line in file.read_text().splitlines())


def assert_same(one: Path, other: Path) -> None:
    """Both hold the same tables, resources and counts."""
    for table in TABLES:
        assert rows_in(one, table) == rows_in(other, table), table
    for kind in RESOURCES:
        assert lines_in(one, kind) == lines_in(other, kind), kind
    here, there = (json.loads((output / "run.json").read_bytes()) for output in (one, other))
    for key in ("version", "knowledge", "arguments", "patients", "results", "written", "resources"):
        assert here[key] == there[key], key
