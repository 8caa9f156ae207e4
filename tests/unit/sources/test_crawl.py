"""A crawl brings every record whole, goes on where it was cut off, and counts what the server refuses."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fhir_trd.errors import NotAuthorised, ServerError, UsageError
from fhir_trd.sources.server.fetch import Fetched, fetch, folder_for
from fhir_trd.sources.server.plan import Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.server import Server
from tests.factory.mortal import Killed, Mortal
from tests.unit.sources.ehr import Ehr, Resource, bad, good, product

WARD = Selection(group="ward")
EVERYONE = Selection(everyone=True)
WHOLE = {"Patient": 3, "Condition": 9, "MedicationRequest": 9, "Observation": 9, "Medication": 1}
EVERYTHING = {"Patient": 3, "Condition": 9, "MedicationRequest": 9, "Medication": 2}


def carried_out(server: Server, path: Path, selection: Selection = WARD, by: Way = Way.SEARCH, since: str = "") -> Fetched:
    """A fetch from beginning to end."""
    plan = plan_for(server, Wanted(selection=selection, by=by, since=since, workers=2))
    with folder_for(plan, server, path) as folder:
        return fetch(plan, server, folder)


def resources(path: Path) -> list[Resource]:
    """All resources of a folder."""
    return [json.loads(line) for file in sorted(path.glob("*.ndjson")) for line in file.read_text().splitlines()]


def kinds(path: Path) -> Counter[str]:
    """How many resources of each type a folder holds."""
    return Counter(each["resourceType"] for each in resources(path))


def test_a_search_is_followed_to_its_last_page(tmp_path: Path) -> None:
    """Every patient's resources are there, from all pages, each once; the product that all name is read once."""
    server = Ehr()

    fetched = carried_out(server, tmp_path)

    assert WHOLE == fetched.resources
    assert WHOLE == kinds(tmp_path)
    assert fetched.is_whole
    assert 1 == server.asked["Medication/m2"]
    assert len(resources(tmp_path)) == len({(each["resourceType"], each["id"]) for each in resources(tmp_path)})


def test_members_who_are_no_patients_are_counted(tmp_path: Path) -> None:
    """A device in the group and a member who left are set aside with the reason."""
    fetched = carried_out(Ehr(), tmp_path)

    assert {"member who is no patient on this server": 1, "member who left the group": 1} == fetched.aside


def test_everything_is_sorted_by_type(tmp_path: Path) -> None:
    """By $everything each type has its file, and the product that every answer brings along is kept once."""
    fetched = carried_out(Ehr(), tmp_path, by=Way.EVERYTHING)

    assert EVERYTHING == fetched.resources == kinds(tmp_path)
    assert 2 == fetched.aside["product that another patient's answer brought already"]


def test_types_that_may_not_be_named_are_set_aside(tmp_path: Path) -> None:
    """A server that refuses the list of types is asked for everything, and what nobody reads is counted."""
    server = Ehr()

    def fussy(address: str) -> Answer:
        if "_type" in address:
            return bad(400, code="not-supported")
        return good(
            {"resourceType": "Bundle", "entry": [{"resource": server.person("p0")}, {"resource": {"resourceType": "Account"}}]}
        )

    server.faults["Patient/p0/$everything"] = fussy

    fetched = carried_out(server, tmp_path, Selection(patients=("p0",)), by=Way.EVERYTHING)

    assert {"Patient": 1} == fetched.resources
    assert {"of a type that was not asked for": 1} == fetched.aside


@pytest.mark.parametrize("selection", [EVERYONE, Selection(codes=("a", "b")), WARD])
def test_patients_are_found_each_once(tmp_path: Path, selection: Selection) -> None:
    """All patients, those with a diagnosis and those of a group are listed once each, however often they are found."""
    assert 3 == carried_out(Ehr(), tmp_path, selection).patients


def test_a_list_of_patients_is_read_from_a_file(tmp_path: Path) -> None:
    """One id a line, with or without the type; empty lines and repetitions are no patients."""
    (tmp_path / "ids").write_text("p0\n\nPatient/p1\np0\n")

    assert 2 == carried_out(Ehr(), tmp_path / "out", Selection(listed=tmp_path / "ids")).patients


def test_what_is_no_id_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """A line that may be a name stops the run, and the message names the line, not what stands there."""
    (tmp_path / "ids").write_text("p0\nJane Doe\n")

    with pytest.raises(UsageError, match=r"ids:2: found 8 signs that are no id") as told:
        carried_out(Ehr(), tmp_path / "out", Selection(listed=tmp_path / "ids"))

    assert "Jane" not in str(told.value)


class MortalEhr(Mortal, Ehr):
    """The server, to a run that ends."""


