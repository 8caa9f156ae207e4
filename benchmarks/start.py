"""How long the command line takes to answer, as a ratio to Python's own start: `python benchmarks/start.py`.

Each command runs in turn, round after round, so that a busy machine slows all of them alike; medians are compared.
Python may keep what it compiled, as it does for an installed package, whatever the environment says about that.
The run fails if a ratio is above its bound.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_bundles" / "two-classes-two-failures--met.json"
TOOL = (sys.executable, "-c", "from fhir_trd.cli.main import main; main()")
PASS = "python -c pass"
ROUNDS = 15

COMMANDS: Mapping[str, tuple[str, ...]] = {
    PASS: (sys.executable, "-c", "pass"),
    "fhir-trd --help": (*TOOL, "--help"),
    "fhir-trd evaluate, one bundle, table": (*TOOL, "evaluate", str(SAMPLE)),
    "fhir-trd evaluate, one bundle, JSON": (*TOOL, "evaluate", "--format", "json", str(SAMPLE)),
    "fhir-trd convert, one bundle": (*TOOL, "convert", str(SAMPLE)),
}
BOUNDS = {
    "fhir-trd --help": 10,
    "fhir-trd evaluate, one bundle, table": 25,
    "fhir-trd evaluate, one bundle, JSON": 25,
}


def seconds(command: Sequence[str], env: Mapping[str, str]) -> float:
    """How long one run of a command takes."""
    start = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def medians(rounds: int) -> Mapping[str, float]:
    """The median time of each command; the first round only warms the caches."""
    with tempfile.TemporaryDirectory() as compiled:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = compiled
        runs = [{name: seconds(command, env) for name, command in COMMANDS.items()} for _ in range(rounds + 1)][1:]
    return {name: median(run[name] for run in runs) for name in COMMANDS}


def main() -> int:
    """Print the table of ratios; answers 1 if one is above its bound."""
    times = medians(ROUNDS)
    print("| command | median | times Python's start | bound |\n|---|---|---|---|")
    for name, taken in times.items():
        bound = f"≤ {BOUNDS[name]}" if name in BOUNDS else ""
        print(f"| `{name}` | {taken * 1000:.0f} ms | {taken / times[PASS]:.1f} | {bound} |")
    return int(any(times[name] > bound * times[PASS] for name, bound in BOUNDS.items()))


if __name__ == "__main__":
    sys.exit(main())
