"""What the peers want made from an export before they can begin: a table of mentions, a bundle for each patient. Not timed."""

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.exports.findings import MOODS
from benchmarks.exports.medicines import ANTIDEPRESSANTS
from benchmarks.exports.template import ICD10, RXNORM
from fhir_trd.fhir.read.records import read_records
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.records import Supply
from fhir_trd.sources.inputs import resources_in

FOUR_WEEKS = timedelta(weeks=4)


def write_mentions(folder: Path, table: Path, *, most: int) -> None:
    """The mentions of antidepressants (patient, drug, day), for so many treated people at most."""
    reading = read_records(resources_in([str(folder)], BytesIO()), load_knowledge())
    treated = [record for record in reading.records if record.supplies][:most]
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("patient_id", "drug", "date"))
        for record in treated:
            days = {(use.drug.name, day) for use in record.supplies for day in _days(use)}
            rows.writerows((record.patient, drug, day) for drug, day in sorted(days))


def _days(use: Supply) -> Iterator[str]:
    """The days on which the drug was mentioned: the first of a course, and every fourth week of it."""
    for step in use.steps:
        day, last = step.start.earliest, step.end.earliest if step.end else step.start.earliest
        while day <= last:
            yield day.isoformat()
            day += FOUR_WEEKS


def write_bundles(folder: Path, file: Path, *, most: int) -> None:
    """A bundle of everything about a patient, one a line, for so many people at most."""
    people: dict[str, list[str]] = {}
    for line in _lines(folder):
        patient = _patient_of(json.loads(line))
        if patient in people or (patient and len(people) < most):
            people.setdefault(patient, []).append(line.strip())
    with file.open("w", encoding="utf-8") as out:
        for lines in people.values():
            entries = ",".join(f'{{"resource":{line}}}' for line in lines)
            out.write(f'{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}\n')


def people_in(folder: Path) -> int:
    """How many patients the files named for them hold."""
    files = folder.glob("Patient*.ndjson")
    return sum(path.read_bytes().count(b"\n") for path in files)


def _lines(folder: Path) -> Iterator[str]:
    """Every line, those of the patients first."""
    for path in sorted(folder.iterdir(), key=lambda path: (not path.name.startswith("Patient"), path.name)):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            yield from file


def _patient_of(resource: dict[str, Any]) -> str:
    if resource.get("resourceType") == "Patient":
        return f"Patient/{resource['id']}"
    whose = resource.get("subject") or resource.get("patient") or resource.get("beneficiary") or {}
    return str(whose.get("reference", ""))


def write_value_sets(file: Path) -> None:
    """The codes that the small measure asks for: those of the generated exports."""
    drugs = [{"system": RXNORM, "code": drug.product} for drug in ANTIDEPRESSANTS]
    moods = [{"system": ICD10, "code": code} for code in MOODS]
    sets = [_value_set("antidepressants", drugs), _value_set("depression", moods)]
    file.write_text(json.dumps(sets), encoding="utf-8")


def _value_set(name: str, codes: list[dict[str, str]]) -> dict[str, Any]:
    url = f"https://example.org/ValueSet/{name}"
    return {"resourceType": "ValueSet", "id": name, "url": url, "status": "active", "expansion": {"contains": codes}}
