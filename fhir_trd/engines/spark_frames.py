"""A population in files that Spark itself reads, wherever they are: lines, documents and Parquet in, tables and resources out."""

from collections.abc import Callable
from itertools import chain

import msgspec
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - so called by everyone who uses Spark

from fhir_trd.engines.judging import FHIR
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import RUN, Outcome, added_up, run_json
from fhir_trd.engines.scanning import FAULTS_NAMED, Count
from fhir_trd.engines.spark import Tables, judged
from fhir_trd.engines.spark_files import Listed, expect_empty, files_in, frame_of, write_lines, write_text
from fhir_trd.engines.tables import LEDGER, SCHEMAS
from fhir_trd.engines.work import stamped
from fhir_trd.fhir.decode import Fault
from fhir_trd.fhir.write.device import DEVICE

WORTH_A_PARTITION = 32 << 20
"""How many bytes of input are worth a partition of patients."""

ONCE = (LEDGER, DEVICE)
"""What is there once for the whole population."""


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
        _write(found, outcome, output)
    finally:
        found.close()
    inputs = [{"name": file.path, "bytes": file.size} for file in files]
    write_text(spark, f"{output}/{RUN}", run_json(order, inputs, outcome))
    return outcome


def _size(files: tuple[Listed, ...]) -> int:
    return sum(file.size for file in files)


def _outcome(found: Tables) -> Outcome:
    """Add everything up."""
    *names, _ = SCHEMAS[LEDGER].names
    late = found.rows[LEDGER].groupBy(*names).agg(F.sum("count").alias("sum")).collect()
    ledger = added_up(
        sum(account.read for account in found.accounts),
        chain(*(account.counts for account in found.accounts), (Count(*row) for row in late)),
        products=sum(account.products for account in found.accounts),
        used=found.products.count(),
    )
    verdicts = found.rows["verdicts"]
    results = verdicts.groupBy("criteria", "result").count().collect()
    device = found.resources[DEVICE].collect()
    return Outcome(
        patients=verdicts.select("patient").distinct().count(),
        results={f"{row['criteria']} {row['result']}": row["count"] for row in sorted(results)},
        written={name: frame.count() for name, frame in sorted({**found.rows, **found.resources}.items()) if name not in ONCE},
        ledger=ledger,
        faults=_faults(found),
        device=f"{device[0][0]}\n" if device else "",
    )


def _faults(found: Tables) -> tuple[Fault, ...]:
    early = [fault for account in found.accounts for fault in account.faults]
    late = [msgspec.json.decode(row[0], type=Fault) for row in found.faults.limit(FAULTS_NAMED).collect()]
    return tuple([*early, *late][:FAULTS_NAMED])


def _write(found: Tables, outcome: Outcome, output: str) -> None:
    for name, frame in found.rows.items():
        if name != LEDGER:
            frame.write.option("compression", "zstd").parquet(f"{output}/{name}")
    for name, frame in found.resources.items():
        write_lines(frame, f"{output}/{FHIR}", name)
    spark = found.products.sparkSession
    counts = outcome.ledger.counts.items()
    rows = [(entry.resource_type, entry.fate.value, entry.reason, count) for entry, count in counts]
    schema = found.rows[LEDGER].schema
    spark.createDataFrame(rows, schema).coalesce(1).write.option("compression", "zstd").parquet(f"{output}/{LEDGER}")
