"""What the tests of the sinks share: a server in memory, and what convert writes for a sample."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_trd.api import assess, read, write
from tests.unit.sinks.ehr import Ehr
from tests.unit.transport.playing import answered_by

SAMPLES = Path(__file__).parents[3] / "sample_bundles"


@pytest.fixture
def ehr() -> Iterator[Ehr]:
    """The server at the address that the tests write to."""
    there = Ehr()
    with answered_by(there.answer):
        yield there


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What convert writes for a sample."""
    return _converted("two-classes-two-failures--met", tmp_path / "bundle.json")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """What convert writes for another patient: the first one is no longer among the findings."""
    return _converted("bipolar--excluded", tmp_path / "other.json")


def _converted(sample: str, file: Path) -> Path:
    body = (SAMPLES / f"{sample}.json").read_bytes()
    file.write_bytes(write(assess(record) for record in read(body)))
    return file
