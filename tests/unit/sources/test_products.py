"""The products that records name are read, whichever files the records lie in."""

import json
from pathlib import Path

from fhir_trd.sources.server.crawl import follow
from fhir_trd.sources.server.fetch import folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from tests.unit.sources.ehr import Ehr, Resource, product


def order(number: int) -> Resource:
    """An order that names a product."""
    named = {"reference": f"Medication/m{number}"}
    return {"resourceType": "MedicationRequest", "id": f"o{number}", "medicationReference": named}


def test_files_that_are_put_together_by_patient_name_products_too(tmp_path: Path) -> None:
    """Of an export whose files hold resources of all types, a product that no file holds is read; one that is there is not."""
    server = Ehr()
    plan = plan_for(server, Wanted(selection=Selection(everyone=True), by=Way.EXPORT))
    with folder_for(plan, server, tmp_path) as folder:
        with folder.file("Resource.000001.ndjson") as stream:
            stream.writelines(json.dumps(each).encode() + b"\n" for each in (order(1), order(2), product("m2")))
        follow(plan, server, folder, lambda _: None)

    assert ["Medication/m1"] == [address for address in server.asked if address.startswith("Medication/")]
    assert product("m1") == json.loads((tmp_path / "Medication.referenced.000001.ndjson").read_text())
