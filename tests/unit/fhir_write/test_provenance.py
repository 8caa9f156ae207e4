"""The Provenance and the Device: every input, the software, and the state of its tables."""

from datetime import date

from fhir_trd.fhir.write.bundle import bundle_for
from fhir_trd.fhir.write.device import device_for
from fhir_trd.fhir.write.provenance import provenance_for
from tests.unit.fhir_write.assessments import AS_OF, an_assessment


def test_it_targets_the_finding_and_the_plan() -> None:
    """Both written resources are targets, by their addresses in the Bundle."""
    entries = bundle_for([an_assessment()])["entry"]
    expected = [{"reference": entry["fullUrl"]} for entry in entries[1:3]]

    assert expected == entries[3]["resource"]["target"]


def test_every_input_is_a_source() -> None:
    """Each input is an entity, versioned where the version is known, and the tables are one by their digest."""
    whats = [entity["what"] for entity in provenance_for(an_assessment(), AS_OF)["entity"]]

    assert [
        {"reference": "Condition/d1"},
        {"reference": "MedicationStatement/alphaline/_history/2"},
        {
            "identifier": {
                "system": "urn:ietf:rfc:3986",
                "value": "urn:uuid:6f9bd7ee-51b3-4a71-9c4a-6f4d2a1a4a10",
            }
        },
        {
            "identifier": {"system": "https://fhir-trd.org/ids/knowledge", "value": "sha256:0123456789abcdef"},
            "display": "knowledge tables of fhir_trd",
        },
    ] == whats


def test_a_place_without_an_address_is_only_named() -> None:
    """A resource that was read without any address stays in the list by its name."""
    nameless = an_assessment(sources=("a file, entry 3",))

    assert {"display": "a file, entry 3"} == provenance_for(nameless, AS_OF)["entity"][0]["what"]


def test_an_absolute_reference_is_kept() -> None:
    """A source on a server keeps its whole address."""
    address = "https://example.test/fhir/Condition/c1/_history/4"

    assert {"reference": address} == provenance_for(an_assessment(sources=(address,)), AS_OF)["entity"][0]["what"]


def test_it_is_recorded_on_the_day_of_the_assessment() -> None:
    """No clock is read: the instant is midnight of the assessment's day unless another day is given."""
    given = bundle_for([an_assessment()], recorded=date(2025, 1, 2))["entry"][3]["resource"]

    assert "2024-12-31T00:00:00Z" == bundle_for([an_assessment()])["entry"][3]["resource"]["recorded"]
    assert "2025-01-02T00:00:00Z" == given["recorded"]


def test_the_policies_are_the_criteria_sets() -> None:
    """Each criteria set and its version is a policy."""
    assert [
        "https://fhir-trd.org/criteria/consensus/1",
        "https://fhir-trd.org/criteria/delphi/1",
    ] == provenance_for(an_assessment(), AS_OF)["policy"]


def test_the_agent_is_the_device_as_assembler() -> None:
    """The software assembled what is written; it is no author of a diagnosis."""
    (agent,) = provenance_for(an_assessment(), AS_OF)["agent"]

    assert "assembler" == agent["type"]["coding"][0]["code"]
    assert f"urn:uuid:{device_for(an_assessment())['id']}" == agent["who"]["reference"]


def test_the_device_tells_version_and_tables() -> None:
    """The Device holds the version of the software and the digest of its tables."""
    assert ["0.1.0", "sha256:0123456789abcdef"] == [version["value"] for version in device_for(an_assessment())["version"]]
