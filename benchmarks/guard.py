"""The guard: fails if a stage of the bulk path has become slower, against fixed work in the same process (``make guard``).

Seconds differ between machines and hours; what counts is the ratio of a stage to a yardstick that takes turns with it: the
standard library's JSON reader on the same lines, or a fixed piece of plain Python. Time is that of the processor, not of
the clock, and of all rounds the fastest counts, so that busy neighbours hardly matter. A stage above its bound is measured
again, twice; only one that is above it three times fails. A bound is a fifth to a quarter above the ratio, which
moves by a twentieth between an idle machine and a loaded one. Whoever makes a stage faster lowers its bound.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.exports.people import Person
from benchmarks.exports.stories import AS_OF
from fhir_trd.assessment import assess
from fhir_trd.fhir.decode import resources_in_lines
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.records import read_records
from fhir_trd.fhir.read.sieve import Sieve
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge

PEOPLE, SEED, ROUNDS, TRIES = 120, 1, 9, 3
AGAIN = 8
"""How often the quickest stage is repeated, to last long enough."""

Work = Callable[[], object]


@dataclass(frozen=True)
class Stage:
    """A stage of the bulk path, its yardstick, and how many times as long as that it may take."""

    work: Work
    yardstick: Work
    bound: float


def ratio(stage: Stage, rounds: int = ROUNDS) -> float:
    """The fastest round of the stage against the fastest one of its yardstick."""
    times = [(_processor_time(stage.work), _processor_time(stage.yardstick)) for _ in range(rounds)]
    return min(work for work, _ in times) / min(yardstick for _, yardstick in times)


def _processor_time(work: Work) -> float:
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def lowest(stage: Stage, tries: int = TRIES, rounds: int = ROUNDS) -> float:
    """The ratio; one above the bound is taken again, and the lowest of all tries counts."""
    found = ratio(stage, rounds)
    while found > stage.bound and (tries := tries - 1):
        found = min(found, ratio(stage, rounds))
    return found


def stages() -> Mapping[str, Stage]:
    """Every stage that is guarded."""
    known, lines = load_knowledge(), lines_by_type()
    sieve = Sieve(Desk(known), dated=False)
    bills, measurements = lines["ExplanationOfBenefit"] + lines["Claim"], lines["Observation"]
    told = [line for kind in TOLD for line in lines.get(kind, ())]
    records = read_records(resources_in_lines(told, "guard"), known).records
    return {
        f"let go: bills, claims, {AGAIN} times": Stage(partial(_sift, sieve, _blocks(lines)), partial(_parse, bills), 0.19),
        "sift: measurements": Stage(partial(sieve.sift_block, b"".join(measurements), at=0), partial(_parse, measurements), 0.37),
        "read: drugs, diagnoses": Stage(partial(_read, told, known), partial(_parse, told), 1.1),
        "assess": Stage(lambda: [assess(one, known, as_of=AS_OF) for one in records], plain_python, 1.75),
    }


TOLD = ("Patient", "Condition", "Medication", "MedicationRequest", "MedicationStatement", "MedicationDispense")


def lines_by_type() -> dict[str, list[bytes]]:
    """The lines of the same invented people, always."""
    lines: dict[str, list[bytes]] = {}
    for number in range(PEOPLE):
        for kind, text in Person(SEED, number).lines():
            lines.setdefault(kind, []).append(text.encode())
    return lines


def _blocks(lines: Mapping[str, Sequence[bytes]]) -> list[bytes]:
    return [b"".join(lines[kind]) for kind in ("ExplanationOfBenefit", "Claim")]


def _sift(sieve: Sieve, blocks: list[bytes]) -> None:
    for block in blocks * AGAIN:
        sieve.sift_block(block, at=0)


def _parse(lines: Sequence[bytes]) -> None:
    for line in lines:
        json.loads(line)


def _read(lines: Sequence[bytes], known: Knowledge) -> None:
    read_records(resources_in_lines(lines, "guard"), known)


def plain_python() -> int:
    """A fixed piece of work as programs do it: small objects made, kept by name, sorted and looked up."""
    kept: dict[str, tuple[int, str]] = {}
    for number in range(60_000):
        name = f"drug-{number * 7919 % 10_007}"
        kept[name] = max(kept.get(name, (0, "")), (number % 97, name))
    return sum(value for value, _ in sorted(kept.values()))


def main() -> int:
    """Print the ratios; answers 1 if one is above its bound."""
    guarded = stages()
    found = {name: lowest(stage) for name, stage in guarded.items()}
    print("| stage | times its yardstick | bound |\n|---|---:|---:|")
    for name, ratio_found in found.items():
        print(f"| {name} | {ratio_found:.3f} | ≤ {guarded[name].bound} |")
    return int(any(ratio_found > guarded[name].bound for name, ratio_found in found.items()))


if __name__ == "__main__":
    sys.exit(main())
