"""Pages that lead round in a circle are not followed for ever, however their addresses change."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from fhir_trd.fhir.exchange.paging import page_in
from fhir_trd.sources.server.circle import MOST_EMPTY, Circle
from fhir_trd.sources.server.fetch import fetch, folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.asking import Answer
from tests.unit.sources.ehr import BASE, Ehr, good


def closed_after(pages: Iterable[list[str]]) -> int:
    """After how many pages of conditions with these ids the circle is closed; 0 if it never is."""
    circle = Circle()
    for count, ids in enumerate(pages, 1):
        entries = [{"resource": {"resourceType": "Condition", "id": identity}} for identity in ids]
        page = page_in(json.dumps({"resourceType": "Bundle", "entry": entries}).encode())
        assert page is not None
        if circle.is_closed_by(page):
            return count
    return 0


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (lambda number: ["a"], 2),
        (lambda number: [str(number % 3)], 7),
        (lambda number: [str(min(number, 20))], 33),
        (lambda number: [], MOST_EMPTY + 1),
        (lambda number: [str(number), str(number + 1)], 0),
        (lambda number: [str(number)] if number % 50 == 0 else [], 0),
    ],
)
def test_a_page_that_was_there_before_closes_the_circle(page: Callable[[int], list[str]], wanted: int) -> None:
    """A circle of pages is found after a few rounds, wherever it begins; pages that overlap or are empty are none."""
    found = closed_after(map(page, range(500)))

    assert wanted == found


def test_ever_new_addresses_are_not_followed_for_ever(tmp_path: Path) -> None:
    """A server whose next page is always the same under a new address is asked a few times, and what it held is counted."""
    server = Ehr(1, 0)

    def endless(address: str) -> Answer:
        number = int(address.partition("&page=")[2] or 0) + 1
        link = {"relation": "next", "url": f"{BASE}/Condition?patient=Patient/p0&page={number}"}
        return good({"resourceType": "Bundle", "link": [link], "entry": [{"resource": server.of("Condition", "p0")[0]}]})

    server.each, server.faults["Condition"] = 1, endless
    plan = plan_for(server, Wanted(selection=Selection(patients=("p0",)), by=Way.SEARCH, workers=1))
    with folder_for(plan, server, tmp_path) as folder:
        fetched = fetch(plan, server, folder)

    assert {"Condition: its pages lead round in a circle": 1} == fetched.left_out
    assert 4 == sum(count for address, count in server.asked.items() if address.startswith("Condition"))
