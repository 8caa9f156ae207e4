"""What a server sends of patients who were not asked for enters no folder, and alone it is no answer."""

from pathlib import Path

import pytest

from fhir_trd.sources.server.fetch import Fetched, fetch, folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.asking import Answer
from tests.unit.sources.ehr import BASE, KINDS, Ehr, Resource, good, statement
from tests.unit.sources.test_crawl import kinds, resources

ONE = Selection(patients=("p0",))
OWN = "https://inside.example.org/r4"
"""How the server calls itself, as it is behind a proxy."""

ASIDE = "about a patient who was not asked for"
NO_ANSWER = "it answered only with what was not asked for"


def condition(identity: str, patient: str) -> Resource:
    """A condition of somebody."""
    return {"resourceType": "Condition", "id": identity, "subject": {"reference": patient}}


def bundle(*found: Resource) -> Answer:
    """The only page of an answer."""
    return good({"resourceType": "Bundle", "entry": [{"resource": each} for each in found]})


def fetched(server: Ehr, path: Path, by: Way = Way.SEARCH, since: str = "") -> Fetched:
    """All of the one patient."""
    plan = plan_for(server, Wanted(selection=ONE, by=by, since=since, workers=1))
    with folder_for(plan, server, path) as folder:
        return fetch(plan, server, folder)


@pytest.mark.parametrize(
    ("reference", "is_kept"),
    [
        ("Patient/p0", True),
        ("Patient/p0/_history/3", True),
        (f"{BASE}/Patient/p0", True),
        (f"{OWN}/Patient/p0", True),
        ("https://other.example.org/fhir/Patient/p0", False),
        ("Patient/p1", False),
        ("Group/g", True),
    ],
)
def test_only_what_is_about_the_patient_is_kept(tmp_path: Path, reference: str, is_kept: bool) -> None:
    """However this server names its patient, it is the same; the same id on another server is a stranger."""
    server = Ehr(1, 0, says=statement(KINDS) | {"implementation": {"url": OWN}})
    server.faults["Condition"] = lambda _: bundle(condition("own", "Patient/p0"), condition("other", reference))

    brought = fetched(server, tmp_path)

    assert 1 + is_kept == kinds(tmp_path)["Condition"]
    assert ({} if is_kept else {ASIDE: 1}) == brought.aside
    assert brought.is_whole


def test_a_search_that_finds_only_strangers_is_no_answer(tmp_path: Path) -> None:
    """A server that does not look at the parameter is told: nothing of it is kept, and the patient is not judged."""
    server = Ehr(1, 0)
    server.faults["Condition"] = lambda _: bundle(condition("a", "Patient/p1"), condition("b", "Patient/p2"))

    brought = fetched(server, tmp_path)

    assert {f"Condition: {NO_ANSWER}": 1} == brought.left_out
    assert {ASIDE: 2} == brought.aside
    assert frozenset({"p0"}) == brought.failed
    assert 0 == kinds(tmp_path)["Condition"]


@pytest.mark.parametrize("answer", [{"resourceType": "Patient", "id": "p1"}, {"resourceType": "Basic", "id": "p0"}])
def test_another_patient_instead_is_no_answer(tmp_path: Path, answer: Resource) -> None:
    """A read that brings somebody else, or something else, leaves the patient out."""
    server = Ehr(1, 0)
    server.faults["Patient/p0"] = lambda _: good(answer)

    assert {f"Patient: {NO_ANSWER}": 1} == fetched(server, tmp_path).left_out


def test_members_who_come_along_are_set_aside(tmp_path: Path) -> None:
    """By $everything the other members of a group come along; neither they nor their records are kept."""
    server = Ehr(1, 0)
    others = [server.person("p1"), condition("other", "Patient/p1")]
    server.faults["Patient/p0/$everything"] = lambda _: bundle(server.person("p0"), condition("own", "Patient/p0"), *others)

    brought = fetched(server, tmp_path, Way.EVERYTHING)

    assert ["own", "p0"] == sorted(each["id"] for each in resources(tmp_path))
    assert {ASIDE: 2} == brought.aside
    assert brought.is_whole


def test_strangers_alone_are_an_answer_where_nothing_changed(tmp_path: Path) -> None:
    """Asked for changes, $everything may bring those of others alone; asked for all, the patient must be among it."""
    server = Ehr(1, 0)
    fetched(server, tmp_path, Way.EVERYTHING, since="auto")
    server.faults["Patient/p0/$everything"] = lambda _: bundle(server.person("p1"))

    assert fetched(server, tmp_path, Way.EVERYTHING, since="auto").is_whole
    assert {f"$everything: {NO_ANSWER}": 1} == fetched(server, tmp_path / "whole", Way.EVERYTHING).left_out
