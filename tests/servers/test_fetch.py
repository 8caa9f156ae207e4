"""What real servers hold comes into a folder whole, and is read there as the record itself is."""

import json
from collections import Counter
from pathlib import Path

from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli
from tests.servers.emitted import CASES
from tests.servers.fhir_server import FhirServer, Resource

CASE = CASES[0]


def test_a_crawl_brings_the_record(hapi: FhirServer, tmp_path: Path) -> None:
    """A search for each type brings what the record holds, and it is judged as the record itself."""
    hapi.expunge()
    hapi.transaction(CASE.sources)

    fetched = _fetch(hapi, tmp_path, "--by", "search", *_patient(CASE.sources))

    assert 0 == fetched.exit_code, fetched.output
    assert _names(entry["resource"] for entry in CASE.sources["entry"]) == _names(_resources(tmp_path))


def _fetch(server: FhirServer, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["fetch", "--server", server.base, "-o", str(folder / "fetched"), *options])


def _patient(bundle: Resource) -> tuple[str, ...]:
    ids = [entry["resource"]["id"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient"]
    return tuple(word for identity in ids for word in ("--patient", identity))


def _resources(folder: Path) -> list[Resource]:
    return [json.loads(line) for file in sorted((folder / "fetched").glob("*.ndjson")) for line in file.read_text().splitlines()]


def _names(resources) -> Counter[str]:
    return Counter(f"{resource['resourceType']}/{resource['id']}" for resource in resources)
