"""Memory and rate of a crawl, against a played server in the same process: what remains is the cost of our own.

Run from the top folder: ``python -m benchmarks.fetch [--patients N] [--times N]``. A crawl of N patients and one of so many times
as many run as processes of their own. Memory is the largest that the process ever took (as the system counts it), beside what it
took before the crawl began.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from fhir_trd.sources.server.fetch import fetch, folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from tests.unit.sources.ehr import Ehr

EACH, PAGE = 10, 100
"""So many conditions, orders and observations each patient has; so many resources stand on a page."""


class Forgetful(Ehr):
    """A server that does not even remember what it was asked."""

    def note(self, address: str) -> None:
        """Forget it."""


def measured(patients: int) -> dict[str, float]:
    """One crawl, in this process."""
    server = Forgetful(patients, EACH)
    server.page_size = PAGE
    wanted = Wanted(selection=Selection(everyone=True), by=Way.SEARCH)
    with TemporaryDirectory() as place:
        plan = plan_for(server, wanted)
        before, began = _megabytes(), time.perf_counter()
        with folder_for(plan, server, Path(place) / "out") as folder:
            fetched = fetch(plan, server, folder)
        seconds = time.perf_counter() - began
    brought = sum(fetched.resources.values())
    return {"patients": patients, "resources": brought, "seconds": seconds, "before": before, "peak": _megabytes()}


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(patients: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.fetch", "--only", str(patients)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    """Measure a small and a large crawl, and say how their memory compares."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--patients", type=int, default=200)
    options.add_argument("--times", type=int, default=10)
    options.add_argument("--only", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.only:
        print(json.dumps(measured(given.only)))
        return
    runs = [_apart(given.patients), _apart(given.patients * given.times)]
    for run in runs:
        rate = run["resources"] / run["seconds"]
        print(f"{run['patients']:>7,.0f} patients, {run['resources']:>9,.0f} resources: {rate:>7,.0f} a second, "
              f"peak {run['peak']:.1f} MB ({run['peak'] - run['before']:.1f} MB for the crawl)")  # fmt: skip
    print(f"{given.times} times the patients take {runs[1]['peak'] / runs[0]['peak']:.2f} times the memory")


if __name__ == "__main__":
    main()
