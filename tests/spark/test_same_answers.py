"""Spark gives the answers of the local engine: every table, every resource, every count."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyspark.sql import SparkSession

from benchmarks.exports.folder import export
from benchmarks.exports.people import LEAN
from fhir_trd.cli.main import cli
from fhir_trd.engines.orders import Order
from fhir_trd.engines.spark import judged
from fhir_trd.engines.spark_files import from_table
from fhir_trd.engines.spark_session import session_on

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_bundles"
TABLES = ("verdicts", "trials", "flags", "ledger")
RESOURCES = ("Observation", "CarePlan", "Provenance", "Device")
AS_OF = ("--as-of", "2025-06-30")
MASTER = "local[2]"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A session on this machine."""
    if shutil.which("java") is None:
        reason = "Spark: found no program 'java', wanted Java 17 (Debian: apt-get install openjdk-17-jre-headless)"
        pytest.fail(reason, pytrace=False)
    session = session_on(MASTER)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of invented people in several files of each type, some of them archives, some with names that lie."""
    folder = tmp_path_factory.mktemp("exports") / "people"
    export(folder, patients=120, seed=4, files=3, amount=LEAN)
    return folder


def bulk(folder: Path, output: Path, *options: str) -> str:
    """What the command says of a run that ends as it should."""
    ended = CliRunner().invoke(cli, ["bulk", str(folder), "-o", str(output), *options])
    assert 0 == ended.exit_code, ended.output
    return ended.stderr


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


def test_an_export_is_judged_alike(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """On an export of every resource type both engines write the same rows, resources and counts."""
    said = bulk(people, tmp_path / "local", *AS_OF)
    spoken = bulk(people, tmp_path / "spark", *AS_OF, "--engine", "spark", "--master", MASTER)
    assert_same(tmp_path / "local", tmp_path / "spark")
    assert said.splitlines()[0] in spoken


def test_a_population_is_studied_alike(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """Attrition, shares and grid of a population are the same, whichever engine judged it and however it was spread."""
    bulk(people, tmp_path / "local", *AS_OF)
    bulk(people, tmp_path / "spark", *AS_OF, "--engine", "spark", "--partitions", "3")
    pages = [CliRunner().invoke(cli, ["study", str(tmp_path / name), "--grid"]) for name in ("local", "spark")]
    assert [0, 0] == [page.exit_code for page in pages]
    assert pages[0].stdout == pages[1].stdout
    for table in ("attrition.csv", "prevalence.csv", "grid.csv"):
        assert (tmp_path / "local" / "study" / table).read_bytes() == (tmp_path / "spark" / "study" / table).read_bytes()


def test_documents_are_judged_alike_as_of_their_own_days(spark: SparkSession, tmp_path: Path) -> None:
    """Bundles, lines and archives among each other, each record as of the latest day it states, give the same from both."""
    bulk(SAMPLES, tmp_path / "local", "--criteria", "fda", "--criteria", "consensus")
    options = ("--criteria", "fda", "--criteria", "consensus", "--engine", "spark", "--partitions", "3")
    bulk(SAMPLES, tmp_path / "spark", *options)
    for table in ("verdicts", "trials", "flags"):
        assert rows_in(tmp_path / "local", table) == rows_in(tmp_path / "spark", table)


def test_subjects_named_by_an_identifier_are_found(spark: SparkSession, tmp_path: Path) -> None:
    """A resource that names its patient by an identifier alone counts for that patient, in whichever partition they are."""
    chart = json.loads((SAMPLES / "two-classes-two-failures--met.json").read_text())
    resources = [entry["resource"] for entry in chart["entry"]]
    known = {"system": "urn:example", "value": "7"}
    named = next(one for one in resources if one["resourceType"] == "Patient")
    others = [{"resourceType": "Patient", "id": f"other-{number}"} for number in range(20)]
    for one in resources:
        if "subject" in one:
            one["subject"] = {"identifier": known}
    (tmp_path / "in").mkdir()
    lines = [named | {"identifier": [known]}, *others, *(one for one in resources if one is not named)]
    (tmp_path / "in" / "all.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    bulk(tmp_path / "in", tmp_path / "local", *AS_OF)
    bulk(tmp_path / "in", tmp_path / "spark", *AS_OF, "--engine", "spark", "--partitions", "3")
    assert_same(tmp_path / "local", tmp_path / "spark")
    assert '"result": "met"' in "".join(rows_in(tmp_path / "spark", "verdicts"))


@pytest.mark.parametrize("form", ["json", "typed"])
def test_parquet_gives_what_lines_do(form: str, spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """Resources as JSON in one column, or spread over columns named as in FHIR, are read like lines."""
    for file in people.iterdir():
        lines = spark.read.text(str(file))
        frame = lines if form == "json" else spark.read.json(lines.rdd.map(lambda row: row[0]))
        frame.write.parquet(str(tmp_path / "tables" / file.name.replace(".", "-")))
    bulk(people, tmp_path / "lines", *AS_OF)
    bulk(tmp_path / "tables", tmp_path / "spark", *AS_OF, "--engine", "spark")
    for table in ("verdicts", "trials", "flags"):
        assert rows_in(tmp_path / "lines", table) == rows_in(tmp_path / "spark", table)


def test_a_data_frame_goes_in_and_data_frames_come_out(spark: SparkSession, people: Path) -> None:
    """In a notebook, a DataFrame of resources gives one of verdicts, a row for each person and criteria set."""
    frame = spark.read.text(str(people))
    found = judged(from_table(frame), Order(folder="", today=date(2025, 6, 30), as_of=date(2025, 6, 30)), partitions=2)
    assert 120 == found.rows["verdicts"].select("patient").distinct().count()
    found.close()


def test_spark_submit_runs_it(people: Path, tmp_path: Path) -> None:
    """The script of the how-to page runs under spark-submit."""
    submit = Path(sys.executable).parent / "spark-submit"
    script = ROOT / "docs" / "how-to" / "examples" / "judge_on_spark.py"
    command = [submit, "--master", MASTER, script, "bulk", people, "-o", tmp_path / "out", *AS_OF, "--engine", "spark"]
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False)
    assert 0 == ended.returncode, ended.stderr[-2000:]
    assert 120 == len(rows_in(tmp_path / "out", "verdicts"))


def test_what_cannot_be_judged_is_refused(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """A folder without FHIR, an output that holds something, and the files of a Delta table end with 2 and the remedy."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "delta" / "_delta_log").mkdir(parents=True)
    (tmp_path / "delta" / "_delta_log" / "0.json").write_text("{}")
    asked = ((tmp_path / "empty", tmp_path / "a"), (people, people), (tmp_path / "delta", tmp_path / "b"))
    ended = [CliRunner().invoke(cli, ["bulk", str(one), "-o", str(other), "--engine", "spark"]) for one, other in asked]
    assert [2, 2, 2] == [one.exit_code for one in ended]
    words = ("found no FHIR file", "found files in the output folder", "found a Delta table")
    assert [True, True, True] == [told in one.stderr for told, one in zip(words, ended, strict=True)]
