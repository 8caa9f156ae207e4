"""Bulk export from real servers, with an independent client beside us: it must get the same."""

import gzip
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_trd.cli.main import cli
from fhir_trd.cli.server_options import ServerOptions, server_for
from fhir_trd.errors import UsageError
from fhir_trd.sources.folder import JOURNAL, Folder
from fhir_trd.sources.server.export import NOBODY, Exported, Watch, export
from fhir_trd.sources.server.export_kickoff import ExportScope
from fhir_trd.transport.server import Server
from fhir_trd.transport.world import World
from tests.servers.emitted import CASES
from tests.servers.fhir_server import FhirServer, Resource
from tests.servers.places import LOGS, SMART
from tests.servers.sekmet import EC_CLIENT, RSA_CLIENT, Sekmet

IMPATIENT = World(sleep=lambda seconds: time.sleep(min(seconds, 0.5)))
"""HAPI asks to wait two minutes for what takes it two seconds."""

TYPES = ("Condition", "Observation", "Patient")
"""Types that the independent client knows; it has no MedicationStatement."""

ALL = ("Condition", "MedicationRequest", "MedicationStatement", "Observation", "Patient")
CASE, OTHER = CASES[0], CASES[1]
GROUP = "export-members"


@pytest.fixture(scope="module")
def hospital(hapi: FhirServer) -> FhirServer:
    """HAPI with the patients of two samples on it; one of them is in a group."""
    hapi.expunge()
    for case in (CASE, OTHER):
        hapi.transaction(case.sources)
    hapi.put(_group(_patients(CASE.sources)))
    return hapi


@pytest.fixture(scope="module")
def guarded(sekmet: Sekmet) -> Sekmet:
    """sekmet-fhir with the first sample on it."""
    sekmet.transaction(CASE.sources)
    sekmet.put(_group(_patients(CASE.sources)))
    return sekmet


@pytest.mark.parametrize("level", ["system", "patient"])
def test_hapi_exports_what_was_stored(level: str, hospital: FhirServer, tmp_path: Path) -> None:
    """From HAPI, everything and all patients come as they are stored, each resource once."""
    exported = _export(Server(hospital.base, world=IMPATIENT), tmp_path, ExportScope(level=level, types=ALL))

    assert _stored(hospital, ALL) == _in_folder(tmp_path)
    assert () == exported.faults


def test_hapi_exports_a_group(hospital: FhirServer, tmp_path: Path) -> None:
    """From HAPI, a group comes as its members' resources, and nobody else's."""
    _export(Server(hospital.base, world=IMPATIENT), tmp_path, ExportScope(level="group", group=GROUP, types=ALL))

    assert sorted(_names(CASE.sources)) == [name for name, _ in _in_folder(tmp_path)]


def test_hapi_exports_nothing_where_nothing_changed(hospital: FhirServer, tmp_path: Path) -> None:
    """From HAPI, everything that changed since a day to come is no file at all, which is a result."""
    scope = ExportScope(level="system", types=ALL, since="2100-01-01")

    exported = _export(Server(hospital.base, world=IMPATIENT), tmp_path, scope)

    assert (0, {}, ()) == (exported.files, exported.resources, exported.faults)


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (ExportScope(level="group", group="nobody"), "answered 404"),
        (ExportScope(types=("Nonsense",)), "answered 400"),
    ],
)
def test_hapi_refuses_what_it_does_not_know(scope: ExportScope, told: str, hospital: FhirServer, tmp_path: Path) -> None:
    """A group or a type that HAPI does not know is an error of the command, told with what the server says."""
    with pytest.raises(UsageError, match=f"{told} .*, wanted an export"):
        _export(Server(hospital.base, world=IMPATIENT), tmp_path, scope)


@pytest.mark.parametrize("client", [RSA_CLIENT, EC_CLIENT])
def test_an_independent_client_gets_the_same(client: str, guarded: Sekmet, tmp_path: Path) -> None:
    """smart-fetch and we, with the key of either kind of client, get the same resources to the letter."""
    where = ServerOptions(server=guarded.base, client_id=client, key=guarded.key_of(client))

    exported = _export(server_for(where), tmp_path / "ours", ExportScope(types=TYPES))
    _fetch_as_peer(guarded, client, tmp_path / "theirs")

    assert _of_peer(tmp_path / "theirs") == _in_folder(tmp_path / "ours")
    assert () == exported.faults


@pytest.mark.parametrize("level", ["system", "patient", "group"])
def test_sekmet_exports_at_each_level(level: str, guarded: Sekmet, tmp_path: Path) -> None:
    """From sekmet-fhir, each level brings what is stored."""
    _export(_let_in(guarded), tmp_path, ExportScope(level=level, group=GROUP, types=ALL))

    assert set(_names(CASE.sources)) <= {name for name, _ in _in_folder(tmp_path)}


