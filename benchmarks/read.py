"""How fast resources are read, against parsing the same lines in other ways. Prints a Markdown table.

Run from the top folder: ``python -m benchmarks.read [--lines N] [--repeats N]``. All rows see the same lines in one
process; the figure is the median of the repeats. Ratios travel between machines, times do not.
"""

import argparse
import json
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import orjson
from fhir.resources.R4B.medicationrequest import MedicationRequest

from fhir_trd.fhir.decode import resources_in_lines
from fhir_trd.fhir.read.records import read_records
from fhir_trd.knowledge.load import load_knowledge

ANTIDEPRESSANTS = (
    ("312941", "sertraline 50 MG Oral Tablet", 1), ("313989", "fluoxetine 40 MG Oral Capsule", 1),
    ("200371", "citalopram 20 MG Oral Tablet", 1), ("314111", "mirtazapine 30 MG Oral Tablet", 1),
    ("313585", "venlafaxine 75 MG Extended Release Oral Capsule", 2),
)  # fmt: skip
OTHERS = (
    ("314076", "lisinopril 10 MG Oral Tablet", 1), ("860975", "metformin hydrochloride 500 MG Oral Tablet", 2),
    ("617310", "atorvastatin 20 MG Oral Tablet", 1), ("197361", "amlodipine 5 MG Oral Tablet", 1),
    ("310798", "hydrochlorothiazide 25 MG Oral Tablet", 1), ("313782", "acetaminophen 325 MG Oral Tablet", 3),
    ("243670", "aspirin 81 MG Oral Tablet", 1), ("866436", "metoprolol succinate 50 MG Extended Release Oral Tablet", 1),
)  # fmt: skip
MIXES = {
    "1 in 20 antidepressants": 1,
    "1 in 10 antidepressants": 2,
    "1 in 5 antidepressants": 4,
    "all antidepressants (worst case)": 20,
}
FEW = 500
SLOWEST, FASTEST, KEPT = "fhir.resources R4B", "orjson.loads", "orjson.loads, kept"
Parse = Callable[[bytes], object]


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
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>Order</b> {number}: {name}, {times} a day, oral</p></div>',
        },
        "status": ("completed", "active", "stopped")[number % 3],
        "intent": "order",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/medicationrequest-category", "code": "community"}]}
        ],
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


def lines(count: int, antidepressants_in_twenty: int) -> list[bytes]:
    """Orders of which so many in twenty are for antidepressants."""
    return [
        line(n, ANTIDEPRESSANTS[n % len(ANTIDEPRESSANTS)] if n * 7 % 20 < antidepressants_in_twenty else OTHERS[n % len(OTHERS)])
        for n in range(count)
    ]


def dropped(parse: Parse, orders: list[bytes]) -> None:
    """Parse every line and keep nothing."""
    deque(map(parse, orders), maxlen=0)


def kept(parse: Parse, orders: list[bytes]) -> list[object]:
    """Parse every line and keep it all, as a reader must that looks at the whole before it answers."""
    return list(map(parse, orders))


def microseconds(work: Callable[[], object], count: int) -> float:
    """How long one resource takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) / count * 1e6


def ways(orders: list[bytes]) -> dict[str, tuple[Callable[[], object], int]]:
    """All ways of reading the same lines, each with how many of them it reads."""
    knowledge, few = load_knowledge(), orders[:FEW]
    return {
        SLOWEST: (lambda: dropped(MedicationRequest.model_validate_json, few), len(few)),
        "json.loads": (lambda: dropped(json.loads, orders), len(orders)),
        FASTEST: (lambda: dropped(orjson.loads, orders), len(orders)),
        KEPT: (lambda: kept(orjson.loads, orders), len(orders)),
        "fhir_trd decode + read": (lambda: read_records(resources_in_lines(orders, "orders"), knowledge), len(orders)),
    }


def measured(orders: list[bytes], repeats: int) -> dict[str, float]:
    """The median time of each way. The ways take turns, so that a busy machine slows all of them alike."""
    all_ways = ways(orders)
    times: dict[str, list[float]] = {way: [] for way in all_ways}
    for _ in range(repeats):
        for way, (work, count) in all_ways.items():
            times[way].append(microseconds(work, count))
    return {way: statistics.median(found) for way, found in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    print(f"| lines | way | µs a resource | against {SLOWEST} | against {FASTEST} | against {KEPT} |")
    print("|---|---|---:|---:|---:|---:|")
    for title, share in MIXES.items():
        orders = lines(options.lines, share)
        size = sum(map(len, orders)) // len(orders)
        found = measured(orders, options.repeats)
        for way, cost in found.items():
            ratios = " | ".join(f"{found[other] / cost:.2f} ×" for other in (SLOWEST, FASTEST, KEPT))
            print(f"| {title}, {size} bytes | {way} | {cost:.1f} | {ratios} |")


if __name__ == "__main__":
    main()
