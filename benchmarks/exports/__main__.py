"""Make an export: ``python -m benchmarks.exports --patients 1000 [--seed 1] [--files 2] [--lean] -o DIR``.

The folder must be new. The right answers under the set ``consensus``, as of 30 June 2025, go to ``DIR.truth.csv``.
"""

import argparse
import time
from pathlib import Path

from benchmarks.exports.folder import export, truth_file
from benchmarks.exports.people import FULL, LEAN


def main() -> None:
    """Write the export and say how large it is."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, required=True)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--files", type=int, default=2, help="files of each type")
    asked.add_argument("--lean", action="store_true", help="few resources around each person, for many people")
    asked.add_argument("-o", "--output", type=Path, required=True)
    given = asked.parse_args()
    begun = time.perf_counter()
    amount = LEAN if given.lean else FULL
    lines = export(given.output, patients=given.patients, seed=given.seed, files=given.files, amount=amount)
    size, took = sum(one.stat().st_size for one in given.output.iterdir()), time.perf_counter() - begun
    print(f"{given.output}: {given.patients:,} patients, {lines:,} resources, {size / 1e6:,.1f} MB in {took:.1f} s")
    print(f"{truth_file(given.output)}: the right answers")


if __name__ == "__main__":
    main()
