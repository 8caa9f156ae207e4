"""A whole population on Spark: in folders that every machine sees, or in files that only Spark reaches."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from fhir_trd.engines import bulk, spark_frames
from fhir_trd.engines.bulk import Told
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import Outcome
from fhir_trd.engines.spark_files import DELTA, PARQUET
from fhir_trd.engines.spark_hands import Executors
from fhir_trd.engines.spark_session import context_on, session_on

HERE, ELSEWHERE = "file:", "://"


def run(order: Order, output: str, master: str, *, partitions: int, told: Told, said: Callable[[str], None]) -> Outcome:
    """Judge a population: tables, resources and an account of the run end up in the output folder."""
    folder, place = seen(order.folder), seen(output)
    if folder is None or place is None or not folder.exists() or is_of_tables(folder):
        return spark_frames.run(order, output, session_on(master), partitions=partitions, told=said)
    # Another machine works in another folder.
    order = replace(order, folder=str(folder), mappings=order.mappings and order.mappings.absolute())
    return bulk.run(order, place, hands=Executors(partial(context_on, master), place), told=told)


def seen(given: str) -> Path | None:
    """The path on this machine that a path or a URL means; None if it means another file system."""
    path = given.removeprefix(HERE + "//" if given.startswith(HERE + "//") else HERE)
    return None if ELSEWHERE in path else Path(path).absolute()


def is_of_tables(folder: Path) -> bool:
    """Whether there is anything that only Spark reads."""
    return any(path.name == DELTA or path.suffix in PARQUET for path in folder.rglob("*"))
