"""What the tool says and writes about a sample, as parsed JSON."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import structs

from fhir_trd.assessment import assess
from fhir_trd.fhir.decode import Fault, Raw, resources_in_document, resources_in_lines
from fhir_trd.fhir.read.records import read_records
from fhir_trd.fhir.write.bundle import bundle_bytes
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.verdicts import Assessment
from fhir_trd.report.contract import assessment_json
from tests.factory.judging import knowledge
from tests.golden.samples import Sample

FOLDER = Path(__file__).parent
TWO = ("consensus", "delphi")

# The digest names the state of all tables and the version the software: both change without any answer changing.
ANY_DIGEST = "sha256:of-the-tables"
ANY_VERSION = "0.0.0"


def records_of(sample: Sample) -> tuple[PatientRecord, ...]:
    """The record of every person in a sample; nothing in it is faulty or unaccounted for."""
    read = resources_in_lines(sample.body.splitlines(), sample.file) if sample.is_lines else _in_document(sample)
    reading = read_records(read, knowledge())
    assert (reading.faults, reading.ledger.adds_up) == ((), True)
    return reading.records


def assessments_of(sample: Sample) -> tuple[Assessment, ...]:
    """The assessment of every person in a sample, on the day the README names, under the default criteria and the strictest."""
    day = date.fromisoformat(sample.as_of)
    return tuple(assess(record, knowledge(), as_of=day, criteria=TWO) for record in records_of(sample))


def _in_document(sample: Sample) -> Iterator[Raw | Fault]:
    return resources_in_document(sample.body, sample.file)


def painted(sample: Sample) -> dict[str, str]:
    """The stored files of a sample: the JSON contract, one object a person, and the Bundle to be written back."""
    found = [structs.replace(one, knowledge=ANY_DIGEST, version=ANY_VERSION) for one in assessments_of(sample)]
    said = [assessment_json(one) for one in found]
    files = {"assessment.json": said, "written.json": json.loads(bundle_bytes(found))}
    return {name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in files.items()}
