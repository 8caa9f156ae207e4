"""Faults of being let in, by a real token endpoint where it can be brought to them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from fhir_trd.cli.server_options import WRITES
from fhir_trd.errors import NotAuthorised
from fhir_trd.sinks.delivery import Fate
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.keys import signing_key
from fhir_trd.transport.server import Server, session_for
from fhir_trd.transport.smart import Backend
from fhir_trd.transport.world import World
from tests.servers.faults.gate import Gate, gate
from tests.servers.faults.kinds import answered
from tests.servers.faults.people import people, stand_once
from tests.servers.faults.running import write
from tests.servers.proxy import Asked, Proxy, Rule, proxy_before
from tests.servers.sekmet import EC_CLIENT, RSA_CLIENT, Sekmet

GET = Ask(method="GET", url="Patient")
EXPIRED = answered(401)


@pytest.fixture
def proxy(sekmet: Sekmet) -> Iterator[Proxy]:
    """The proxy before sekmet-fhir."""
    with proxy_before(sekmet.base) as standing:
        yield standing


def backend(
    proxy: Proxy, key: Path, *, client: str = EC_CLIENT, name: str = "", place: Gate | None = None, late: int = 0
) -> Backend:
    """A client with a key, whose clock may be late by some seconds; it is given tokens by the server, or by a place of ours."""
    world = World(now=lambda: datetime.now(UTC) - timedelta(seconds=late))
    address = place.address if place else ""
    signing = signing_key(key, name or None)
    return Backend(proxy.base, client, signing, WRITES, session=session_for(), world=world, token_address=address)


def is_data(asked: Asked) -> bool:
    """Whether a request is for data, which needs a token."""
    return ".well-known" not in asked.path


@pytest.mark.parametrize("client", [RSA_CLIENT, EC_CLIENT])
def test_a_token_that_ends_in_the_middle(client: str, proxy: Proxy, sekmet: Sekmet) -> None:
    """A token that ends at the n-th request, for every n of a run, is renewed there, and the finding is there once."""
    whole = people(f"{client}-whole", 1)
    assert {Fate.CREATED: 1} == write(proxy.base, whole, who=backend(proxy, sekmet.key_of(client), client=client)).fates
    needed = len([asked for asked in proxy.asked if is_data(asked)])

    for number, person in enumerate(people(client, needed)):
        proxy.heal()
        proxy.rule(Rule(EXPIRED, is_data, times=1, after=number))

        run = write(proxy.base, [person], who=backend(proxy, sekmet.key_of(client), client=client))

        assert ({Fate.CREATED: 1}, []) == (run.fates, run.waits), run.told
        assert [] == list(stand_once(sekmet, [person]))


def test_a_token_that_is_refused_however_new(proxy: Proxy, sekmet: Sekmet) -> None:
    """A server that refuses the new token too has refused us: exit code 5, without asking a third time."""
    proxy.meet(EXPIRED, path="/Patient", times=99)

    with pytest.raises(NotAuthorised, match="the server answered 401"):
        Server(proxy.base, who=backend(proxy, sekmet.key_of(EC_CLIENT))).ask(GET)

    assert 2 == len([asked for asked in proxy.asked if is_data(asked)])


def test_a_revoked_key(proxy: Proxy, sekmet: Sekmet, tmp_path: Path) -> None:
    """A key that the server holds no longer, though under the same name, is told by that name; the key itself is not."""
    known = json.loads(sekmet.key_of(EC_CLIENT).read_text())["keys"][0]["kid"]
    other = ECKey.generate_key("P-384", {"kid": known})
    (tmp_path / "key.jwk").write_text(json.dumps(other.as_dict(private=True)))

    with pytest.raises(NotAuthorised, match=f"its key \\(named '{known}'\\)") as told:
        Server(proxy.base, who=backend(proxy, tmp_path / "key.jwk")).ask(GET)

    assert str(other.as_dict(private=True)["d"]) not in str(told.value)
    assert [] == [asked for asked in proxy.asked if is_data(asked)]


def test_a_wrong_name_of_a_key(proxy: Proxy, sekmet: Sekmet, tmp_path: Path) -> None:
    """A name that the server knows no key by (a wrong kid) is told."""
    known = json.loads(sekmet.key_of(EC_CLIENT).read_text())["keys"][0]
    (tmp_path / "key.jwk").write_text(json.dumps({name: value for name, value in known.items() if name != "kid"}))

    with gate(known["kid"]) as place, pytest.raises(NotAuthorised, match="its key \\(named 'other'\\)"):
        Server(proxy.base, who=backend(proxy, tmp_path / "key.jwk", name="other", place=place)).ask(GET)


@pytest.mark.parametrize("late", [360, -360], ids=["behind", "ahead"])
@pytest.mark.parametrize("ours", [True, False], ids=["gate", "sekmet"])
def test_a_clock_six_minutes_off(late: int, ours: bool, proxy: Proxy, sekmet: Sekmet) -> None:
    """A clock that is six minutes off is named as the likely reason of a refusal, with how far it is off and which way."""
    with gate() as place:
        who = backend(proxy, sekmet.key_of(EC_CLIENT), place=place if ours else None, late=late)

        with pytest.raises(NotAuthorised) as told:
            Server(proxy.base, who=who).ask(GET)

    said = re.search(r"The clock of this machine is ([-+][0-9]+) seconds off that of the server", str(told.value))
    assert said
    assert abs(int(said.group(1)) + late) <= 2


def test_a_token_endpoint_that_refuses_once(proxy: Proxy, sekmet: Sekmet) -> None:
    """400 to the request for the next token is borne once: the run goes on without waiting."""
    with gate() as place:
        proxy.meet(EXPIRED, path="/Patient", after=1)
        proxy.meet(answered(200, b'{"resourceType": "Bundle"}'), path="/Patient", times=99)
        there = Server(proxy.base, who=backend(proxy, sekmet.key_of(EC_CLIENT), place=place))

        assert 200 == there.ask(GET).status
        place.refusals = [400]
        assert 200 == there.ask(GET).status

    assert ["token-1", "token-2"] == place.given


def test_a_token_endpoint_that_refuses(proxy: Proxy, sekmet: Sekmet) -> None:
    """400 twice is a refusal: exit code 5."""
    with gate() as place:
        proxy.meet(EXPIRED, path="/Patient", times=99)
        there = Server(proxy.base, who=backend(proxy, sekmet.key_of(EC_CLIENT), place=place))
        place.refusals = [400, 400]

        with pytest.raises(NotAuthorised, match="the server answered 400 invalid_request"):
            there.ask(GET)
