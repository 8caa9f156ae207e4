"""A run over fifty people that ends at its n-th effect, for every n; the next one leaves what an uncut run leaves.

An end before an effect is the same, for all the world, as an end after the effect before it: so only the latter is tried.
"""

from pathlib import Path
from threading import Lock

import pytest
from msgspec import Struct

from fhir_trd.fhir.exchange.findings import Finding, findings_in
from fhir_trd.sinks.delivery import Fate, deliver, expect_able
from fhir_trd.sinks.journal import Journal
from fhir_trd.transport.asking import Answer, Ask
from fhir_trd.transport.server import Server
from tests.factory.mortal import Killed
from tests.servers.faults.people import LEAN, Person, people
from tests.servers.fhir_server import FhirServer

COUNT = 50
WORKERS = 3
KINDS = ("Device", "Observation", "CarePlan", "Provenance")


class Life(Struct):
    """How many effects are left to a run: requests that are answered, and lines that are put into the journal."""

    left: int
    used: int = 0


class Mortal:
    """What may be the last thing that a run does: it is done, but nobody lives to see it done."""

    def __init__(self, life: Life) -> None:
        self._life, self._lock = life, Lock()

    def begin(self) -> None:
        """An effect is about to happen; none does after the end."""
        with self._lock:
            self._life.used += 1
            self._life.left -= 1
            if self._life.left < 0:
                raise Killed

    def end(self) -> None:
        """It has happened."""
        if self._life.left <= 0:
            raise Killed


class MortalServer(Server):
    """A server that is asked by somebody mortal."""

    mortal: Mortal

    def ask(self, ask: Ask) -> Answer:
        """The answer, unless it is not lived to see."""
        self.mortal.begin()
        answer = super().ask(ask)
        self.mortal.end()
        return answer


class MortalJournal(Journal):
    """A journal that somebody mortal keeps."""

    mortal: Mortal

    def note(self, *told: object) -> None:
        """The entry, unless it is not lived to see."""
        self.mortal.begin()
        super().note(*told)  # type: ignore[arg-type]
        self.mortal.end()


@pytest.fixture(scope="module")
def crowd() -> list[Person]:
    """Fifty people, whose findings are worked out once."""
    return people("fifty", COUNT, LEAN)


def test_an_end_at_every_effect(crowd: list[Person], medplum: FhirServer, tmp_path: Path) -> None:
    """Whichever effect is the last of a run, the next run leaves what an uncut run leaves, in first versions."""
    findings = [finding for person in crowd for finding in findings_in(person.bundle, person.name)]
    whole = Life(10**9)
    medplum.ask("DELETE")
    _run(findings, medplum, tmp_path / "whole.db", whole)
    wanted = _state(medplum)

    assert COUNT < whole.used
    assert 1 + 3 * COUNT == len(wanted)
    assert {1} == {versions for versions, _ in wanted.values()}
    for last in range(1, whole.used + 1):
        medplum.ask("DELETE")
        with pytest.raises(Killed):
            _run(findings, medplum, tmp_path / f"{last}.db", Life(last))
        again = _run(findings, medplum, tmp_path / f"{last}.db", Life(10**9))

        assert {Fate.CREATED, Fate.UNCHANGED, Fate.KNOWN} >= set(again)
        assert COUNT == len(again)
        assert wanted == _state(medplum), f"killed at effect {last}"


def _run(findings: list[Finding], there: FhirServer, journal: Path, life: Life) -> list[Fate]:
    mortal = Mortal(life)
    server = MortalServer(there.base)
    server.mortal = mortal
    with MortalJournal(journal) as book:
        book.mortal = mortal
        able = expect_able(server)
        return [one.fate for one in deliver(findings, server, book, workers=WORKERS, able=able)]


def _state(server: FhirServer) -> dict[str, tuple[int, object]]:
    """What stands on the server: by address, in how many versions, and what it reads."""
    found = {f"{kind}/{each['id']}": each for kind in KINDS for each in server.search(f"{kind}?_count={COUNT * 2}")}
    asked = [{"request": {"method": "GET", "url": f"{address}/_history"}} for address in found]
    answer = server.ask("POST", body={"resourceType": "Bundle", "type": "batch", "entry": asked}).json()
    versions = [len(entry["resource"]["entry"]) for entry in answer["entry"]]
    bare = [{name: value for name, value in each.items() if name != "meta"} for each in found.values()]
    return dict(zip(found, zip(versions, bare, strict=True), strict=True))
