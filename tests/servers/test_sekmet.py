"""SMART Backend Services and bulk export as an independent client and an independent server know them."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.emitted import CASES
from tests.servers.places import LOGS, SMART
from tests.servers.sekmet import EC_CLIENT, RSA_CLIENT, Sekmet

CASE = CASES[0]
TYPES = ("Condition", "Observation", "Patient")
"""Types that the independent client knows; it has no MedicationStatement."""


@pytest.fixture(scope="module")
def loaded(sekmet: Sekmet) -> Sekmet:
    """The server with the first sample on it."""
    sekmet.transaction(CASE.sources)
    return sekmet


@pytest.mark.parametrize("client", [RSA_CLIENT, EC_CLIENT])
def test_an_independent_client_fetches_by_bulk_export(client: str, loaded: Sekmet, tmp_path: Path) -> None:
    """smart-fetch, with the key of either kind of client, gets by $export what was stored."""
    key = loaded.key_of(client)
    where = ("--fhir-url", loaded.base, "--smart-client-id", client, "--smart-key", key)
    options = ("--type", ",".join(TYPES), "--no-default-filters")
    command = [SMART / "bin" / "smart-fetch", "bulk", *where, *options, tmp_path]
    with (LOGS / "smart-fetch.log").open("w") as log:
        subprocess.run([str(word) for word in command], check=True, stdout=log, stderr=log, timeout=120)
    assert _stored(loaded) == sorted(_fetched(tmp_path))


def test_nobody_reads_without_a_token(loaded: Sekmet) -> None:
    """A request without a token is refused with 401."""
    stranger = Sekmet(base=loaded.base)
    assert 401 == stranger.ask("GET", "Patient").status_code


def _stored(server: Sekmet) -> list[str]:
    """What is there of these types, whichever test brought it."""
    return sorted(f"{kind}/{one['id']}" for kind in TYPES for one in server.search(kind))


def _fetched(folder: Path) -> Iterator[str]:
    for file in folder.glob("*.ndjson.gz"):
        resources = (json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines() if line)
        yield from (f"{one['resourceType']}/{one['id']}" for one in resources if one["resourceType"] in TYPES)
