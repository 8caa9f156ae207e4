"""Every fault that a bulk export is known to meet, each survived or told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from tests.unit.sources.exporting import ids_in, listed, manifest, play_file, play_job, play_kickoff, resource, run


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server."""
    with responses.mock:
        yield


def test_an_export_comes_into_the_folder(tmp_path: Path) -> None:
    """What the server exports lies in the folder, counted by type."""
    play_kickoff()
    play_job((202, {"Retry-After": "1"}, b""), manifest(listed("1", count=2), listed("2", "Patient")))
    play_file("1", resource("Condition", "a") + resource("Condition", "b"))
    play_file("2", resource("Patient", "p"))

    exported = run(tmp_path)

    assert ["Condition/a", "Condition/b", "Patient/p"] == ids_in(tmp_path)
    assert ({"Condition": 2, "Patient": 1}, ()) == (exported.resources, exported.faults)
