"""A thousand people, a server that fails every fifth time, eight writers, and an end at every hundredth write."""

import json
import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fhir_trd.sinks.delivery import Fate
from tests.servers.faults.command import Ended, Grip, bundles_in, end_of, started
from tests.servers.faults.kinds import after
from tests.servers.faults.people import LEAN, Person, people, settle
from tests.servers.faults.running import write
from tests.servers.faults.storm import Storm
from tests.servers.fhir_server import FhirServer
from tests.servers.proxy import Asked, Fault, Proxy, proxy_before

COUNT = 1000
SHARE = 0.2
EVERY = 100
"""At every so many effects the run is killed."""
MOST_RUNS = 40
WRITERS = 8


class Deaths:
    """A plan that kills the run at every hundredth write: by turns before the server gets it, and after it was done."""

    def __init__(self, grip: Grip) -> None:
        self._grip, self.effects = grip, 0

    def __call__(self, asked: Asked) -> Fault | None:
        """The end, where it is its turn."""
        self.effects += asked.is_write
        if not asked.is_write or self.effects % EVERY:
            return None
        return self._grip.kill if self.effects // EVERY % 2 else after(self._grip.kill)


@pytest.fixture(scope="module")
def crowd(hapi: FhirServer) -> list[Person]:
    """A thousand people, whose records are all that is on the server."""
    hapi.expunge()
    some = people("crowd", COUNT, LEAN)
    settle(hapi, some, at_once=100)
    return some


@pytest.fixture
def proxy(hapi: FhirServer) -> Iterator[Proxy]:
    """The proxy before HAPI FHIR."""
    with proxy_before(hapi.base) as standing:
        yield standing


def test_a_thousand_in_a_storm(crowd: list[Person], hapi: FhirServer, proxy: Proxy, tmp_path: Path) -> None:
    """After every fifth request went wrong and every hundredth write was the last of its run: each once, none lost, version 1."""
    bundles, journal, report = bundles_in(tmp_path / "bundles", crowd), tmp_path / "journal.db", tmp_path / "report.json"
    words = ("write-back", bundles, "--server", proxy.base, "--journal", journal, "--workers", WRITERS, "--report", report)
    storm, grip = Storm("a thousand", SHARE), Grip()
    deaths = Deaths(grip)
    proxy.plans += [deaths, storm]

    ends = list(_until_the_end(grip, words))

    assert 5 <= sum(ended.code == -signal.SIGKILL for ended in ends)
    assert deaths.effects >= COUNT
    assert 0.15 <= storm.met.total() / storm.requests <= 0.25, storm
    assert COUNT == _told(ends[-1])
    assert COUNT == _reported(json.loads(report.read_text()))
    proxy.rest()
    _expect_once(hapi, crowd)

    proxy.asked.clear()
    again = write(proxy.base, crowd, workers=WRITERS)
    assert {Fate.UNCHANGED: COUNT} == again.fates
    assert [] == proxy.writes()
    _expect_once(hapi, crowd)


def _until_the_end(grip: Grip, words: tuple[object, ...]) -> Iterator[Ended]:
    """The runs, one after the other, until one has nothing more to do. One that met three conflicts in a row for a finding says
    so, and ends with 7: then a person looks, and starts it again."""
    for _ in range(MOST_RUNS):
        with started(*words) as process:
            grip.hold(process)
            ended = end_of(process, 240)
        assert ended.code in (0, 7, -signal.SIGKILL), ended.stderr
        yield ended
        if ended.code == 0:
            return
    pytest.fail("the run never ended")


def _told(ended: Ended) -> int:
    """How many findings the line of the sum accounts for."""
    (line,) = re.findall(rf"^of {COUNT}: (.*)$", ended.stderr, re.MULTILINE)
    assert "not reached" not in line
    return sum(int(number) for number in re.findall(r"[0-9]+", line))


def _reported(report: dict[str, Any]) -> int:
    """How many findings the report of the last run accounts for."""
    assert (0, 0, COUNT) == (report["exit_code"], report["findings"]["not_reached"], report["findings"]["wanted"])
    return sum(report["findings"]["fates"].values())


def _expect_once(server: FhirServer, crowd: list[Person]) -> None:
    """Each of the people has one Observation, CarePlan and Provenance of ours, in their first versions; and nobody else has."""
    wanted = {kind: {person.resources[kind]["id"] for person in crowd} for kind in ("Observation", "CarePlan", "Provenance")}
    searches = {
        "Observation": "Observation?code=https://fhir-trd.org/CodeSystem/trd-observation|trd-status",
        "CarePlan": "CarePlan?_sort=_id",
        "Provenance": "Provenance?_sort=_id",
    }
    for kind, search in searches.items():
        found = server.search(f"{search}&_count=50")
        assert wanted[kind] == {each["id"] for each in found}
        assert COUNT == len(found)
        assert {"1"} == {each["meta"]["versionId"] for each in found}
        if kind != "Provenance":
            assert {1} == set(Counter(each["subject"]["reference"] for each in found).values())