@pytest.mark.parametrize(("way", "whole"), [(Way.SEARCH, WHOLE), (Way.EVERYTHING, EVERYTHING)])
def test_a_run_that_is_cut_off_anywhere_ends_with_the_same(tmp_path: Path, way: Way, whole: dict[str, int]) -> None:
    """After an end at any answer and a second run, the folder is what an uncut run makes, byte for byte."""
    carried_out(Ehr(), tmp_path / "uncut", by=way)
    wanted = {file.name: file.read_bytes() for file in (tmp_path / "uncut").glob("*.ndjson")}
    for last in range(1, 100):
        path, server = tmp_path / str(last), MortalEhr()
        server.left = last
        if _survives(server, path, way):
            return
        assert whole == carried_out(Ehr(), path, by=way).resources
        assert wanted == {file.name: file.read_bytes() for file in path.glob("*.ndjson")}
    pytest.fail("the run never ended")


def _survives(server: Server, path: Path, way: Way) -> bool:
    try:
        carried_out(server, path, by=way)
    except Killed:
        return False
    return True


def test_a_refused_type_is_counted_and_the_rest_comes(tmp_path: Path) -> None:
    """A search that the server refuses is left out for each patient with its reason; the others are carried out."""
    server = Ehr()
    server.faults["Observation"] = lambda _: bad(400, code="not-supported", diagnostics="bad parameter of 'Jane Doe'")

    fetched = carried_out(server, tmp_path)

    assert {"Observation: it answered 400 (error not-supported: bad parameter of …)": 3} == fetched.left_out
    assert {kind: count for kind, count in WHOLE.items() if kind != "Observation"} == fetched.resources


def test_what_was_left_out_before_a_cut_is_not_forgotten(tmp_path: Path) -> None:
    """A run that goes on after a cut knows what the earlier one had to leave out."""
    server = MortalEhr()
    server.faults["Condition"] = lambda _: bad(400)
    server.left = 16

    assert not _survives(server, tmp_path, Way.SEARCH)

    assert 3 == sum(carried_out(Ehr(), tmp_path).left_out.values())


def test_a_missing_product_is_counted(tmp_path: Path) -> None:
    """A product that is not there is left out, once, and the orders that name it are kept."""
    server = Ehr()
    server.faults["Medication/"] = lambda _: bad(404)

    fetched = carried_out(server, tmp_path)

    assert {"Medication: it answered 404 (error )": 1} == fetched.left_out
    assert 9 == fetched.resources["MedicationRequest"]


@pytest.mark.parametrize(
    ("reference", "asked", "left_out"),
    [
        ("Medication/m9/_history/2", "Medication/m9", 0),
        ("https://ehr.example.org/fhir/Medication/m9", "Medication/m9", 0),
        ("https://other.example.org/fhir/Medication/m9", "", 1),
        ("#m9", "", 0),
        ("urn:uuid:0b1c6a1e-0000-4000-8000-000000000000", "", 0),
    ],
)
def test_only_products_of_this_server_are_read(tmp_path: Path, reference: str, asked: str, left_out: int) -> None:
    """A reference to another server is not followed but counted; one to a part of the record needs no request."""
    server = Ehr(1, 0)
    order = {"resourceType": "MedicationRequest", "id": "o", "medicationReference": {"reference": reference}}
    server.faults["MedicationRequest"] = lambda _: good({"resourceType": "Bundle", "entry": [{"resource": order}]})

    fetched = carried_out(server, tmp_path)

    assert ([asked] if asked else []) == [address for address in server.asked if address.startswith("Medication/")]
    assert left_out == sum(fetched.left_out.values())


def circle(_: str) -> Answer:
    """A page that names itself as the next."""
    return good({"resourceType": "Bundle", "link": [{"relation": "next", "url": "Condition?again"}], "entry": []})


def short(_: str) -> Answer:
    """A page that holds fewer than the server says there are."""
    return good({"resourceType": "Bundle", "total": 2, "entry": [{"resource": {"resourceType": "Condition", "id": "a"}}]})


def strange(_: str) -> Answer:
    """An answer that is no page."""
    return good(product("x"))


def outage(_: str) -> Answer:
    """A request that always fails."""
    raise ServerError("GET Condition?patient: the server answered 500")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (circle, "Condition: its pages lead round in a circle"),
        (short, "Condition: fewer came than the server says there are"),
        (strange, "Condition: it answered with something that is no Bundle"),
        (outage, "Condition: GET Condition?patient: the server answered 500"),
    ],
)
def test_an_answer_that_cannot_be_used_is_counted(tmp_path: Path, fault: Callable[[str], Answer], why: str) -> None:
    """Pages in a circle, too few resources, no Bundle, or a lasting failure of one search are told, and the run goes on."""
    server = Ehr(1)
    server.faults["Condition"] = fault

    fetched = carried_out(server, tmp_path)

    assert {why: 1} == fetched.left_out
    assert 3 == fetched.resources["Observation"]


def test_links_that_expire_are_begun_anew_once(tmp_path: Path) -> None:
    """A search whose second page is gone is begun again, and nothing is there twice."""
    server = Ehr(1)
    first = f"Condition?patient=Patient/p0&_count=100&start={2}"
    server.faults[first] = lambda address: bad(410) if server.asked[address] == 1 else server.answer(address)

    fetched = carried_out(server, tmp_path)

    assert fetched.is_whole
    assert 3 == fetched.resources["Condition"]


