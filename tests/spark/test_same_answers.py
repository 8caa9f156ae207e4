"""On files that Spark itself reads, it gives the answers of the local engine: every table, every resource, every count."""

import gzip
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyspark.sql import SparkSession

from fhir_trd.cli.main import cli
from fhir_trd.engines.orders import Order
from fhir_trd.engines.spark import judged
from fhir_trd.engines.spark_files import from_table
from fhir_trd.errors import UsageError
from tests.spark.running import AS_OF, ON_SPARK, SAMPLES, assert_same, bulk, framed, rows_in


def test_an_export_is_judged_alike(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """On an export of every resource type both engines write the same rows, resources and counts."""
    bulk(people, tmp_path / "local", *AS_OF)
    framed(spark, people, tmp_path / "spark")
    assert_same(tmp_path / "local", tmp_path / "spark")


def test_a_population_is_studied_alike(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """Attrition, shares and grid of a population are the same, whichever engine judged it and however it was spread."""
    bulk(people, tmp_path / "local", *AS_OF)
    framed(spark, people, tmp_path / "spark", partitions=3)
    pages = [CliRunner().invoke(cli, ["study", str(tmp_path / name), "--grid"]) for name in ("local", "spark")]
    assert [0, 0] == [page.exit_code for page in pages]
    assert pages[0].stdout == pages[1].stdout
    for table in ("attrition.csv", "prevalence.csv", "grid.csv"):
        assert (tmp_path / "local" / "study" / table).read_bytes() == (tmp_path / "spark" / "study" / table).read_bytes()


def test_documents_are_judged_alike_as_of_their_own_days(spark: SparkSession, tmp_path: Path) -> None:
    """Bundles, lines and archives among each other, each record as of the latest day it states, give the same from both."""
    bulk(SAMPLES, tmp_path / "local", "--criteria", "fda", "--criteria", "consensus")
    framed(spark, SAMPLES, tmp_path / "spark", partitions=3, as_of=None, criteria=("fda", "consensus"))
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
    framed(spark, tmp_path / "in", tmp_path / "spark", partitions=3)
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
    bulk(tmp_path / "tables", tmp_path / "spark", *AS_OF, *ON_SPARK)
    for table in ("verdicts", "trials", "flags"):
        assert rows_in(tmp_path / "lines", table) == rows_in(tmp_path / "spark", table)


def test_a_data_frame_goes_in_and_data_frames_come_out(spark: SparkSession, people: Path) -> None:
    """In a notebook, a DataFrame of resources gives one of verdicts, a row for each person and criteria set."""
    frame = spark.read.text(str(people))
    found = judged(from_table(frame), Order(folder="", today=date(2025, 6, 30), as_of=date(2025, 6, 30)), partitions=2)
    assert 120 == found.rows["verdicts"].select("patient").distinct().count()
    found.close()


def test_what_spark_cannot_read_is_refused(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """A folder without FHIR, an output that holds something, and the files of a Delta table end with the remedy."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "delta" / "_delta_log").mkdir(parents=True)
    (tmp_path / "delta" / "_delta_log" / "0.json").write_text("{}")
    for folder, output, words in (
        (tmp_path / "empty", tmp_path / "a", "found no FHIR file"),
        (people, people, "found files in the output folder"),
        (tmp_path / "delta", tmp_path / "b", "found a Delta table"),
    ):
        with pytest.raises(UsageError, match=words):
            framed(spark, folder, output)


def test_damaged_archives_are_counted(spark: SparkSession, damaged: Path, tmp_path: Path) -> None:
    """An archive that breaks off, or is none, costs what it holds and not the run; documents in archives too."""
    whole = gzip.compress((SAMPLES / "two-classes-two-failures--met.json").read_bytes())
    shutil.copytree(damaged, tmp_path / "in")
    (tmp_path / "in" / "chart.json.gz").write_bytes(whole[: len(whole) // 2])
    bulk(tmp_path / "in", tmp_path / "local", *AS_OF, code=3)
    framed(spark, tmp_path / "in", tmp_path / "spark")
    assert_same(tmp_path / "local", tmp_path / "spark")
