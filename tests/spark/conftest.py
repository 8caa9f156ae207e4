"""What the tests on Spark share: one session, and one invented population."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from benchmarks.exports.folder import export
from benchmarks.exports.people import LEAN
from fhir_trd.engines.spark_session import session_on
from tests.spark.running import MASTER


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


@pytest.fixture(scope="session")
def damaged(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same export, one of its archives broken off in the middle and one not an archive at all."""
    folder = tmp_path_factory.mktemp("exports") / "damaged"
    shutil.copytree(people, folder)
    first, second, *_ = sorted(folder.glob("*.ndjson.gz"))
    first.write_bytes(first.read_bytes()[: first.stat().st_size // 2])
    second.write_bytes(b"\x1f\x8b\x08" + bytes(40))
    return folder
