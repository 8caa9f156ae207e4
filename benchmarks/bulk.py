"""Whole populations: what ``fhir-trd bulk`` takes for an export, beside other ways of going through the same files.

Run from the top folder (``make bench-bulk`` installs the peers): ``python -m benchmarks.bulk [--patients N]... [--on DIR]...``.
Every way is a whole program, its start included. The ways take turns, round after round; the first round is dropped, medians
are shown, by the clock with the middle half, and of processor time, which busy neighbours hardly change. An export of so many
patients is made once and kept in ``.exports``.
"""

import argparse
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.exports.folder import export, truth_file
from benchmarks.exports.people import FULL, LEAN
from benchmarks.exports.stories import AS_OF
from benchmarks.prepared import people_in
from benchmarks.running import Run, run
from benchmarks.ways import PARSE, Task, ways_for

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".exports"
SEED = 1


@dataclass(frozen=True)
class Place:
    """A folder to go through: its name in the table, where it lies, its bytes on disk, and its people if they are known."""

    name: str
    folder: Path
    size: int
    people: int


@dataclass(frozen=True)
class Measured:
    """The rounds of one way."""

    runs: tuple[Run, ...]

    @property
    def median(self) -> float:
        """The middle of the times."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def spread(self) -> str:
        """Where the middle half of the times lies."""
        times = sorted(run.seconds for run in self.runs)
        quarter = len(times) // 4
        return f"{times[quarter]:.2f} – {times[-1 - quarter]:.2f}"

    @property
    def busy(self) -> float:
        """The middle of the processor times."""
        return statistics.median(run.busy for run in self.runs)

    @property
    def peak(self) -> float:
        """The most memory of any round."""
        return max(run.peak for run in self.runs)

    @property
    def judged(self) -> str:
        """The people whom a peer says it judged; nothing if it went through the whole export."""
        said = self.runs[-1].said.strip()
        return said if said.endswith("patients") else ""


def made(patients: int, *, lean: bool) -> Place:
    """The export of so many patients, made if it is not there yet."""
    folder = KEPT / f"{'lean' if lean else 'real'}-{patients}-{SEED}"
    if not folder.exists():
        print(f"making {folder} ...", file=sys.stderr)
        unfinished = folder.with_name(folder.name + ".unfinished")
        export(unfinished, patients=patients, seed=SEED, files=2, amount=LEAN if lean else FULL)
        truth_file(unfinished).rename(truth_file(folder))
        unfinished.rename(folder)
    return _place(f"{patients:,} patients" + (", lean" if lean else ""), folder, patients)


def _place(name: str, folder: Path, people: int) -> Place:
    return Place(name, folder, sum(path.stat().st_size for path in folder.iterdir()), people)


def measured(ways: Mapping[str, Sequence[str]], rounds: int, scratch: Path) -> dict[str, Measured]:
    """All rounds of all ways but the first; what one round wrote is gone before the next."""
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, command in ways.items():
            print(f"  round {number} of {rounds}: {name}", file=sys.stderr)
            runs[name].append(run(command))
            for written in scratch.glob("out-*"):
                shutil.rmtree(written)
    return {name: Measured(tuple(found[1:])) for name, found in runs.items()}


def rows(place: Place, found: Mapping[str, Measured]) -> Iterator[str]:
    """The lines of the table for one folder."""
    least = found[PARSE]
    for name, one in found.items():
        through, took = f"{place.name}, {place.size / 1e6:,.0f} MB", f"{one.median:.2f} | {one.spread}"
        ratios = f"{one.median / least.median:.2f} × | {one.busy / least.busy:.2f} ×"
        people = place.people
        if one.judged:
            through, ratios, people = f"{one.judged} of it", " | ", int(one.judged.split()[0])
        rate = f"{people / one.busy:,.0f}" if people else ""
        yield f"| {through} | {name} | {took} | {one.busy:.2f} | {rate} | {ratios} | {one.peak:,.0f} |"


def growth(places: Sequence[Place], found: Sequence[Mapping[str, Measured]]) -> Iterator[str]:
    """How the processor time of each byte changes from one size to the next: 1.00 is a straight line."""
    for (small, before), (large, after) in pairwise(zip(places, found, strict=True)):
        for name in (name for name in before if name in after):
            ratio = (after[name].busy / large.size) / (before[name].busy / small.size)
            yield f"| {small.name} → {large.name} | {name} | {ratio:.2f} |"


def main() -> None:
    """Measure and print."""
    given = _asked().parse_args()
    places = [made(patients, lean=given.lean) for patients in given.patients or ([] if given.on else [1_000, 10_000])]
    places += [_place(folder.name, folder, people_in(folder)) for folder in given.on]
    print(f"{platform.machine()}, Python {platform.python_version()}, {given.rounds} rounds after the first\n", flush=True)
    print("| export | way | s | middle half | processor s | patients a processor s | of orjson: s | processor s | peak MB |")
    print("|---|---|---:|---|---:|---:|---:|---:|---:|", flush=True)
    found: list[Mapping[str, Measured]] = []
    for place in places:
        with tempfile.TemporaryDirectory() as scratch:
            # Slow peers grow faster than the export: they go through the first one only.
            task = Task(place.folder, Path(scratch), AS_OF.isoformat(), given.measure)
            ways = ways_for(task, slow=not found, only=given.only)
            found.append(measured(ways, given.rounds, Path(scratch)))
        print("\n".join(rows(place, found[-1])), flush=True)
    print("\n| from → to | way | processor time of a byte |\n|---|---|---:|\n" + "\n".join(growth(places, found)))


def _asked() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--patients", type=int, action="append", help="size of a generated export; may be given several times")
    asked.add_argument("--lean", action="store_true", help="generated exports with few resources around each person")
    asked.add_argument("--on", type=Path, action="append", default=[], help="another folder of NDJSON, such as a Synthea export")
    asked.add_argument("--measure", type=Path, help="a measure bundle for fqm-execution in place of our small measure")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--only", action="append", default=[], help="ways whose name holds this; orjson always runs")
    return asked


if __name__ == "__main__":
    main()
