"""Faults of HTTP on the way to a real server: each finding is there once, or it is said why not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from fhir_trd.errors import ServerError
from fhir_trd.sinks.delivery import Fate
from fhir_trd.transport.passes import bearer
from fhir_trd.transport.patience import Patience
from tests.servers.faults.kinds import after, answered, cut, dropped, outcome, packed_and_cut, page, redirected, silent
from tests.servers.faults.people import Person, somebody, stand_once
from tests.servers.faults.running import SHORT, Run, write
from tests.servers.fhir_server import FhirServer
from tests.servers.proxy import Fault, Proxy, Rule, proxy_before

CREATED = {Fate.CREATED: 1}


@pytest.fixture
def proxy(medplum: FhirServer) -> Iterator[Proxy]:
    """The proxy before the Medplum router."""
    with proxy_before(medplum.base) as standing:
        yield standing


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Person:
    """Somebody whom no other test knows."""
    return somebody(request.node.name)


def is_there_once(server: FhirServer, person: Person, run: Run) -> None:
    """The run wrote the finding, and it is there once in its first version."""
    assert (CREATED, None) == (run.fates, run.error), run.told
    assert [] == list(stand_once(server, [person]))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_busy_or_down_before_and_after_the_server_wrote(
    status: int, done: bool, proxy: Proxy, medplum: FhirServer, person: Person
) -> None:
    """A server that is busy or down is asked again, with the finding there once, whether or not it had written it."""
    proxy.meet_write(after(answered(status)) if done else answered(status))

    run = write(proxy.base, [person])

    assert [0.0] == run.waits
    is_there_once(medplum, person, run)


@pytest.mark.parametrize(
    "fault",
    [dropped, after(dropped), cut, packed_and_cut, page(), after(page()), page(500), after(page(500))],
    ids=["dropped", "lost", "reset mid-body", "gzip cut", "HTML", "HTML after", "500 non-JSON", "500 non-JSON after"],
)
def test_an_answer_that_is_none(fault: Fault, proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """A transaction whose answer breaks off, or is no answer, is sent again and changes nothing that it had done."""
    proxy.meet_write(fault)

    is_there_once(medplum, person, write(proxy.base, [person]))


@pytest.mark.parametrize(
    "fault",
    [dropped, cut, packed_and_cut, page(), answered(200, outcome("exception"))],
    ids=["dropped", "reset mid-body", "gzip cut", "HTML", "an error with 200"],
)
def test_a_look_that_is_not_answered(fault: Fault, proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """What stands on the server is asked for again, where the answer breaks off, is a page, or tells an error with status 200."""
    for kind in ("Device", "Observation"):
        proxy.meet(fault, path=f"/{kind}")
    proxy.rule(Rule(fault, lambda asked: b'"batch"' in asked.body, times=1, after=0))

    is_there_once(medplum, person, write(proxy.base, [person]))


@pytest.mark.parametrize("fault", [silent, after(silent)], ids=["before", "after"])
def test_no_answer_in_time(fault: Fault, proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """A transaction that is not answered in time is sent again, with the finding there once, also where it had been written."""
    proxy.meet_write(fault)

    run = write(proxy.base, [person], patience=SHORT)

    assert [1.0] == run.waits
    is_there_once(medplum, person, run)


@pytest.mark.parametrize("status", [409, 412])
def test_a_conflict_that_passes(status: int, proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """After 409 or 412 what stands is read and decided anew, and then written once."""
    proxy.meet_write(answered(status, outcome("conflict")), times=2)

    is_there_once(medplum, person, write(proxy.base, [person]))


@pytest.mark.parametrize("status", [409, 412])
def test_a_conflict_that_stays(status: int, proxy: Proxy, person: Person) -> None:
    """A finding that always meets a conflict is left for a person."""
    proxy.meet_write(answered(status, outcome("conflict")), times=99)

    run = write(proxy.base, [person])

    assert {Fate.CONFLICT: 1} == run.fates
    assert "somebody else wrote to it" in run.told


@pytest.mark.parametrize("status", [400, 404, 410, 413, 422])
def test_a_refusal(status: int, proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """A transaction that the server refuses is sent once; the finding is told as refused, with the server's issues."""
    proxy.meet_write(answered(status, outcome("too-long", words="the request is longer than allowed")), times=99)

    run = write(proxy.base, [person])

    assert {Fate.REFUSED: 1} == run.fates
    assert f"the server answered {status} (error too-long: the request is longer than allowed)" in run.told
    assert [404] == list({medplum.ask("GET", place).status_code for place in person.written})


