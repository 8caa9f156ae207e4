"""A cluster of processes of its own, none of which shares anything with the driver but the folders."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark
import pytest

from tests.spark.running import AS_OF, ROOT, bulk
from tests.unit.engines.population import everything_in

HOST = "127.0.0.1"
PATIENCE = 60.0
MAIN = ("-c", "from fhir_trd.cli.main import main; main()")


def environment() -> Mapping[str, str]:
    """That of a machine of the cluster."""
    told = {"SPARK_HOME": str(Path(pyspark.__file__).parent), "SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable}
    return {**os.environ, **told, "PYTHONPATH": str(ROOT)}


@contextmanager
def started(*words: str, at: Path) -> Iterator[None]:
    """A part of the cluster, for as long as it is needed."""
    program = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    with (at / f"{len(words)}.log").open("wb") as log:
        one = subprocess.Popen([program, *words], env=environment(), stdout=log, stderr=log)
        try:
            yield
        finally:
            one.terminate()
            one.wait()


def wait_for(port: int) -> None:
    """Wait until someone listens there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as asking:
            if asking.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A master, and a worker who works in a folder of its own."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    master, place = f"spark://{HOST}:{port}", tmp_path / "worker"
    deployed = "org.apache.spark.deploy"
    with ExitStack() as parts:
        asked = ("--host", HOST, "--port", str(port), "--webui-port", "0")
        parts.enter_context(started(f"{deployed}.master.Master", *asked, at=tmp_path))
        wait_for(port)
        asked = ("--host", HOST, "--webui-port", "0", "--cores", "2", "--memory", "2g", "--work-dir", str(place), master)
        parts.enter_context(started(f"{deployed}.worker.Worker", *asked, at=tmp_path))
        yield master


def test_a_cluster_gives_the_same_bytes(cluster: str, people: Path, tmp_path: Path) -> None:
    """Executors in other processes and other folders, given paths that only hold where the driver stands, find what is meant."""
    given = ["bulk", people.name, "-o", os.path.relpath(tmp_path / "spark", people.parent), *AS_OF]
    command = [sys.executable, *MAIN, *given, "--engine", "spark", "--master", cluster]
    ended = subprocess.run(
        command, cwd=people.parent, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert 0 == ended.returncode, ended.stderr[-2000:]
    bulk(people, tmp_path / "local", *AS_OF)
    assert everything_in(tmp_path / "local") == everything_in(tmp_path / "spark")
