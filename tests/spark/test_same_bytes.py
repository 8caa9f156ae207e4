"""Where all executors see the folders, Spark writes what the local engine writes, byte for byte, and goes on as it does."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyspark.sql import SparkSession

from fhir_trd.cli.main import cli
from fhir_trd.engines.bulk import run
from fhir_trd.engines.orders import Order
from fhir_trd.engines.pieces import plan_for
from fhir_trd.engines.spark_hands import Executors
from fhir_trd.engines.spark_run import seen
from fhir_trd.engines.work import Job, scan, stamped
from fhir_trd.errors import TrdError, UsageError
from tests.spark.running import AS_OF, DAY, MASTER, ON_SPARK, ROOT, SAMPLES, bulk, rows_in
from tests.unit.engines.population import everything_in


def hands(spark: SparkSession, output: Path) -> Executors:
    """The hands of the session that the tests share."""
    return Executors(lambda: spark.sparkContext, output)


def ordered(folder: Path) -> Order:
    """What is asked for in these tests."""
    return Order(folder=str(folder), today=DAY, as_of=DAY)


def begun(folder: Path, output: Path) -> Job:
    """Work that has begun, and of which nothing is done."""
    job, order = Job(output), stamped(ordered(folder))
    job.begin(order, plan_for(order.folder, order.most_bytes))
    return job


def test_an_export_gives_the_same_bytes(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """Every file is the same, the account of the run with its hashes among them, and so is what is said of it."""
    said = bulk(people, tmp_path / "local", *AS_OF)
    spoken = bulk(people, tmp_path / "spark", *AS_OF, *ON_SPARK)
    assert everything_in(tmp_path / "local") == everything_in(tmp_path / "spark")
    assert said.splitlines()[0] in spoken


def test_documents_give_the_same_bytes_as_of_their_own_days(spark: SparkSession, tmp_path: Path) -> None:
    """Bundles, lines and archives among each other are read on executors as they are here."""
    options = ("--criteria", "fda", "--criteria", "consensus")
    bulk(SAMPLES, tmp_path / "local", *options)
    bulk(SAMPLES, tmp_path / "spark", *options, *ON_SPARK)
    assert everything_in(tmp_path / "local") == everything_in(tmp_path / "spark")


def test_damaged_archives_are_counted(spark: SparkSession, damaged: Path, tmp_path: Path) -> None:
    """An archive that breaks off, or is none, costs what it holds and not the run."""
    bulk(damaged, tmp_path / "local", *AS_OF, code=3)
    bulk(damaged, tmp_path / "spark", *AS_OF, *ON_SPARK, code=3)
    assert everything_in(tmp_path / "local") == everything_in(tmp_path / "spark")


@pytest.mark.parametrize("stage", ["scanning", "judging"])
def test_a_run_that_was_cut_off_goes_on(stage: str, spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """What was done before an interruption is not done again, and the bytes are those of an unbroken run."""

    def interrupt(doing: str, *_: int) -> None:
        if doing == stage:
            raise KeyboardInterrupt

    output = tmp_path / "spark"
    with pytest.raises(KeyboardInterrupt):
        run(ordered(people), output, hands=hands(spark, output), told=interrupt)
    # However quickly Spark was, something is left to do.
    (output / ".work" / "judged-00000.json").unlink(missing_ok=True)
    done = {path: path.stat().st_mtime_ns for path in (output / ".work").glob("0*.json")}
    kept: list[bool] = []

    def watch(doing: str, *_: int) -> None:
        if not kept:
            kept.append(all(path.stat().st_mtime_ns == changed for path, changed in done.items()))

    run(ordered(people), output, hands=hands(spark, output), told=watch)
    bulk(people, tmp_path / "local", *AS_OF)
    assert (True, [True]) == (bool(done), kept)
    assert everything_in(tmp_path / "local") == everything_in(output)


def test_executors_that_do_not_see_the_output_are_told(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """Where an executor has no such folder, the run ends with the name of the machine's lack and what helps."""
    elsewhere = hands(spark, tmp_path / "of-another-machine")
    with pytest.raises(UsageError, match=r"of-another-machine: not found on .* mount them on every machine"):
        run(ordered(people), tmp_path / "out", hands=elsewhere, told=lambda *_: None)