def test_an_outage_ends_the_run(tmp_path: Path) -> None:
    """When nothing else works either, the run ends with the error, and shows no patient's id."""
    server = Ehr(1)

    def down(address: str) -> Answer:
        raise ServerError(f"GET {address}: the connection broke off")

    plan = plan_for(server, Wanted(selection=Selection(patients=("p0",)), by=Way.SEARCH, workers=1))
    server.faults["Patient/p0"] = server.faults["metadata"] = down

    with folder_for(plan, server, tmp_path) as folder, pytest.raises(ServerError, match=r"Patient/…: the connection broke off"):
        fetch(plan, server, folder)


def test_a_server_that_fails_again_and_again_is_down(tmp_path: Path) -> None:
    """Some lasting failures are left out; more of them are an outage."""
    server = Ehr(20)
    server.faults["Condition"] = outage

    with pytest.raises(ServerError, match="answered 500"):
        carried_out(server, tmp_path)


def test_a_server_that_does_not_let_us_in_ends_the_run(tmp_path: Path) -> None:
    """What we may not read is not left out in silence: rights are asked for instead."""
    server = Ehr(1)

    def closed(address: str) -> Answer:
        raise NotAuthorised(f"GET {address}: the server answered 403")

    server.faults["Observation"] = closed

    with pytest.raises(NotAuthorised):
        carried_out(server, tmp_path)


def test_a_group_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Without a list of patients nothing is fetched."""
    with pytest.raises(UsageError, match="asked whose records there are, it answered 404"):
        carried_out(Ehr(), tmp_path, Selection(group="other"))


def test_remarks_of_the_server_are_told(tmp_path: Path) -> None:
    """An OperationOutcome among what was found is no resource of the record; what it says is told."""
    server = Ehr(1)
    remark = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "processing"}]}
    entries = [{"resource": remark, "search": {"mode": "outcome"}}, {"search": {"mode": "match"}}]
    server.faults["Condition"] = lambda _: good({"resourceType": "Bundle", "entry": entries})

    fetched = carried_out(server, tmp_path)

    assert {"entry without a resource": 1, "remark of the server": 1}.items() <= fetched.aside.items()
    assert {"warning processing": 1} == fetched.remarks


def test_resources_stay_as_the_server_gave_them(tmp_path: Path) -> None:
    """A resource keeps its bytes; only one that spans lines loses the breaks between its parts."""
    server = Ehr(1, 0)
    first, second = b'{"resourceType" : "Condition","x":1.50}', b'{"resourceType":\n"Condition",\n"x": 2.50}'
    bundle = b'{"resourceType":"Bundle","entry":[{"resource":%b},{"resource":%b}]}' % (first, second)
    server.faults["Condition"] = lambda _: Answer(status=200, headers={}, body=bundle, url="")

    carried_out(server, tmp_path)

    wanted = b'{"resourceType" : "Condition","x":1.50}\n{"resourceType":"Condition","x":2.50}\n'
    assert wanted == (tmp_path / "Condition.000001.ndjson").read_bytes()


def test_changes_are_asked_for_where_the_server_can_tell(tmp_path: Path) -> None:
    """The second round asks since the first, by the server's clock and a little before; newcomers and other types come whole."""
    carried_out(Ehr(2), tmp_path, since="auto")
    server = Ehr(3)

    second = carried_out(server, tmp_path, since="auto")

    late = "&_lastUpdated=ge2024-06-30T11:59:00Z"
    assert 1 == server.asked[f"Condition?patient=Patient/p0&_count=100{late}"]
    assert 1 == server.asked["Condition?patient=Patient/p2&_count=100"]
    assert 1 == server.asked["Observation?subject=Patient/p0&_count=100"]
    assert WHOLE == kinds(tmp_path)
    assert second.is_whole


def test_those_who_left_leave_the_folder(tmp_path: Path) -> None:
    """After an incremental round, nobody is in the folder who is no longer wanted."""
    carried_out(Ehr(3), tmp_path, since="auto")

    carried_out(Ehr(1), tmp_path, since="auto")

    assert {"Patient/p0"} == {each["subject"]["reference"] for each in resources(tmp_path) if "subject" in each}


def test_everything_is_asked_for_since_the_last_round(tmp_path: Path) -> None:
    """By $everything too, the second round asks for changes of those who were there before, and for all of whoever is new."""
    carried_out(Ehr(1), tmp_path, by=Way.EVERYTHING, since="auto")
    server = Ehr(2)

    carried_out(server, tmp_path, by=Way.EVERYTHING, since="auto")

    types = "&_type=Condition,Medication,MedicationRequest,Observation,Patient"
    assert 1 == server.asked[f"Patient/p0/$everything?_count=100&_since=2024-06-30T11:59:00Z{types}"]
    assert 1 == server.asked[f"Patient/p1/$everything?_count=100{types}"]
    assert {**EVERYTHING, "Patient": 2, "Condition": 6, "MedicationRequest": 6} == kinds(tmp_path)
