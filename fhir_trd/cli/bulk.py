"""fhir-trd bulk: whole populations."""

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from fhir_trd.cli import options
from fhir_trd.cli.stages import Stages
from fhir_trd.cli.talk import QUARANTINED, ledger_line, say
from fhir_trd.criteria.evaluate import expect_usable
from fhir_trd.engines.bulk import run
from fhir_trd.engines.hands import Processes
from fhir_trd.engines.orders import LONGEST, VALIDATE, Order
from fhir_trd.engines.outcome import Outcome
from fhir_trd.engines.work import tables
from fhir_trd.errors import UsageError
from fhir_trd.model.issues import Fate
from fhir_trd.model.knowledge import expect_known


@click.command("bulk")
@click.argument("folder", metavar="DIR")
@click.option("-o", "--output", required=True, metavar="DIR", help="An empty folder.")
@options.as_of
@options.criteria
@options.dose_table
@options.mappings
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="How many processes work.")
@click.option(
    "--validate",
    type=click.Choice(VALIDATE),
    default=VALIDATE[0],
    show_default=True,
    help="How many of the written resources pass the strict check of fhir.resources.",
)
@click.option("--check-all", is_flag=True, help="Parse and read every line, also of types and people that can't matter.")
@click.option(
    "--longest-line",
    "longest",
    type=click.IntRange(4),
    default=LONGEST,
    show_default=True,
    metavar="MB",
    help="A line or document longer than this is not read, and counted as faulty.",
)
@click.option(
    "--engine",
    type=click.Choice(("local", "spark")),
    default="local",
    show_default=True,
    help="Work in processes of this machine, or on Spark.",
)
@click.option("--master", default="", metavar="URL", help="Spark's master. Default: that of spark-submit, else this machine.")
@click.option(
    "--partitions",
    type=click.IntRange(1),
    metavar="N",
    help="Over how many partitions Spark spreads the patients where it reads the files itself. Default: by the size.",
)
def command(output: str, workers: int, engine: str, master: str, partitions: int | None, **given: Any) -> int:
    """Judge a whole population: a Bulk Data folder in, tables and FHIR resources out.

    DIR holds NDJSON or Bundles of all resource types in any layout, gzipped or not. What comes out: verdicts/, trials/, flags/
    and ledger/ as Parquet, fhir/ as NDJSON, and run.json, the account of the run. An interrupted run goes on where it stopped
    when the same command is given again.
    """
    order = Order(today=date.today(), **given)
    knowledge = tables(order.mappings)
    for name in order.criteria:
        expect_known("criteria set", name, knowledge.criteria)
        expect_usable(knowledge.criteria[name])
    if order.dose_table is not None:
        expect_known("dose table", order.dose_table, knowledge.dose_tables)
    with Stages() as stages:
        if engine == "spark":
            outcome = _on_spark(order, output, master, partitions or 0, stages)
        else:
            outcome = run(order, Path(output), hands=Processes(workers), told=stages)
    return tell(outcome, output)


def _on_spark(order: Order, output: str, master: str, partitions: int, stages: Stages) -> Outcome:
    """The same work on Spark, which is only loaded here: nobody else has to have it."""
    try:
        spark = import_module("fhir_trd.engines.spark_run")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--engine spark: found no package {error.name}, wanted it beside this program: pip install 'fhir-trd[spark]'"
        ) from error
    outcome: Outcome = spark.run(order, output, master, partitions=partitions, told=stages, said=say)
    return outcome


def tell(outcome: Outcome, output: str) -> int:
    """Say what came of it."""
    say(ledger_line(outcome.ledger))
    for name, count in outcome.results.items():
        say(f"  {count:>9,} {name}")
    say(f"{outcome.patients:,} patients judged; tables and resources are in {output}")
    return QUARANTINED if outcome.ledger.total(Fate.FAULTY) else 0
