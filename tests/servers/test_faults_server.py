"""Faults of a server itself, shown by HAPI FHIR or in its name by the proxy."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fhir_trd.sinks.delivery import Fate
from tests.servers.faults.kinds import nothing_found
from tests.servers.faults.people import Person, settle, somebody, stand_once
from tests.servers.faults.running import write
from tests.servers.fhir_server import FhirServer
from tests.servers.proxy import Fault, Proxy, Way, proxy_before, through


@pytest.fixture
def proxy(hapi: FhirServer) -> Iterator[Proxy]:
    """The proxy before HAPI FHIR."""
    with proxy_before(hapi.base) as standing:
        yield standing


@pytest.fixture
def person(request: pytest.FixtureRequest, hapi: FhirServer) -> Person:
    """Somebody whom no other test knows, with a record on the server."""
    one = somebody(request.node.name)
    settle(hapi, [one])
    return one


def halved(way: Way) -> None:
    """A server that takes a transaction for a batch, and of that only what is not a plan."""
    bundle: dict[str, Any] = json.loads(way.asked.body)
    taken = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Observation"]
    reply = way.forward(json.dumps({**bundle, "type": "batch", "entry": taken}).encode())
    answer: dict[str, Any] = json.loads(reply.body)
    left = [{"response": {"status": "400 Bad Request"}}] * (len(bundle["entry"]) - len(taken))
    way.answer(type(reply)(200, reply.headers, json.dumps({**answer, "entry": [*answer["entry"], *left]}).encode()))


def test_a_transaction_half_applied(proxy: Proxy, hapi: FhirServer, person: Person) -> None:
    """A server that takes a transaction for a batch, and only a part of it, is not taken at its word; the next run mends it."""
    proxy.meet_write(halved)

    first, second = write(proxy.base, [person]), write(proxy.base, [person])

    assert {Fate.REFUSED: 1} == first.fates
    assert "only a part of the transaction" in first.told
    assert 1 == second.fates.total() - second.fates[Fate.REFUSED] - second.fates[Fate.CONFLICT]
    assert [] == list(stand_once(hapi, [person]))


def test_two_under_our_identifier(proxy: Proxy, hapi: FhirServer, person: Person) -> None:
    """Somebody else's resources under the identifier of a finding are for a person to sort out, and none of them is changed."""
    finding = person.resources["Observation"]
    others = [f"{person.name}-other-{number}" for number in (1, 2)]
    for other in others:
        kept = {name: value for name, value in finding.items() if name not in ("text", "device")}
        hapi.put({**kept, "id": other})

    run = write(proxy.base, [person])

    assert {Fate.CONFLICT: 1} == run.fates
    assert "under its identifier" in run.told
    assert ["1", "1"] == [hapi.get(f"Observation/{other}")["meta"]["versionId"] for other in others]


def writing_too(server: FhirServer, place: str, **elements: object) -> Fault:
    """Somebody else who changes a resource between our look and our writing."""

    def overtakes(way: Way) -> None:
        server.put({**server.get(place), **elements})
        through(way)

    return overtakes


def test_a_version_conflict_with_somebody_who_changes_a_value(proxy: Proxy, hapi: FhirServer, person: Person) -> None:
    """A value that somebody else wrote between our look and our writing is seen, and then replaced in a version of its own."""
    place, changed = _changed(hapi, person)
    proxy.meet_write(writing_too(hapi, place, effectiveDateTime="2032-02-02"))

    run = write(proxy.base, [person])

    assert {Fate.UPDATED: 1} == run.fates, run.told
    versions = [version["effectiveDateTime"] for version in reversed(hapi.versions(place))]
    assert [person.resources["Observation"]["effectiveDateTime"], changed, "2032-02-02"] == versions[:3]
    assert person.resources["Observation"]["effectiveDateTime"] == versions[-1]
    assert 4 == len(versions)


def test_a_version_conflict_with_somebody_who_takes_it_on(proxy: Proxy, hapi: FhirServer, person: Person) -> None:
    """A finding that somebody made final between our look and our writing stays final."""
    place, _ = _changed(hapi, person)
    proxy.meet_write(writing_too(hapi, place, status="final"))

    assert {Fate.CONFLICT: 1} == write(proxy.base, [person]).fates
    assert "final" == hapi.get(place)["status"]


def _changed(server: FhirServer, person: Person) -> tuple[str, str]:
    """The place of a finding that was written and then changed, and the day it was changed to."""
    assert {Fate.CREATED: 1} == write(server.base, [person]).fates
    place, changed = person.written[0], "2031-01-01"
    server.put({**server.get(place), "effectiveDateTime": changed})
    return place, changed


def test_an_index_that_is_behind(proxy: Proxy, hapi: FhirServer, person: Person) -> None:
    """A server whose searches find nothing for a while after a write is asked until they do; the finding is there once."""
    proxy.meet(nothing_found, path="identifier", times=4)

    run = write(proxy.base, [person])

    assert {Fate.CREATED: 1} == run.fates, run.told
    assert [] == list(stand_once(hapi, [person]))


def test_an_index_that_stays_behind(proxy: Proxy, person: Person) -> None:
    """A server whose searches never find what it took is asked a bounded number of times; then the finding is for a person."""
    proxy.meet(nothing_found, path="identifier", times=999)

    run = write(proxy.base, [person])

    assert {Fate.CONFLICT: 1} == run.fates
    assert "under its identifier" in run.told
    assert 99 > len(proxy.asked)


def test_what_was_deleted_on_the_server(proxy: Proxy, hapi: FhirServer, person: Person) -> None:
    """410: what somebody deleted on the server is left to a person, and not silently written again."""
    assert {Fate.CREATED: 1} == write(hapi.base, [person]).fates
    for place in reversed(person.written):
        assert hapi.ask("DELETE", place).ok

    run = write(proxy.base, [person])

    assert {Fate.CONFLICT: 1} == run.fates
    assert "deleted on the server" in run.told
    assert {410} == {hapi.ask("GET", place).status_code for place in person.written}
