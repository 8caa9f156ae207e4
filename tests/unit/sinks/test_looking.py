"""Looking at many resources in few requests never tells other than looking at each."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from fhir_trd.fhir.exchange.findings import Written
from fhir_trd.sinks.looking import PAGES, Seen, find_all, read_all
from fhir_trd.transport.asking import Answer
from tests.unit.transport.playing import BASE, bad, good, play, server

PLAN = {"resourceType": "CarePlan", "id": "2", "identifier": [{"system": "s", "value": "2"}]}
OBSERVATION = {"resourceType": "Observation", "id": "1", "identifier": [{"system": "s", "value": "1"}]}
PARTS = (Written("Observation", "1", OBSERVATION), Written("CarePlan", "2", PLAN))
ADDRESSES = ("Observation/1", "CarePlan/2")
THERE = {"response": {"status": "200 OK"}, "resource": OBSERVATION}
NOT_THERE = {"response": {"status": "404 Not Found"}}


def bundle(*entries: Any, **rest: Any) -> bytes:
    """The answer to a batch or a search."""
    return json.dumps({"resourceType": "Bundle", "entry": entries, **rest}).encode()


def paged(more: Callable[[int], bool]) -> Callable[[PreparedRequest], tuple[int, dict[str, str], bytes]]:
    """A server that answers a search with pages of one resource each."""

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        page = int((request.url or "").partition("page=")[2] or 0)
        following = {"link": [{"relation": "next", "url": f"{BASE}/CarePlan?page={page + 1}"}]} if more(page) else {}
        return 200, {}, bundle({"resource": PLAN | {"id": str(page)}}, **following)

    return answer


@responses.activate
def test_one_request_tells_of_what_stands_and_of_what_was_deleted() -> None:
    """A batch tells found, never there and deleted apart."""
    gone = {"response": {"status": "410 Gone"}}
    play("", good(bundle(THERE, gone, NOT_THERE)), method="POST")

    found = read_all((*ADDRESSES, "Provenance/3"), server())

    assert [Seen(address="Observation/1", body=OBSERVATION), Seen(gone=True), Seen()] == list(found.values())
    assert 1 == len(responses.calls)


@pytest.mark.parametrize("answer", [good(), good(bundle(THERE)), bad(400), bad(409)], ids=["empty", "short", "refused", "busy"])
@responses.activate
def test_a_batch_that_is_not_answered_whole_is_asked_one_by_one(answer: Any) -> None:
    """What a server does not tell together it tells of each."""
    play("", answer, method="POST")
    play("Observation/1", good(json.dumps(OBSERVATION).encode()))
    play("CarePlan/2", bad(410))

    found = read_all(ADDRESSES, server())

    assert [Seen(address="Observation/1", body=OBSERVATION), Seen(gone=True)] == list(found.values())


@pytest.mark.parametrize("entry", [{}, {"response": {"status": "500"}}, THERE, {"response": {"status": "200"}}])
@responses.activate
def test_an_entry_that_tells_nothing_is_read_alone(entry: Any) -> None:
    """No answer, a fault, another resource or none in its place: nothing of it is relied on."""
    play("", good(bundle(THERE, entry)), method="POST")
    play("CarePlan/2", bad(404))

    assert Seen() == read_all(ADDRESSES, server())["CarePlan/2"]


@responses.activate
def test_a_read_that_is_refused_says_why() -> None:
    """What cannot be read is no proof that nothing stands there."""
    play("CarePlan/2", bad(400))

    assert {"CarePlan/2": Seen(why="reading CarePlan/2: the server answered 400")} == read_all(("CarePlan/2",), server())


@responses.activate
def test_nothing_to_read_asks_nothing() -> None:
    """No address, no request."""
    assert {} == read_all((), server())


@responses.activate
def test_all_pages_of_a_search_are_read() -> None:
    """A second resource under one identifier may stand on a later page."""
    responses.add_callback("GET", re.compile(f"{BASE}/CarePlan"), callback=paged(lambda page: page < 2))

    found = find_all(PARTS[1:], server())

    assert isinstance(found, dict)
    assert ["0", "1", "2"] == [body["id"] for body in found["s|2"]]


@responses.activate
def test_a_search_that_never_ends_is_left() -> None:
    """A server whose pages go round in a circle does not hold us for ever."""
    responses.add_callback("GET", re.compile(f"{BASE}/CarePlan"), callback=paged(lambda page: True))

    find_all(PARTS[1:], server())

    assert PAGES == len(responses.calls)


@responses.activate
def test_what_a_search_finds_beside_is_left_out() -> None:
    """Other types, other identifiers and outcomes in the answer are not taken for ours."""
    other, outcome = PLAN | {"identifier": [{"system": "s", "value": "3"}]}, {"resourceType": "OperationOutcome"}
    play("Observation", good(bundle({"resource": PLAN}, {"resource": outcome}, {})))
    play("CarePlan", good(bundle({"resource": other}, {"resource": PLAN})))

    assert {"s|1": (), "s|2": (PLAN,)} == find_all(PARTS, server())


@responses.activate
def test_a_search_that_is_refused_is_an_answer() -> None:
    """Whoever asked must say why it cannot be told."""
    play("CarePlan", bad(400))

    assert isinstance(find_all(PARTS[1:], server()), Answer)
