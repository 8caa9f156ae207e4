"""A real server that chooses ids itself has each finding once too: found, updated and taken back by its identifier."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fhir_trd.api import assess, read, write
from fhir_trd.cli.main import cli
from tests.servers.emitted import CASES
from tests.servers.fhir_server import FhirServer, Resource
from tests.servers.hapi import IN_MEMORY, NONE, hapi_on
from tests.servers.places import JAVA_READY, expect_built

SAMPLES = ("two-classes-two-failures--met", "bipolar--excluded")
MARK = "https://fhir-trd.org/ids"


@pytest.fixture(scope="module")
def choosing() -> Iterator[FhirServer]:
    """HAPI FHIR that takes no ids of clients."""
    expect_built(JAVA_READY)
    with hapi_on(IN_MEMORY.replace(":fhir;", ":chosen;"), name="hapi-chosen", client_ids=NONE) as server:
        yield server


def test_a_server_that_chooses_ids_has_each_once(choosing: FhirServer, tmp_path: Path) -> None:
    """The Device shows that our ids are refused; then all is found by identifier, written once, updated and taken back."""
    first, second = (_written(choosing, name, tmp_path) for name in SAMPLES)
    journal = ("--journal", str(tmp_path / "journal.db"))

    created = _run(choosing, first, *journal)
    plain, known = _run(choosing, first), _run(choosing, first, *journal)
    standing = _ours(choosing)

    assert "of 1: 1 created\n" == created.stderr
    assert ("of 1: 1 unchanged\n", "of 1: 1 already written\n") == (plain.stderr, known.stderr)
    assert ["1"] * 4 == [each["meta"]["versionId"] for each in standing]
    assert not {each["id"] for each in standing} & {entry["resource"]["id"] for entry in json.loads(first.read_bytes())["entry"]}
    _expect_linked(standing)

    _edit(first)
    rehearsed, updated = _run(choosing, first, "--dry-run"), _run(choosing, first, *journal)

    assert "Observation.effectiveDateTime" in rehearsed.stdout
    assert "of 1: 1 updated\n" == updated.stderr
    assert {"Observation": "2", "CarePlan": "1", "Device": "1", "Provenance": "1"} == _versions(choosing)

    back, again = (_run(choosing, second, *journal, "--retract") for _ in range(2))

    assert "of 2: 1 created, 1 retracted\n" == back.stderr
    assert "of 1: 1 already written\n" == again.stderr
    marked = {each["resourceType"] for each in _ours(choosing) if each.get("status") == "entered-in-error"}
    assert {"Observation", "CarePlan"} == marked
    assert 3 == len([each for each in _ours(choosing) if each["resourceType"] == "Provenance"])

    assert "of 2: 1 updated, 1 retracted\n" == _run(choosing, first, *journal, "--retract").stderr


def _written(server: FhirServer, name: str, folder: Path) -> Path:
    """What is to be written about a sample, once its record was stored under ids of the server and read back from there."""
    (case,) = (case for case in CASES if case.name == name)
    entries = case.sources["entry"]
    text = json.dumps([entry["resource"] for entry in entries])
    for place, entry in enumerate(entries):
        text = text.replace(f'"{entry["request"]["url"]}"', f'"urn:uuid:00000000-0000-4000-8000-{place:012}"')
    stored = [
        {"fullUrl": f"urn:uuid:00000000-0000-4000-8000-{place:012}", "resource": resource, "request": _post(resource)}
        for place, resource in enumerate(json.loads(text))
    ]
    answer = server.transaction({"resourceType": "Bundle", "type": "transaction", "entry": stored})
    places = [entry["response"]["location"].partition("/_history")[0] for entry in answer["entry"]]
    (patient,) = (place for place in places if place.startswith("Patient/"))
    record = json.dumps(server.get(f"{patient}/$everything?_count=200"))
    file = folder / f"{name}.json"
    file.write_bytes(write(assess(each) for each in read(record.encode()) if each.patient == patient))
    return file


def _post(resource: Resource) -> dict[str, str]:
    resource.pop("id", None)
    return {"method": "POST", "url": resource["resourceType"]}


def _run(server: FhirServer, bundle: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["write-back", str(bundle), "--server", server.base, *options])


def _ours(server: FhirServer) -> list[Resource]:
    """All that we wrote, as an independent reader finds it."""
    kinds = ("Observation", "CarePlan", "Device", "Provenance")
    found = (each for kind in kinds for each in server.search(f"{kind}?_count=50"))
    return [each for each in found if MARK in json.dumps([each.get("identifier"), each["meta"].get("tag")])]


def _versions(server: FhirServer) -> dict[str, str]:
    return {each["resourceType"]: each["meta"]["versionId"] for each in _ours(server)}


def _expect_linked(standing: list[Resource]) -> None:
    """The Provenance and the CarePlan name the others where they stand."""
    places = {f"{each['resourceType']}/{each['id']}" for each in standing}
    (provenance,) = (each for each in standing if each["resourceType"] == "Provenance")
    assert {target["reference"] for target in provenance["target"]} < places
    assert {agent["who"]["reference"] for agent in provenance["agent"]} < places


def _edit(bundle: Path) -> None:
    body = json.loads(bundle.read_bytes())
    for entry in body["entry"]:
        if entry["resource"]["resourceType"] == "Observation":
            entry["resource"]["effectiveDateTime"] = "2031-01-01"
    bundle.write_text(json.dumps(body))