def in_two_seconds() -> str:
    """A date that a server may give."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("2", 2, 2), (in_two_seconds, 1, 3), ("", 1, 1), ("soon", 1, 1)],
    ids=["seconds", "date", "absent", "unreadable"],
)
def test_a_server_says_how_long_to_wait(
    asked: object, least: float, most: float, proxy: Proxy, medplum: FhirServer, person: Person
) -> None:
    """429 is waited for as long as Retry-After asks, in seconds or until a date; else as long as we wait by ourselves."""
    wanted = asked() if callable(asked) else str(asked)
    proxy.meet_write(answered(429, headers={"Retry-After": wanted} if wanted else {}))

    run = write(proxy.base, [person])

    assert 1 == len(run.waits)
    assert least <= run.waits[0] <= most
    is_there_once(medplum, person, run)


def test_a_wait_that_nobody_waits_for(proxy: Proxy, person: Person) -> None:
    """429 with a Retry-After of a day ends the run as an outage, at once."""
    proxy.meet_write(answered(429, headers={"Retry-After": "86400"}))

    run = write(proxy.base, [person])

    assert isinstance(run.error, ServerError)
    assert [] == run.waits
    assert "86400" in run.told


def test_an_outage_that_stays(proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """A server that stays down is asked six times, then the run ends as an outage; a later run writes the finding once."""
    proxy.meet_write(answered(503, b"<p>down</p>", {}), times=99)

    run = write(proxy.base, [person])
    proxy.heal()

    assert isinstance(run.error, ServerError)
    assert [1.0, 2.0, 4.0, 8.0, 16.0] == run.waits
    is_there_once(medplum, person, write(proxy.base, [person]))


def test_success_that_tells_an_error(proxy: Proxy, person: Person) -> None:
    """A transaction answered 200 with an outcome that tells an error is not taken for written."""
    proxy.meet_write(answered(200, outcome("exception")), times=99)

    assert {Fate.REFUSED: 1} == write(proxy.base, [person]).fates


def test_a_write_is_not_led_elsewhere(proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """A transaction that is redirected to another host is not sent there, and the run ends as an outage."""
    with proxy_before(medplum.base) as elsewhere:
        proxy.meet_write(redirected(elsewhere.base.removesuffix("/fhir")), times=99)

        run = write(proxy.base, [person], who=bearer("canary"))

    assert isinstance(run.error, ServerError)
    assert "redirect to another server" in run.told
    assert [] == elsewhere.asked


def test_a_look_that_is_led_elsewhere_takes_no_token_along(proxy: Proxy, medplum: FhirServer, person: Person) -> None:
    """What is only read is followed to another host without the token, which the server itself gets with every request."""
    with proxy_before(medplum.base) as elsewhere:
        proxy.meet(redirected(elsewhere.base.removesuffix("/fhir")), "GET", times=99)

        run = write(proxy.base, [person], who=bearer("canary"))

    is_there_once(medplum, person, run)
    assert elsewhere.asked
    assert set() == {name for asked in elsewhere.asked for name in asked.headers if name.lower() == "authorization"}
    assert set() == {asked.method for asked in elsewhere.asked} - {"GET"}
    assert {"Bearer canary"} == {asked.headers["Authorization"] for asked in proxy.asked}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/fhir", "the connection was refused"),
        ("http://ehr.invalid/fhir", "the name of the server is not known"),
    ],
    ids=["connect refused", "DNS"],
)
def test_a_server_that_is_not_there(address: str, words: str, person: Person) -> None:
    """Where nobody listens, or nobody knows the name, the run ends as an outage that says so."""
    run = write(address, [person], patience=Patience(attempts=2))

    assert isinstance(run.error, ServerError)
    assert f"{words} (2 attempts)" in run.told
