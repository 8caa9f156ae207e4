"""The transaction as a whole: valid, complete in itself, and the same on every run."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from fhir_trd.errors import TrdError
from fhir_trd.fhir.write.bundle import bundle_bytes, bundle_for
from fhir_trd.fhir.write.gate import checked
from fhir_trd.model.verdicts import Result
from tests.unit.fhir_write.assessments import an_assessment

LEGAL_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def parts(value: Any) -> Iterator[Any]:
    """The value and everything inside it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from parts(each)


def ids(bundle: dict[str, Any]) -> list[str]:
    """The ids of the entries, in order."""
    return [entry["resource"]["id"] for entry in bundle["entry"]]


def types(bundle: dict[str, Any]) -> list[str]:
    """The types of the entries, in order."""
    return [entry["resource"]["resourceType"] for entry in bundle["entry"]]


@pytest.mark.parametrize("result", list(Result))
def test_every_result_is_valid_fhir(result: Result) -> None:
    """fhir.resources accepts the Bundle of a patient with any result."""
    assert Bundle.model_validate_json(bundle_bytes([an_assessment(result)])).type == "transaction"


@pytest.mark.parametrize("result", list(Result))
def test_nothing_is_empty(result: Result) -> None:
    """No string, list or object in a written Bundle is empty, as FHIR forbids it (R4, JSON representation)."""
    empty = [part for part in parts(bundle_for([an_assessment(result)])) if part is None or part in ("", [], {})]

    assert [] == empty


def test_a_run_without_patients_has_no_entries() -> None:
    """A run over nobody writes a Bundle without entries."""
    assert {"resourceType": "Bundle", "type": "transaction"} == bundle_for([])


def test_one_device_serves_all_patients() -> None:
    """Two patients give two findings, plans and provenances, and share one Device."""
    bundle = bundle_for([an_assessment(patient="Patient/b"), an_assessment(patient="Patient/a")])

    assert ["Device"] + 2 * ["Observation", "CarePlan", "Provenance"] == types(bundle)


def test_patients_stand_in_the_order_of_their_references() -> None:
    """The order in which assessments come does not matter."""
    one, two = an_assessment(patient="Patient/a"), an_assessment(Result.NOT_MET, patient="Patient/b")

    assert bundle_bytes([one, two]) == bundle_bytes([two, one])


def test_the_same_input_gives_the_same_bytes() -> None:
    """Writing twice gives equal bytes."""
    assert bundle_bytes([an_assessment()]) == bundle_bytes([an_assessment()])


def test_the_bytes_are_the_bundle() -> None:
    """The bytes hold exactly the Bundle."""
    assert bundle_for([an_assessment()]) == json.loads(bundle_bytes([an_assessment()]))


def test_ids_are_legal() -> None:
    """Every id has at most 64 of the characters FHIR allows."""
    assert all(LEGAL_ID.fullmatch(each) for each in ids(bundle_for([an_assessment()])))


def test_a_later_run_updates_the_earlier() -> None:
    """Neither the day nor the result is part of an identity, so a re-run writes over what stands."""
    later = an_assessment(Result.NOT_MET, as_of=date(2025, 3, 1))

    assert ids(bundle_for([an_assessment()])) == ids(bundle_for([later]))


def test_patients_have_resources_of_their_own() -> None:
    """Another patient gives other ids for everything but the Device."""
    one = ids(bundle_for([an_assessment(patient="Patient/a")]))
    two = ids(bundle_for([an_assessment(patient="Patient/b")]))

    assert {one[0]} == set(one) & set(two)


def test_other_tables_make_another_device() -> None:
    """Software with other tables is another Device, so that old findings keep pointing at what made them."""
    one, two = bundle_for([an_assessment()]), bundle_for([an_assessment(knowledge="sha256:fedcba9876543210")])

    assert ids(one)[0] != ids(two)[0]


def test_each_entry_is_put_at_its_own_address() -> None:
    """Every entry is a PUT of its type and id."""
    for entry in bundle_for([an_assessment()])["entry"]:
        resource = entry["resource"]
        assert {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"} == entry["request"]


def test_no_full_url_repeats() -> None:
    """Every fullUrl stands once, and is a urn:uuid."""
    urls = [entry["fullUrl"] for entry in bundle_for([an_assessment(), an_assessment(patient="Patient/z")])["entry"]]

    assert len(urls) == len(set(urls))
    assert all(url.startswith("urn:uuid:") for url in urls)


def test_references_inside_the_bundle_resolve() -> None:
    """Every urn reference names an entry of the same Bundle."""
    bundle = bundle_for([an_assessment()])
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    named = {part["reference"] for part in parts(bundle) if isinstance(part, dict) and "reference" in part}

    assert {name for name in named if name.startswith("urn:")} <= urls


def test_one_patient_twice_in_a_run_is_a_broken_promise() -> None:
    """An identity that stands twice in one transaction stops the run before a server would refuse all of it."""
    with pytest.raises(AssertionError, match="one patient is assessed twice in one run: 3 identities repeat"):
        bundle_for([an_assessment(), an_assessment()])


def test_the_gate_names_the_place_and_no_value() -> None:
    """A Bundle that is not FHIR stops the run with the path of the fault, and without what stands there."""
    bad = {"resourceType": "Bundle", "type": "transaction", "entry": [{"fullUrl": {"secret": "name"}}]}

    with pytest.raises(TrdError) as caught:
        checked(bad)

    assert "entry.0.fullUrl" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert 1 == caught.value.exit_code


def test_only_the_gate_costs_the_strict_models() -> None:
    """Planning and the JSON painter load without pydantic, so that evaluate and history start fast."""
    seen = (
        "import sys, fhir_trd.planning.plan, fhir_trd.planning.flags, fhir_trd.report.contract; print('pydantic' in sys.modules)"
    )

    assert "False" == subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.strip()
