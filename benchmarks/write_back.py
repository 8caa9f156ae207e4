"""The rate of write-back, beside that of a bare loop that posts the same ready-made transactions to the same server.

Run from the top folder: ``python -m benchmarks.write_back [--patients N] [--rounds N] [--workers N] [--server NAME]``
(``make bench-servers``). The server is started for it. In each round the ways take turns, each on fresh invented patients whose
records lie on the server already; the order turns round with each round, and the first round only warms the caches.

- *bare loop*: as many threads as write-back has workers, a ``requests.Session`` each; it only posts, and asks nothing.
- *deliver*: the delivery with its journal on disk: what stands is read, what was written is looked for.
- *command*: the same as a process of its own, from the start of Python to its end.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import requests

from fhir_trd.api import assess, read, write
from fhir_trd.fhir.exchange.findings import Finding, findings_in
from fhir_trd.sinks.delivery import Fate, deliver
from fhir_trd.sinks.journal import Journal
from fhir_trd.transport.server import Server, session_for
from tests.servers.fhir_server import FHIR_JSON, FhirServer, as_transaction
from tests.servers.hapi import IN_MEMORY, hapi_on
from tests.servers.places import HERE, NODE
from tests.servers.process import running

ROOT = Path(__file__).parents[1]
SAMPLE = (ROOT / "sample_bundles" / "two-classes-two-failures--met.json").read_text(encoding="utf-8")
PERSON = "alder-01"
TOOL = (sys.executable, "-c", "from fhir_trd.cli.main import main; main()")
LOADED_AT_ONCE = 5
"""So many patients' records are stored in one transaction; the Medplum router takes no more than 50 resources."""


@dataclass(frozen=True)
class Batch:
    """Patients that no server has seen: their records, and what is to be written about them."""

    records: Sequence[str]
    bundle: bytes

    @property
    def findings(self) -> Sequence[Finding]:
        """What is to be written."""
        return findings_in(self.bundle, "here")

    def load(self, server: FhirServer) -> None:
        """Store the records on the server, as a hospital has them; no time is taken of this."""
        for first in range(0, len(self.records), LOADED_AT_ONCE):
            some = self.records[first : first + LOADED_AT_ONCE]
            server.transaction(as_transaction(entry for record in some for entry in json.loads(record)["entry"]))


def batch(name: str, patients: int) -> Batch:
    """Invented patients with a name of their own: one record under many ids."""
    records = [SAMPLE.replace(PERSON, f"{name}-{number}") for number in range(patients)]
    found = write(assess(record) for text in records for record in read(text.encode()))
    return Batch(records, found)


Way = Callable[[FhirServer, Batch, Path, int], float]


def bare_loop(server: FhirServer, todo: Batch, _: Path, workers: int) -> float:
    """The seconds of a loop that posts one ready-made transaction a patient and reads the answer."""
    for device in {device.address: device for finding in todo.findings for device in finding.devices}.values():
        server.put(device.body)
    bodies = [_transaction(finding) for finding in todo.findings]
    with ThreadPoolExecutor(workers) as pool:
        start = time.perf_counter()
        list(pool.map(lambda share: _post_all(server.base, share), [bodies[first::workers] for first in range(workers)]))
        return time.perf_counter() - start


def _transaction(finding: Finding) -> bytes:
    entries = [
        {"fullUrl": f"urn:uuid:{part.id}", "resource": part.body, "request": {"method": "PUT", "url": part.address}}
        for part in finding.parts
    ]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()


def _post_all(base: str, bodies: Sequence[bytes]) -> None:
    with requests.Session() as session:
        session.headers.update({"Content-Type": FHIR_JSON, "Accept": FHIR_JSON})
        for body in bodies:
            answer = session.post(base, data=body, timeout=60)
            assert answer.ok, answer.text[:400]


def delivery(server: FhirServer, todo: Batch, folder: Path, workers: int) -> float:
    """The seconds of our delivery, with the journal on disk."""
    there, findings = Server(server.base, session=session_for(None, workers)), todo.findings
    start = time.perf_counter()
    with Journal(folder / "journal.db") as journal:
        fates = [one.fate for one in deliver(findings, there, journal, workers=workers)]
    taken = time.perf_counter() - start
    assert fates == [Fate.CREATED] * len(findings), set(fates)
    return taken


def command(server: FhirServer, todo: Batch, folder: Path, workers: int) -> float:
    """The seconds of the command from its start to its end."""
    (folder / "bundle.json").write_bytes(todo.bundle)
    words = ["write-back", folder / "bundle.json", "--server", server.base, "--journal", folder / "journal.db"]
    start = time.perf_counter()
    ran = subprocess.run([*TOOL, *words, "--workers", str(workers)], capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    assert ran.returncode == 0, ran.stderr[-800:]
    return taken


WAYS: Mapping[str, Way] = {"bare loop": bare_loop, "deliver": delivery, "command": command}


@contextmanager
def hapi() -> Iterator[Callable[[], AbstractContextManager[FhirServer]]]:
    """HAPI FHIR on H2 in memory, emptied before each round."""
    with hapi_on(IN_MEMORY, name="bench-hapi") as server:

        @contextmanager
        def fresh() -> Iterator[FhirServer]:
            server.expunge()
            yield server

        yield fresh


@contextmanager
def medplum() -> Iterator[Callable[[], AbstractContextManager[FhirServer]]]:
    """The Medplum router, started anew for each round: it looks through all it has at each search."""

    @contextmanager
    def fresh() -> Iterator[FhirServer]:
        with running("bench-medplum", ["node", HERE / "node" / "medplum.mjs", NODE]) as program:
            yield FhirServer(program.said)

    yield fresh


SERVERS = {"hapi": hapi, "medplum": medplum}


def rates(name: str, *, patients: int, rounds: int, workers: int) -> Mapping[str, Sequence[float]]:
    """Patients a second of each way in each round but the first."""
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    with SERVERS[name]() as fresh, ThreadPoolExecutor(1) as pool:
        for number in range(rounds + 1):
            order = list(WAYS)[:: 1 if number % 2 else -1]
            batches = {way: pool.submit(batch, f"bench-{number}-{place}", patients) for place, way in enumerate(order)}
            with fresh() as server:
                for way in order:
                    todo = batches[way].result()
                    todo.load(server)
                    with TemporaryDirectory() as folder:
                        taken = WAYS[way](server, todo, Path(folder), workers)
                    found[way] += [patients / taken] if number else []
    return found


def row(server: str, way: str, found: Mapping[str, Sequence[float]]) -> str:
    """A line of the table: the median rate, and the ratio to the bare loop of the same round with its spread."""
    ratios = [ours / bare for ours, bare in zip(found[way], found["bare loop"], strict=True)]
    spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
    return f"| {server} | {way} | {median(found[way]):.1f} | {median(ratios):.2f} | {spread} |"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--patients", type=int, default=150)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--workers", type=int, default=5)
    asked.add_argument("--server", choices=SERVERS, action="append")
    given = asked.parse_args()
    print("| server | way | patients/s, median | times the bare loop, median | least–most |\n|---|---|---:|---:|---|")
    for name in given.server or SERVERS:
        found = rates(name, patients=given.patients, rounds=given.rounds, workers=given.workers)
        for way in WAYS:
            print(row(name, way, found), flush=True)


if __name__ == "__main__":
    main()
