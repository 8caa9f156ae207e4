"""What the commands on records share: load the tables, read the inputs, settle the day, assess."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from fhir_trd.assessment import all_usable, assess
from fhir_trd.cli.request import Request
from fhir_trd.criteria.evaluate import expect_usable
from fhir_trd.errors import UsageError
from fhir_trd.fhir.read.records import Reading, read_records
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge, expect_known
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.verdicts import Assessment
from fhir_trd.sources.inputs import resources_in


def knowledge_for(request: Request) -> Knowledge:
    """The tables, with the user's own over the shipped ones; unknown criteria and dose tables are refused."""
    knowledge = load_knowledge(request.mappings)
    for name in request.criteria:
        expect_known("criteria set", name, knowledge.criteria)
        expect_usable(knowledge.criteria[name])
    if request.eras:
        expect_known("rule for eras", request.eras, knowledge.eras)
    if request.dose_table is not None:
        expect_known("dose table", request.dose_table, knowledge.dose_tables)
    return knowledge


def read(request: Request, knowledge: Knowledge) -> Reading:
    """The records of the inputs, or only that of the patient asked for."""
    reading = read_records(resources_in(request.inputs, sys.stdin.buffer), knowledge)
    if not request.patient:
        return reading
    wanted = f"Patient/{request.patient.removeprefix('Patient/')}"
    records = tuple(record for record in reading.records if record.patient == wanted)
    if not records:
        raise UsageError(f"found {len(reading.records)} patients but not {wanted}, wanted one that is in the input")
    return msgspec.structs.replace(reading, records=records)


def day_for(record: PatientRecord, request: Request) -> date:
    """The day as of which a record is judged. Today is only taken where neither the record nor the user states a day."""
    return request.as_of or record.latest or request.today


def assessments(request: Request, knowledge: Knowledge, records: Iterable[PatientRecord]) -> Iterator[Assessment]:
    """One assessment for each record, under the criteria sets asked for, each once."""
    criteria = tuple(dict.fromkeys(request.criteria)) or (all_usable(knowledge) if request.compare else ())
    for record in records:
        yield assess(record, knowledge, as_of=day_for(record, request), criteria=criteria, dose_table=request.dose_table)
