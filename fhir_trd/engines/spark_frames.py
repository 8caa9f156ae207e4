"""A population in files that Spark itself reads, wherever they are: lines, documents and Parquet in, tables and resources out."""

from collections.abc import Callable

from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from fhir_trd.engines.judging import FHIR
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import RUN, Outcome, added_up, run_json
from fhir_trd.engines.spark import Tables, judged
from fhir_trd.engines.spark_files import Listed, expect_empty, files_in, frame_of, write_lines, write_text
from fhir_trd.engines.tables import LEDGER, SCHEMAS
from fhir_trd.engines.work import stamped
from fhir_trd.fhir.write.device import DEVICE

WORTH_A_PARTITION = 32 << 20
"""How many bytes of input are worth a partition of patients."""

WORTH_A_FILE = 16
"""How many partitions are worth a file of the output, which is far smaller than the input."""


def run(order: Order, output: str, spark: SparkSession, *, partitions: int, told: Callable[[str], None]) -> Outcome:
    """Judge a population: tables, resources and an account of the run end up in the output folder."""
    order = stamped(order)
    expect_empty(spark, output)
    files = files_in(spark, order.folder)
    spread = partitions or max(spark.sparkContext.defaultParallelism, _size(files) // WORTH_A_PARTITION + 1)
    told(f"{len(files)} files, {_size(files) >> 20} MB, patients spread over {spread} partitions")
    found = judged(frame_of(spark, files), order, partitions=spread)
    try:
        outcome = _outcome(found)
        _write(found, outcome, output, spread)
    finally:
        found.close()
    inputs = [{"name": file.path, "bytes": file.size} for file in files]
    write_text(spark, f"{output}/{RUN}", run_json(order, inputs, outcome))
    return outcome


def _size(files: tuple[Listed, ...]) -> int:
    return sum(file.size for file in files)


def _outcome(found: Tables) -> Outcome:
    faults = (fault for account in found.sifted for fault in account.faults)
    return added_up(found.sifted, found.accounts(), lost=(), faults=faults)


def _write(found: Tables, outcome: Outcome, output: str, partitions: int) -> None:
    spark = found.answers.sparkSession
    files = max(spark.sparkContext.defaultParallelism, partitions // WORTH_A_FILE)
    for name, frame in found.rows.items():
        frame.coalesce(files).write.option("compression", "zstd").parquet(f"{output}/{name}")
    for name, frame in found.resources.items():
        write_lines(frame.coalesce(files), f"{output}/{FHIR}", name)
    if outcome.device:
        write_text(spark, f"{output}/{FHIR}/{DEVICE}.{0:05}.ndjson", outcome.device.encode())
    counts = outcome.ledger.counts.items()
    rows = [(entry.resource_type, entry.fate.value, entry.reason, count) for entry, count in counts]
    schema = from_arrow_schema(SCHEMAS[LEDGER])
    spark.createDataFrame(rows, schema).coalesce(1).write.option("compression", "zstd").parquet(f"{output}/{LEDGER}")
