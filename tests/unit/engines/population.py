"""A small invented population in a folder, and the ways to judge it: by the engine, and by what the engine must agree with."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fhir_trd.assessment import alarms_of, assess
from fhir_trd.engines.bulk import run
from fhir_trd.engines.hands import Processes
from fhir_trd.engines.judging import is_concerned, is_written
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import Outcome
from fhir_trd.engines.tables import SCHEMAS, Row, flag_rows, trial_rows, verdict_rows
from fhir_trd.fhir.read.records import Reading, read_records
from fhir_trd.sources.inputs import resources_in
from tests.factory.judging import knowledge

Json = dict[str, object]
AS_OF = date(2024, 12, 31)
TODAY = date(2026, 1, 1)
LOINC, ICD = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
DRUGS = ("sertraline 50 mg tablet", "venlafaxine XR 150 mg", "lisinopril 10 mg", "metoprolol 50 mg", "quetiapine 100 mg")
CODES = ("F33.1", "J45.909", "F31.9", "I10")


def people(count: int) -> Iterator[Json]:
    """So many people, of whom every fifth took two antidepressants in vain; the others have something else, or nothing."""
    for number in range(count):
        yield {"resourceType": "Patient", "id": f"{number}", "birthDate": f"{1950 + number % 50}-03-01",
               "identifier": [{"system": "urn:mrn", "value": f"m{number}"}]}  # fmt: skip
        yield from (about(number, each) for each in _facts(number))


def about(number: int, resource: Json) -> Json:
    """The same resource about someone."""
    return {**resource, "id": f"{resource['id']}-{number}", "subject": {"reference": f"Patient/{number}"}}


def _facts(number: int) -> Iterator[Json]:
    yield {"resourceType": "Claim", "id": "claim", "patient": {"reference": f"Patient/{number}"}, "total": {"value": number}}
    yield {"resourceType": "Encounter", "id": "visit", "status": "finished", "class": {"code": "AMB"}}
    for lab in ("2823-3", "718-7"):
        yield {"resourceType": "Observation", "id": lab, "status": "final", "code": {"coding": [{"system": LOINC, "code": lab}]},
               "effectiveDateTime": "2024-05-01", "valueQuantity": {"value": 4.1, "unit": "mmol/L"}}  # fmt: skip
    yield condition(CODES[number % 4] if number % 5 else "F33.1")
    if number % 3 == 0:
        yield score(number % 27)
    if number % 5 == 0:
        yield use("sertraline 100 mg tablet", "2024-01-01", "2024-03-31", dose=100)
        yield use("venlafaxine XR 150 mg", "2024-04-01", "2024-07-31", dose=150)
    else:
        yield use(DRUGS[number % 5], "2024-01-01", "2024-02-28")


def use(drug: str, start: str, end: str, *, dose: int = 50) -> Json:
    """A drug taken from one day to another, without effect."""
    sig = {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
           "doseAndRate": [{"doseQuantity": {"value": dose, "unit": "mg"}}]}  # fmt: skip
    return {"resourceType": "MedicationStatement", "id": drug[:4], "status": "completed", "dosage": [sig],
            "medicationCodeableConcept": {"text": drug}, "effectivePeriod": {"start": start, "end": end},
            "statusReason": [{"text": "lack of efficacy"}]}  # fmt: skip


def condition(code: str) -> Json:
    """A diagnosis by its code."""
    return {"resourceType": "Condition", "id": f"c{code[:3]}", "code": {"coding": [{"system": ICD, "code": code}]},
            "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2023-11-01"}  # fmt: skip


def score(points: int) -> Json:
    """A PHQ-9."""
    return {"resourceType": "Observation", "id": "phq", "status": "final", "effectiveDateTime": "2024-06-01",
            "code": {"coding": [{"system": LOINC, "code": "44261-6"}]}, "valueInteger": points}  # fmt: skip


def line(resource: Mapping[str, object]) -> bytes:
    """A resource as a line."""
    return json.dumps(resource, separators=(",", ":")).encode() + b"\n"


def by_type(folder: Path, resources: Iterable[Json]) -> Path:
    """A folder with one file for each type."""
    folder.mkdir(parents=True, exist_ok=True)
    for resource in resources:
        with (folder / f"{resource['resourceType']}.ndjson").open("ab") as stream:
            stream.write(line(resource))
    return folder


def judged(folder: Path, output: Path, *, workers: int = 1, **more: object) -> Outcome:
    """One run of the engine; nothing but what is asked passes the strict gate, because that takes time."""
    given = {"as_of": AS_OF, "validate": "none", **more}
    return run(Order(folder=str(folder), today=TODAY, **given), output, hands=Processes(workers), told=lambda *_: None)  # type: ignore[arg-type]


def plainly_read(folder: Path) -> Reading:
    """The same population read at once."""
    return read_records(resources_in([str(folder)], BytesIO()), knowledge())


def plainly_judged(folder: Path, *, as_of: date | None = AS_OF, criteria: Sequence[str] = ()) -> dict[str, list[Row]]:
    """The tables that the engine should make, made from one patient after the other."""
    tables: dict[str, list[Row]] = {"verdicts": [], "trials": [], "flags": []}
    for record in plainly_read(folder).records:
        assessment = assess(record, knowledge(), as_of=as_of or record.latest or TODAY, criteria=criteria)
        tables["verdicts"].extend(verdict_rows(record, assessment.as_of, assessment.verdicts))
        if is_concerned(record) and is_written(assessment):
            tables["trials"].extend(trial_rows(assessment, knowledge().criteria))
            tables["flags"].extend(flag_rows(record.patient, assessment.as_of, assessment.flags))
        elif not is_concerned(record):
            alarms = alarms_of(record, assessment.as_of, knowledge())
            tables["flags"].extend(flag_rows(record.patient, assessment.as_of, alarms))
    return {name: ordered(_typed(name, rows)) for name, rows in tables.items()}


def tables_in(output: Path) -> dict[str, list[Row]]:
    """The tables of patients in an output folder."""
    return {name: ordered(pq.read_table(output / name).to_pylist()) for name in ("verdicts", "trials", "flags")}


def ordered(rows: list[Row]) -> list[Row]:
    """Rows in an order that does not depend on how patients were spread."""
    return sorted(rows, key=repr)


def _typed(name: str, rows: list[Row]) -> list[Row]:
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in SCHEMAS[name]]
    return list(pa.Table.from_arrays(columns, schema=SCHEMAS[name]).to_pylist())


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
