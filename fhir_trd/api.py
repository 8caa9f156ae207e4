"""The Python interface: a record from FHIR, an assessment of it, and the Bundle to write back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

import msgspec

from fhir_trd.assessment import assess as assess_record
from fhir_trd.errors import UsageError
from fhir_trd.fhir.decode import Fault, Raw, resources_in_document, resources_in_lines
from fhir_trd.fhir.read.records import read_records
from fhir_trd.fhir.write.bundle import bundle_bytes
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge, expect_known
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.verdicts import Assessment
from fhir_trd.sources.forms import Form, form_in

Fhir = bytes | Mapping[str, object] | Sequence[Mapping[str, object]]
"""FHIR as a caller may hold it: the bytes of a document, a resource as a dict, or several of them."""


@lru_cache(maxsize=1)
def shipped() -> Knowledge:
    """The tables that come with the package."""
    return load_knowledge()


def read(fhir: Fhir, *, knowledge: Knowledge | None = None) -> tuple[PatientRecord, ...]:
    """The records of every patient in a Bundle, a resource, or a list of resources.

    What could not be used is named in each record's ``issues``; what is no FHIR at all is a ``UsageError``.
    """
    reading = read_records(_resources(fhir), knowledge or shipped())
    if reading.faults and not reading.records:
        fault = reading.faults[0]
        raise UsageError(f"{fault.where}: found {fault.found}, wanted {fault.wanted}")
    return reading.records


def assess(
    record: PatientRecord,
    *,
    as_of: date | None = None,
    criteria: Sequence[str] = (),
    dose_table: str | None = None,
    knowledge: Knowledge | None = None,
) -> Assessment:
    """Everything there is to say about one patient, as of a day (default: the latest date stated in the record)."""
    tables = knowledge or shipped()
    for name in criteria:
        expect_known("criteria set", name, tables.criteria)
    if dose_table is not None:
        expect_known("dose table", dose_table, tables.dose_tables)
    day = as_of or record.latest
    if day is None:
        raise UsageError(f"{record.patient}: found no date in the record, wanted as_of: the day as of which to judge it")
    return assess_record(record, tables, as_of=day, criteria=criteria, dose_table=dose_table)


def write(assessments: Iterable[Assessment]) -> bytes:
    """One FHIR transaction Bundle with an Observation, a CarePlan and a Provenance for each assessment, as JSON."""
    return bundle_bytes(tuple(assessments))


def _resources(fhir: Fhir) -> Iterable[Raw | Fault]:
    if isinstance(fhir, bytes):
        if form_in(fhir) is Form.LINES:
            return resources_in_lines(fhir.split(b"\n"), "bytes")
        return resources_in_document(fhir, "bytes")
    documents = [fhir] if isinstance(fhir, Mapping) else fhir
    return (
        resource
        for number, document in enumerate(documents)
        for resource in resources_in_document(msgspec.json.encode(document), f"document {number}")
    )