def test_executors_that_see_other_files_are_told(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """Where an executor has other files by the same names, they are not taken for those of the driver, nor for faulty ones."""
    shutil.copytree(people, tmp_path / "in")
    job = begun(tmp_path / "in", tmp_path / "out")
    (tmp_path / "in" / "Patient.000.ndjson").write_bytes(b"{}\n")
    with hands(spark, job.output) as there, pytest.raises(UsageError, match=r"Patient\.000\.ndjson: not found on"):
        list(there.do(partial(scan, job), job.plan.pieces))


def test_attempts_at_the_same_work_do_not_meet(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """If a piece is scanned twice at the same time, as Spark does when a machine is slow, all it leaves is whole."""
    job = begun(people, tmp_path / "out")
    with hands(spark, job.output) as there:
        done = sum(there.do(partial(scan, job), [piece for piece in job.plan.pieces for _ in range(2)]))
    first = everything_in(job.work)
    with hands(spark, job.output) as there:
        list(there.do(partial(scan, job), job.plan.pieces))
    assert 2 * job.plan.size == done
    assert first == everything_in(job.work)


def refuse(_: int) -> int:
    """Work that cannot be done, wherever it is tried."""
    raise UsageError("found no room, wanted some")


def stumble(_: int) -> int:
    """Work on which a worker falls down."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("work", "kind", "words"),
    [(refuse, UsageError, "found no room"), (stumble, TrdError, "found a task that failed on Spark .* it goes on")],
)
def test_what_goes_wrong_on_an_executor_is_told_here(
    work: Callable[[int], int], kind: type[TrdError], words: str, spark: SparkSession, people: Path, tmp_path: Path
) -> None:
    """An error of ours arrives as it is; of any other it is said that the run goes on when it is begun again."""
    with hands(spark, begun(people, tmp_path).output) as there, pytest.raises(kind, match=words):
        list(there.do(work, range(3)))


def test_nothing_to_do_is_done(spark: SparkSession, tmp_path: Path) -> None:
    """Without tasks Spark is not asked."""
    with hands(spark, tmp_path) as there:
        assert [] == list(there.do(refuse, []))


def test_what_is_meant_by_a_path() -> None:
    """Plain paths and URLs of files are of this machine; other URLs are not."""
    plain = Path("/data/in")
    given = ("/data/in", "file:/data/in", "file:///data/in", "s3a://data/in", "hdfs://host/in")
    assert [plain, plain, plain, None, None] == [seen(one) for one in given]


def test_spark_submit_runs_it(people: Path, tmp_path: Path) -> None:
    """The script of the how-to page runs under spark-submit."""
    submit = Path(sys.executable).parent / "spark-submit"
    script = ROOT / "docs" / "how-to" / "examples" / "judge_on_spark.py"
    command = [submit, "--master", MASTER, script, "bulk", people, "-o", tmp_path / "out", *AS_OF, "--engine", "spark"]
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False)
    assert 0 == ended.returncode, ended.stderr[-2000:]
    assert 120 == len(rows_in(tmp_path / "out", "verdicts"))


def test_what_cannot_be_judged_is_refused(spark: SparkSession, people: Path, tmp_path: Path) -> None:
    """A folder without FHIR, an output that holds something, and a folder that is not there end with 2 and the remedy."""
    (tmp_path / "empty").mkdir()
    asked = ((tmp_path / "empty", tmp_path / "a"), (people, people), (tmp_path / "none", tmp_path / "b"))
    ended = [CliRunner().invoke(cli, ["bulk", str(one), "-o", str(other), *ON_SPARK]) for one, other in asked]
    assert [2, 2, 2] == [one.exit_code for one in ended]
    words = ("found no FHIR file", "in the output folder, wanted an empty one", "found nothing there")
    assert [True, True, True] == [told in one.stderr for told, one in zip(words, ended, strict=True)]