@pytest.mark.parametrize("client", [RSA_CLIENT, EC_CLIENT])
def test_the_command_gets_what_an_independent_client_gets(client: str, guarded: Sekmet, tmp_path: Path) -> None:
    """``fetch --by export`` brings the same resources as smart-fetch."""
    let_in = ("--server", guarded.base, "--client-id", client, "--key", guarded.key_of(client))
    types = [word for kind in TYPES for word in ("--type", kind)]
    command = ["fetch", *let_in, "--all", "--by", "export", *types, "--output", tmp_path / "ours"]

    done = CliRunner().invoke(cli, [str(word) for word in command])
    _fetch_as_peer(guarded, client, tmp_path / "theirs")

    assert (0, _of_peer(tmp_path / "theirs")) == (done.exit_code, _in_folder(tmp_path / "ours"))
    assert "fetching by export" in done.stderr


def test_a_cut_off_export_goes_on_with_its_job(guarded: Sekmet, tmp_path: Path) -> None:
    """On sekmet-fhir, a run that was cut off while the job was at work goes on with that job."""
    server = _let_in(guarded)
    with pytest.raises(KeyboardInterrupt):
        _export(server, tmp_path, ExportScope(types=TYPES), Watch(advance=_cut))
    before = _job_in(tmp_path)

    _export(server, tmp_path, ExportScope(types=TYPES))

    assert before == _job_in(tmp_path)
    assert set(_names(CASE.sources, TYPES)) <= {name for name, _ in _in_folder(tmp_path)}


def test_a_job_that_was_taken_away_is_begun_anew(guarded: Sekmet, tmp_path: Path) -> None:
    """On sekmet-fhir, a run whose job somebody took away begins another one."""
    server = _let_in(guarded)
    with pytest.raises(KeyboardInterrupt):
        _export(server, tmp_path, ExportScope(types=TYPES), Watch(advance=_cut))
    before = _job_in(tmp_path)
    guarded.ask("DELETE", before)

    _export(server, tmp_path, ExportScope(types=TYPES))

    assert before != _job_in(tmp_path)
    assert set(_names(CASE.sources, TYPES)) <= {name for name, _ in _in_folder(tmp_path)}


def test_a_job_is_taken_away_when_its_files_are_here(guarded: Sekmet, tmp_path: Path) -> None:
    """On sekmet-fhir, nothing is left of a job after its export."""
    _export(_let_in(guarded), tmp_path, ExportScope(types=TYPES))

    assert 404 == guarded.ask("GET", _job_in(tmp_path)).status_code


def _export(server: Server, path: Path, scope: ExportScope, watch: Watch = NOBODY) -> Exported:
    with Folder(path, server=server.address, what={"by": "export"}) as folder:
        exported = export(server, folder, scope, watch=watch)
        folder.finish()
        return exported


def _cut(_: int) -> None:
    raise KeyboardInterrupt


def _let_in(server: Sekmet) -> Server:
    return server_for(ServerOptions(server=server.base, client_id=EC_CLIENT, key=server.key_of(EC_CLIENT)))


def _job_in(folder: Path) -> str:
    """The address of the last job that the journal tells of."""
    notes = [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]
    return next(note["status"] for note in reversed(notes) if note["event"] == "export" and note["status"])


def _fetch_as_peer(server: Sekmet, client: str, folder: Path) -> None:
    where = ("--fhir-url", server.base, "--smart-client-id", client, "--smart-key", server.key_of(client))
    options = ("--type", ",".join(TYPES), "--no-default-filters")
    command = [SMART / "bin" / "smart-fetch", "bulk", *where, *options, folder]
    with (LOGS / "smart-fetch-export.log").open("w") as log:
        subprocess.run([str(word) for word in command], check=True, stdout=log, stderr=log, timeout=120)


def _in_folder(folder: Path) -> list[tuple[str, Any]]:
    return _sorted(json.loads(line) for file in folder.glob("*.ndjson") for line in file.read_bytes().splitlines())


def _of_peer(folder: Path) -> list[tuple[str, Any]]:
    bodies = (gzip.decompress(file.read_bytes()) for file in folder.glob("*.ndjson.gz"))
    found = (json.loads(line) for body in bodies for line in body.splitlines() if line)
    return _sorted(one for one in found if one["resourceType"] in TYPES)


def _stored(server: FhirServer, types: tuple[str, ...]) -> list[tuple[str, Any]]:
    return _sorted(resource for kind in types for resource in server.search(kind))


def _sorted(resources: Iterator[Resource]) -> list[tuple[str, Any]]:
    return sorted(((_name(resource), resource) for resource in resources), key=lambda pair: pair[0])


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _names(bundle: Resource, types: tuple[str, ...] = ALL) -> list[str]:
    return [_name(entry["resource"]) for entry in bundle["entry"] if entry["resource"]["resourceType"] in types]


def _patients(bundle: Resource) -> list[str]:
    return [name for name in _names(bundle) if name.startswith("Patient/")]


def _group(patients: list[str]) -> Resource:
    members = [{"entity": {"reference": patient}} for patient in patients]
    return {"resourceType": "Group", "id": GROUP, "type": "person", "actual": True, "member": members}
