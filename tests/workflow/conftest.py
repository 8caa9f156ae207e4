"""Airflow in an environment of its own, and the server that its run writes to."""

from pathlib import Path

import pytest

from tests.servers.conftest import hapi as hapi
from tests.servers.places import expect_built
from tests.workflow.engine import READY, Airflow, airflow_in


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Airflow with the example DAG and an empty database."""
    expect_built(READY, "make test-workflow")
    return airflow_in(tmp_path_factory.mktemp("airflow"))


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A program in the place of fhir-trd that ends as its last word says."""
    program = tmp_path / "fhir-trd"
    program.write_text('#!/bin/sh\nfor word; do last=$word; done\n[ "$last" = kill ] && kill -KILL $$\nexit "$last"\n')
    program.chmod(0o755)
    return program
