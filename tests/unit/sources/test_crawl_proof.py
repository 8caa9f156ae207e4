"""What a crawl says that it wrote lies in the folder: nothing is replaced, and what is lost stops the run."""

import json
from pathlib import Path

import pytest

from fhir_trd.errors import TrdError
from fhir_trd.sources.server.fetch import Fetched, fetch, folder_for
from fhir_trd.sources.server.plan import Plan, Wanted, Way, plan_for
from fhir_trd.sources.server.proof import prove
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.asking import Answer
from tests.unit.sources.ehr import KINDS, Ehr, Resource, good, statement

ONE = Selection(patients=("p0",))


def device(identity: str) -> Resource:
    """A device of the patient."""
    return {"resourceType": "Device", "id": identity, "patient": {"reference": "Patient/p0"}}


def bundle(*found: Resource) -> Answer:
    """The only page of a search."""
    return good({"resourceType": "Bundle", "entry": [{"resource": each} for each in found]})


def played() -> tuple[Ehr, Plan]:
    """A server whose $everything brings some devices, and whose search brings others."""
    server = Ehr(1, 0, says=statement(KINDS | {"Device": ["patient"]}))
    server.faults["Patient/p0/$everything"] = lambda _: bundle(server.person("p0"), device("everything"), device("both"))
    server.faults["Device"] = lambda _: bundle(device("both"), device("searched"))
    return server, plan_for(server, Wanted(selection=ONE, by=Way.EVERYTHING, workers=1))


def carried_out(server: Ehr, plan: Plan, path: Path) -> Fetched:
    """A fetch from beginning to end."""
    with folder_for(plan, server, path) as folder:
        return fetch(plan, server, folder)


def test_what_a_search_brings_besides_replaces_nothing(tmp_path: Path) -> None:
    """Devices that only $everything knows and those that only the search finds are all there, each once."""
    fetched = carried_out(*played(), tmp_path)

    lines = [json.loads(line) for path in sorted(tmp_path.glob("Device.*")) for line in path.read_text().splitlines()]
    assert ["both", "everything", "searched"] == sorted(each["id"] for each in lines)
    assert {"Device": 3, "Patient": 1} == fetched.resources
    assert {"found by a search, and by $everything already": 1} == fetched.aside


def test_what_is_lost_from_the_folder_stops_the_run(tmp_path: Path) -> None:
    """Where a file holds less than the journal says, the run ends with an error that names the type and both counts."""
    server, plan = played()
    with folder_for(plan, server, tmp_path) as folder:
        with folder.file("Device.000001.ndjson") as stream:
            stream.write(json.dumps(device("left")).encode() + b"\n")

        with pytest.raises(TrdError, match=r"found 1 Device where 2 were written, wanted what fetch.log says"):
            prove(folder, {"Device": 2})
