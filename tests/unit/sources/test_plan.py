"""How a server is read from follows from what it says that it can do."""

import pytest

from fhir_trd.errors import ServerError, TrdError, UsageError
from fhir_trd.sources.server.plan import TYPES, Plan, Wanted, Way, plan_for
from fhir_trd.sources.server.selection import Selection
from tests.unit.sources.ehr import KINDS, Ehr, Resource, bad, statement

ONE, ALL, WARD = Selection(patients=("p0",)), Selection(everyone=True), Selection(group="ward")


def plan(says: Resource, selection: Selection = ONE, *, by: Way = Way.AUTO, types: tuple[str, ...] = (), since: str = "") -> Plan:
    """The plan for a server that says this."""
    return plan_for(Ehr(says=says), Wanted(selection=selection, by=by, types=types, since=since))


def offering(*operations: str, software: str = "played") -> Resource:
    """A server with these operations."""
    return statement(KINDS, software, operations)


@pytest.mark.parametrize(
    ("says", "selection", "way"),
    [
        (offering("export", "everything"), WARD, Way.EXPORT),
        (offering("group-export"), WARD, Way.EXPORT),
        (offering("export", "everything"), ALL, Way.EXPORT),
        (offering("export", "everything"), ONE, Way.EVERYTHING),
        (offering("export", software="Epic May 2024"), WARD, Way.SEARCH),
        (offering("everything"), WARD, Way.SEARCH),
        (offering(), ONE, Way.SEARCH),
    ],
)
def test_the_way_follows_from_what_is_offered(says: Resource, selection: Selection, way: Way) -> None:
    """Many patients come by export where it is offered and not known to be slow, single ones by $everything, else by search."""
    assert way == plan(says, selection).way


def test_a_way_that_is_named_is_taken() -> None:
    """What a person asks for is done, whatever the server says."""
    assert Way.SEARCH == plan(offering("export"), WARD, by=Way.SEARCH).way


def test_types_that_a_server_lacks_are_told() -> None:
    """A type that the server does not have is not asked for, and said; one that it does not search by patient too."""
    found = plan(
        statement({"Patient": [], "Condition": ["patient"], "Device": ["type"]}), types=("Condition", "Device", "Procedure")
    )

    assert ("Condition", "Device") == found.types
    assert ["Condition"] == [kind.name for kind in found.kinds]
    assert ("the server does not have: Procedure", "the server does not search by patient: Device") == found.notes


def test_the_parameter_is_the_one_that_is_offered() -> None:
    """Where a server searches by subject only, that is what it is asked by."""
    (kind,) = plan(statement({"Condition": ["subject"]}), types=("Condition",)).kinds

    assert "Condition?subject=Patient/p0&_count=100" == kind.search("p0", "2024-01-01")


def test_a_server_that_tells_nothing_is_asked_all_the_same() -> None:
    """Where no types are named, all are asked for, adverse events by their subject; only a type of old releases is not."""
    kinds = {kind.name: kind for kind in plan(statement({})).kinds}

    assert set(TYPES) - {"MedicationOrder"} == set(kinds)
    assert "AdverseEvent?subject=Patient/p0&_count=100" == kinds["AdverseEvent"].search("p0", "")


def test_types_without_a_time_of_change_are_told() -> None:
    """Where the last change cannot be searched by, a type is fetched whole, and that is said."""
    found = plan(statement(KINDS), since="auto", types=("Observation", "Condition"), by=Way.SEARCH)

    assert ("the server does not search by the time of the last change, so these are fetched whole: Observation",) == found.notes


def test_the_time_is_that_of_the_server() -> None:
    """A round is as of the time that the server says it is, and a minute before."""
    assert "2024-06-30T11:59:00Z" == plan(statement(KINDS)).as_of


def test_an_unknown_type_is_refused() -> None:
    """A type that nothing is read from is no type to fetch."""
    with pytest.raises(UsageError, match="--type: found Account, wanted one of AdverseEvent, "):
        plan(statement(KINDS), types=("Account",))


@pytest.mark.parametrize(("status", "kind"), [(404, UsageError), (400, ServerError)])
def test_a_server_without_a_statement_is_refused(status: int, kind: type[TrdError]) -> None:
    """Something that does not say what it can do is no FHIR server; where there is nothing, the address is wrong for good."""
    server = Ehr()
    server.faults["metadata"] = lambda _: bad(status)

    with pytest.raises(kind, match="wanted its CapabilityStatement"):
        plan_for(server, Wanted(selection=ONE))


@pytest.mark.parametrize("chosen", [{}, {"group": "a", "everyone": True}])
def test_whose_records_is_said_once(chosen: dict[str, object]) -> None:
    """None of the ways to say whose records, or two of them, are refused."""
    with pytest.raises(UsageError, match="found none or more than one of --patient"):
        Selection(**chosen)  # type: ignore[arg-type]


def test_a_moment_with_an_offset_reaches_the_server() -> None:
    """The sign of an offset is written so that it is no blank to the server."""
    (kind,) = plan(statement(KINDS), types=("Condition",)).kinds

    assert kind.search("p0", "2024-06-30T12:00:00+02:00").endswith("&_lastUpdated=ge2024-06-30T12:00:00%2B02:00")
