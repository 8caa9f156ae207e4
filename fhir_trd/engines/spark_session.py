"""Spark itself: that of ``spark-submit``, or one of our own."""

import os
import sys
from collections.abc import Mapping

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

LOCAL = "local"
SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""Set by ``spark-submit``, which knows the master."""

SETTINGS = {"spark.ui.showConsoleProgress": "false", "spark.sql.execution.arrow.maxRecordsPerBatch": "2000"}
LOOPBACK = "127.0.0.1"
HERE = {
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
    "spark.driver.bindAddress": LOOPBACK,
    "spark.driver.host": LOOPBACK,
    "spark.python.unix.domain.socket.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
}
"""On one machine: nobody else listens in, no task waits for a network, and the few sums at the end are not worth two hundred
tasks each."""

BRISK = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
"""On one machine, where Spark does nothing but hand out tasks: it starts in two thirds of the time."""


def session_on(master: str) -> SparkSession:
    """The session of ``spark-submit``, or one of our own: on this machine, unless another master is named."""
    builder = SparkSession.builder.appName("fhir-trd")
    for name, value in _settings(master).items():
        builder = builder.config(name, value)
    return (builder.master(master) if master else builder).getOrCreate()


def context_on(master: str) -> SparkContext:
    """The same without tables, where nothing but tasks is asked of it."""
    asked = SparkConf().setAppName("fhir-trd").setAll([*_settings(master).items()])
    if _is_here(master):
        asked.setAll([*BRISK.items()])
    return SparkContext.getOrCreate(asked.setMaster(master) if master else asked)


def _settings(master: str) -> Mapping[str, str]:
    if not _is_here(master):
        return SETTINGS
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Else executors take the first Python on the path.
    return SETTINGS | HERE


def _is_here(master: str) -> bool:
    """Whether all of it is this machine. Under ``spark-submit`` it is all as was asked for there."""
    named = master or os.environ.get("MASTER") or ("" if SUBMITTED in os.environ else LOCAL)
    return named.partition("[")[0] == LOCAL
