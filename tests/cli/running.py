"""How the tests run the command line, and the small records they feed it."""

import json
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli

SAMPLES = Path(__file__).parents[2] / "sample_bundles"
MET = SAMPLES / "two-classes-two-failures--met.json"

Resource = Mapping[str, object]


def run(*arguments: object, piped: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
    """One run of fhir-trd, in this process."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=piped, env=env, catch_exceptions=False)


def bundle(*resources: Resource) -> bytes:
    """A collection of these resources."""
    entries = [{"resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def lines(*resources: Resource) -> bytes:
    """These resources as NDJSON."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in resources)


def statement(number: int = 1, *, patient: str = "1", drug: str = "sertraline", **more: object) -> Resource:
    """A drug taken by a patient, from January to March 2024 unless something else is said."""
    return {
        "resourceType": "MedicationStatement",
        "id": str(number),
        "status": "completed",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {"text": drug},
        "effectivePeriod": {"start": "2024-01-01", "end": "2024-03-31"},
        **more,
    }


def person(number: str = "1") -> Resource:
    """A patient of whom nothing but the number is known."""
    return {"resourceType": "Patient", "id": number}
