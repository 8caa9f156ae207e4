"""What it costs to judge by every criteria set, against the default set alone, and beside the published package.

Run from the top folder: ``python -m benchmarks.criteria [--patients N] [--repeats N]``. All figures are medians of the
repeats in one process, in which the ways take turns, so that a busy machine slows all of them alike. The package is measured
where it is installed (``make bench-peers``), on the same patients.
"""

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fhir_trd.assessment import assess, history_of, verdicts_of
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.codes import Coding, Origin
from fhir_trd.model.dates import on
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Diagnosis, Dose, EndFrom, Kind, PatientRecord, Score, Step, StopReason, Supply
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Result
from tests.peers.patients import Rows, drawn, frame_of, record_of

COURSES = (("sertraline", 100), ("venlafaxine", 225), ("mirtazapine", 30))
FILLS = 4
FILL_DAYS = 28
FIRST = date(2024, 1, 1)
PRESET = "two-antidepressant-episodes"
SEED = 7
Job = Callable[[], object]


def person(known: Knowledge) -> PatientRecord:
    """A person with 20 relevant records: three drugs of four fills each, seven totals and a diagnosis."""
    fills = [_fill(known, number) for number in range(len(COURSES) * FILLS)]
    scores = [
        Score(origin=Origin(f"Observation/{at}"), scale="phq-9", value=20.0 - at, when=on(FIRST + timedelta(55 * at)))
        for at in range(7)
    ]
    coded = Coding("icd-10-cm", "F33.1")
    diagnosis = Diagnosis(origin=Origin("Condition/1"), category="depression", coding=coded, onset=on(FIRST - timedelta(20)))
    return PatientRecord(
        patient="Patient/1", supplies=tuple(fills), scores=tuple(scores), diagnoses=(diagnosis,), latest=date(2024, 12, 31)
    )


def _fill(known: Knowledge, number: int) -> Supply:
    drug, dose = COURSES[number // FILLS]
    first = FIRST + timedelta(number * FILL_DAYS)
    return Supply(
        origin=Origin(f"MedicationDispense/{number}"),
        kind=Kind.DISPENSED,
        drug=known.formulary.drugs[drug, ""],
        steps=(Step(on(first), on(first + timedelta(FILL_DAYS - 1)), Dose(dose, dose)),),
        end_from=EndFrom.SUPPLY,
        stop_reason=StopReason.LACK_OF_EFFICACY if number % FILLS == FILLS - 1 else None,
    )


def medians(jobs: Mapping[str, Job], repeats: int) -> dict[str, float]:
    """The median time of each job; the first round only warms the caches."""
    rounds = [{name: _once(job) for name, job in jobs.items()} for _ in range(repeats + 1)][1:]
    return {name: statistics.median(times[name] for times in rounds) for name in jobs}


def _once(job: Job) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def all_sets(known: Knowledge, repeats: int) -> str:
    """The row of every set against the default one."""
    record, as_of = person(known), date(2024, 12, 31)
    names = sorted(name for name, found in known.criteria.items() if not found.refused)
    jobs: dict[str, Job] = {
        "alone": lambda: [assess(record, known, as_of=as_of) for _ in range(20)],
        "every": lambda: [assess(record, known, as_of=as_of, criteria=names) for _ in range(20)],
    }
    alone, every = (taken / 20 for taken in medians(jobs, repeats).values())
    first = f"| the default set, 20 relevant records | {alone * 1000:.2f} ms a patient | 1 x |"
    return (
        f"{first}\n| all {len(names)} criteria sets, the same patient | {every * 1000:.2f} ms a patient | {every / alone:.1f} x |"
    )


def beside_the_peer(known: Knowledge, patients: int, repeats: int) -> tuple[str, ...]:
    """The rows of patients a second, ours and the package's, where it is installed."""
    same = drawn(patients, SEED, least=20, most=20, days=700)
    records = [(record_of(rows, known), max(day for _, day in rows)) for rows in same]
    histories = [history_of(record, known, as_of=day) for record, day in records]
    jobs: dict[str, Job] = {
        "rule": lambda: judged(histories, known),
        "whole": lambda: judged([history_of(one, known, as_of=day) for one, day in records], known),
    }
    found = peer_of(same)
    if found is None:
        rule = patients / medians(jobs, repeats)["rule"]
        return (f"| {PRESET} | {rule:,.0f} patients/s | the package is not installed here |",)
    assert len(found()) == judged(histories, known)
    rule, whole, there = (patients / taken for taken in medians({**jobs, "there": found}, repeats).values())
    return (
        f"| cardinal_pythonlib 2.2.1, from a table of mentions | {there:,.0f} patients/s | 1 x |",
        f"| {PRESET}, from the history | {rule:,.0f} patients/s | {rule / there:.0f} x |",
        f"| {PRESET}, history and rule, from the records | {whole:,.0f} patients/s | {whole / there:.1f} x |",
    )


def judged(histories: Iterable[History], known: Knowledge) -> int:
    """How many patients meet the preset."""
    verdicts = (verdicts_of(history, known, [PRESET]) for history in histories)
    return sum(verdict.result is Result.MET for (verdict,) in verdicts)


def peer_of(patients: Sequence[Rows]) -> Callable[[], Sized] | None:
    """The package at work on the same patients, where it is installed."""
    try:
        import pandas
        from cardinal_pythonlib.psychiatry import treatment_resistant_depression as peer
    except ImportError:
        return None
    frame = frame_of(patients, pandas)
    return lambda: peer.two_antidepressant_episodes(frame)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=300)
    asked.add_argument("--repeats", type=int, default=5)
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    known = load_knowledge()
    print("| what | figure | ratio |\n|---|---|---|")
    print(all_sets(known, given.repeats))
    print(*beside_the_peer(known, given.patients, given.repeats), sep="\n")


if __name__ == "__main__":
    main()
