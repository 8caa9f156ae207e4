"""How fast resources are read, against parsing the same lines in other ways. Prints a Markdown table.

Run from the top folder: ``python -m benchmarks.read [--lines N] [--repeats N]``. All rows see the same lines in one
process; the figure is the median of the repeats. Ratios travel between machines, times do not.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import orjson
from fhir.resources.R4B.medicationrequest import MedicationRequest

from fhir_trd.fhir.decode import resources_in_lines
from fhir_trd.fhir.read.records import read_records
from fhir_trd.knowledge.load import load_knowledge

ANTIDEPRESSANTS = (
    ("312941", "sertraline 100 MG Oral Tablet", 1), ("313989", "fluoxetine 40 MG Oral Capsule", 1),
    ("200371", "citalopram 20 MG Oral Tablet", 1), ("314111", "mirtazapine 15 MG Oral Tablet", 2),
    ("313585", "venlafaxine 75 MG Extended Release Oral Capsule", 2),
)  # fmt: skip
OTHERS = (
    ("314076", "lisinopril 10 MG Oral Tablet", 1), ("860975", "metformin hydrochloride 500 MG Oral Tablet", 2),
    ("617310", "atorvastatin 20 MG Oral Tablet", 1), ("197361", "amlodipine 5 MG Oral Tablet", 1),
    ("310798", "hydrochlorothiazide 25 MG Oral Tablet", 1), ("313782", "acetaminophen 325 MG Oral Tablet", 3),
    ("243670", "aspirin 81 MG Oral Tablet", 1), ("866436", "metoprolol succinate 50 MG Extended Release Oral Tablet", 1),
)  # fmt: skip
FEW, LIMIT = 2_000, 1.0


def line(number: int, drug: tuple[str, str, int]) -> bytes:
    """One invented order, as servers export them: narrative, profile, coded drug, reason, dosage and amount."""
    code, name, times = drug
    order = {
        "resourceType": "MedicationRequest",
        "id": f"order-{number}",
        "meta": {
            "versionId": "1",
            "lastUpdated": "2024-05-01T08:00:00.000+00:00",
            "profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-medicationrequest"],
        },
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>Order</b> {number}: {name}, {times} a day by mouth, for thirty days</p></div>',
        },
        "status": ("completed", "active", "stopped")[number % 3],
        "intent": "order",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/medicationrequest-category", "code": "community"}]}],
        "medicationCodeableConcept": {
            "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": name}],
            "text": name,
        },
        "subject": {"reference": f"Patient/person-{number // 40}"},
        "encounter": {"reference": f"Encounter/visit-{number // 4}"},
        "authoredOn": f"{2018 + number % 7}-{1 + number % 12:02d}-{1 + number % 28:02d}T09:30:00+02:00",
        "requester": {"reference": "Practitioner/someone", "display": "Dr. Some One"},
        "dosageInstruction": [
            {
                "sequence": 1,
                "text": f"take 1 {('once', 'twice', 'three times')[times - 1]} a day",
                "timing": {"repeat": {"frequency": times, "period": 1, "periodUnit": "d"}},
                "asNeededBoolean": False,
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet", "code": "{tbl}"}}],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": number % 4,
            "quantity": {"value": 30 * times, "unit": "tablet"},
            "expectedSupplyDuration": {"value": 30, "unit": "days", "code": "d"},
        },
    }
    return json.dumps(order, separators=(",", ":")).encode()


def lines(count: int, antidepressants_in_ten: int) -> list[bytes]:
    """Orders of which so many in ten are for antidepressants."""
    return [
        line(n, ANTIDEPRESSANTS[n % len(ANTIDEPRESSANTS)] if n * 7 % 10 < antidepressants_in_ten else OTHERS[n % len(OTHERS)])
        for n in range(count)
    ]


def per_resource(work: Callable[[], object], count: int, repeats: int) -> float:
    """Microseconds a resource, the median of the repeats."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) / count * 1e6)
    return statistics.median(times)


def measured(orders: list[bytes], repeats: int) -> dict[str, float]:
    """All ways of reading the same lines."""
    knowledge = load_knowledge()
    few = orders[:FEW]
    return {
        "fhir.resources R4B": per_resource(lambda: [MedicationRequest.model_validate_json(one) for one in few], len(few), 3),
        "json.loads": per_resource(lambda: [json.loads(one) for one in orders], len(orders), repeats),
        "orjson.loads": per_resource(lambda: [orjson.loads(one) for one in orders], len(orders), repeats),
        "fhir_trd decode + read": per_resource(
            lambda: read_records(resources_in_lines(orders, "orders"), knowledge), len(orders), repeats
        ),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    mixes = {"2 in 10 antidepressants": 2, "all antidepressants (worst case)": 10}
    print("| lines | way | µs a resource | against fhir.resources | against orjson |")
    print("|---|---|---:|---:|---:|")
    for title, share in mixes.items():
        orders = lines(options.lines, share)
        size = sum(map(len, orders)) // len(orders)
        found = measured(orders, options.repeats)
        for way, cost in found.items():
            slow, fast = found["fhir.resources R4B"], found["orjson.loads"]
            print(f"| {title}, {size} bytes | {way} | {cost:.1f} | {slow / cost:.1f} × | {fast / cost:.2f} × |")


if __name__ == "__main__":
    main()
