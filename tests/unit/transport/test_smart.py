"""SMART Backend Services: signed assertions for short-lived tokens, and what is said when the server refuses one."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
import requests
import responses
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from fhir_trd.errors import NotAuthorised, ServerError
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.keys import ALGORITHMS, SigningKey
from fhir_trd.transport.smart import Backend, Configuration, scopes_for
from tests.unit.transport.playing import BASE, NOW, Clock, bad, good, message_of, play, sent, server

TOKENS = "https://login.example.org/token"
DISCOVERY = ".well-known/smart-configuration"
EC = SigningKey(ECKey.generate_key("P-384"), "ec-1", ALGORITHMS["EC"])
RSA = SigningKey(RSAKey.generate_key(2048), "rsa-1", ALGORITHMS["RSA"])
WANTED = ("system/*.rs", "system/Observation.cruds")
GET = Ask(method="GET", url="Patient/1")


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server."""
    with responses.mock:
        yield


def backend(clock: Clock, key: SigningKey = EC, token_address: str = TOKENS) -> Backend:
    """A client with a key."""
    return Backend(BASE, "me", key, WANTED, session=requests.Session(), world=clock.world, token_address=token_address)


def token(name: str = "t1", **more: Any) -> tuple[int, dict[str, str], bytes]:
    """A token as a server gives it."""
    return good(msgspec.json.encode({"access_token": name, "token_type": "bearer", "expires_in": 300, **more}))


def form(number: int = -1) -> dict[str, str]:
    """The fields of a request for a token."""
    return {name: values[0] for name, values in parse_qs(sent(number).body).items()}


@pytest.mark.parametrize("key", [RSA, EC], ids=["RS384", "ES384"])
def test_an_assertion_is_what_the_specification_wants(key: SigningKey) -> None:
    """The claims name the client and the token address, last at most five minutes, and are signed with the key that is named."""
    clock = Clock()
    play(TOKENS, token(), method="POST")

    assert "Bearer t1" == backend(clock, key).header()

    given = jwt.decode(form()["client_assertion"], key.key, algorithms=[key.algorithm])
    now = int(NOW.timestamp())
    assert {"alg": key.algorithm, "kid": key.name, "typ": "JWT"} == given.header
    assert {"iss": "me", "sub": "me", "aud": TOKENS, "iat": now, "exp": now + 240} == {
        name: value for name, value in given.claims.items() if name != "jti"
    }
    assert "client_credentials" == form()["grant_type"]
    assert "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" == form()["client_assertion_type"]
    assert " ".join(WANTED) == form()["scope"]


def test_every_assertion_is_used_once() -> None:
    """Two assertions never share a jti."""
    play(TOKENS, token(), method="POST")
    who = backend(Clock())
    for _ in range(2):
        who.renew()
        who.header()

    ids = {jwt.decode(form(number)["client_assertion"], EC.key, algorithms=["ES384"]).claims["jti"] for number in (0, 1)}
    assert 2 == len(ids)


def test_the_server_says_where_tokens_are_given() -> None:
    """Only token_endpoint is relied on; it is looked up once."""
    play(DISCOVERY, good(msgspec.json.encode({"token_endpoint": TOKENS})))
    play(TOKENS, token(), method="POST")
    who = backend(Clock(), token_address="")

    for _ in range(2):
        who.renew()
        who.header()

    assert [f"{BASE}/{DISCOVERY}", TOKENS, TOKENS] == [call.request.url for call in responses.calls]


@pytest.mark.parametrize("reply", [bad(404), good(b"<html>"), good(b"{}")])
def test_a_server_that_does_not_say_is_told(reply: tuple[int, dict[str, str], bytes]) -> None:
    """A server without a SMART configuration is told of, and the option that helps is named."""
    play(DISCOVERY, reply)

    said = message_of(ServerError, backend(Clock(), token_address="").header)

    assert "found no token_endpoint" in said
    assert "--token-url" in said


def test_an_assertion_is_not_sent_in_the_open() -> None:
    """A token address without https is refused, on this very machine excepted."""
    play("http://127.0.0.1:9/token", token(), method="POST")

    assert "without https" in message_of(ServerError, backend(Clock(), token_address="http://login.example.org/token").header)
    assert "Bearer t1" == backend(Clock(), token_address="http://127.0.0.1:9/token").header()


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (("permission-v2",), WANTED),
        (("permission-v1", "permission-v2"), WANTED),
        ((), WANTED),
        (("permission-v1",), ("system/*.read", "system/Observation.*")),
    ],
)
def test_scopes_are_asked_for_in_the_form_the_server_knows(told: tuple[str, ...], asked: tuple[str, ...]) -> None:
    """Version 2 is asked for, unless a server tells of version 1 alone."""
    assert asked == scopes_for(WANTED, Configuration(capabilities=told))


def test_scopes_of_version_1_stay_as_they_are() -> None:
    """Whoever names a scope in the old form gets no wider one."""
    given = ("system/Patient.read", "system/Device.write", "system/Group.*", "openid")
    assert given == scopes_for(given, Configuration(capabilities=("permission-v1",)))
    assert ("system/Device.write",) == scopes_for(("system/Device.cu",), Configuration(capabilities=("permission-v1",)))


def test_a_token_is_used_until_shortly_before_its_end() -> None:
    """Within 30 seconds of its end a token is renewed, so that it does not end on its way."""
    clock = Clock()
    play(TOKENS, token("t1"), token("t2"), method="POST")
    who = backend(clock)

    clock.time = NOW
    first = who.header()
    clock.time = NOW + timedelta(seconds=269)
    second = who.header()
    clock.time = NOW + timedelta(seconds=270)
    third = who.header()

    assert ["Bearer t1", "Bearer t1", "Bearer t2"] == [first, second, third]


@pytest.mark.parametrize("life", ["120", None])
def test_the_life_of_a_token_may_be_said_in_other_ways(life: str | None) -> None:
    """A number in quotes is read; a life that is not said is five minutes."""
    clock = Clock()
    play(TOKENS, token("t1", expires_in=life), token("t2"), method="POST")
    who = backend(clock)

    who.header()
    clock.time += timedelta(seconds=91 if life else 271)

    assert "Bearer t2" == who.header()


def test_a_token_revoked_in_the_middle_is_renewed() -> None:
    """After a 401 the request is sent again with a new token, without waiting."""
    clock = Clock()
    play(TOKENS, token("t1"), token("t2"), method="POST")
    play("Patient/1", good(), bad(401), good())
    asked = server(clock, who=backend(clock), attempts=1)

    assert [200, 200] == [asked.ask(GET).status for _ in range(2)]
    assert [] == clock.waits


def test_threads_that_are_refused_together_share_one_new_token() -> None:
    """A thread whose token was refused takes the new one that another thread got meanwhile."""
    play(TOKENS, token("t1"), token("t2"), token("t3"), method="POST")
    who, headers = backend(Clock()), list[str]()

    def other() -> None:
        who.header()
        who.renew()
        headers.append(who.header())

    who.header()
    thread = Thread(target=other)
    thread.start()
    thread.join()
    assert who.renew()
    headers.append(who.header())

    assert ["Bearer t2", "Bearer t2"] == headers


def test_400_once_on_renewal_is_borne() -> None:
    """A server that gave a token before may answer 400 to the next request for one; it is asked once more."""
    play(TOKENS, token("t1"), bad(400), token("t2"), method="POST")
    who = backend(Clock())

    who.header()
    who.renew()

    assert "Bearer t2" == who.header()


def test_400_on_the_first_request_is_an_end() -> None:
    """A server that never gave a token is asked once."""
    play(TOKENS, bad(400, b'{"error": "invalid_client"}'), token(), method="POST")

    message_of(NotAuthorised, backend(Clock()).header)

    assert 1 == len(responses.calls)


def test_a_key_that_the_server_does_not_know_is_told_by_its_name() -> None:
    """The refusal names the address, the code of the server and the name of the key; not the assertion."""
    play(TOKENS, bad(401, b'{"error": "invalid_client", "error_description": "canary"}'), method="POST")

    said = message_of(NotAuthorised, backend(Clock()).header)

    assert f"POST {TOKENS}: the server answered 401 invalid_client" in said
    assert "its key (named 'ec-1')" in said
    assert "canary" not in said
    assert form()["client_assertion"] not in said


@pytest.mark.parametrize(("minutes", "words"), [(6, "-360 seconds off"), (-6, "+360 seconds off"), (0, ""), (0.5, "")])
def test_a_clock_that_is_wrong_is_told(minutes: float, words: str) -> None:
    """Six minutes either way are told beside the refusal; half a minute is not."""
    theirs = format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)
    play(TOKENS, bad(400, Date=theirs), method="POST")

    said = message_of(NotAuthorised, backend(Clock()).header)

    assert words in said
    assert bool(words) == ("clock" in said)


@pytest.mark.parametrize("code", [b'{"error": "<b>canary 1"}', b'{"error": 5}', b"canary", b"\xff", b"[1]"])
def test_nonsense_in_a_refusal_is_not_repeated(code: bytes) -> None:
    """Only a plain word is taken for the code of a refusal."""
    play(TOKENS, bad(400, code, Date="canary"), method="POST")

    assert "canary" not in message_of(NotAuthorised, backend(Clock()).header)


@pytest.mark.parametrize("fault", [bad(503), requests.ConnectionError("canary")], ids=["busy", "down"])
def test_a_token_server_that_is_down_is_an_outage(fault: Any) -> None:
    """Where tokens cannot be had for now, the request is tried again like any other; then the server counts as down."""
    clock = Clock()
    play(TOKENS, fault, method="POST")

    said = message_of(ServerError, lambda: server(clock, who=backend(clock), attempts=3).ask(GET))

    assert [1.0, 2.0] == clock.waits
    assert "no token was given" in said
    assert "canary" not in said


def test_an_untrusted_token_server_is_told_at_once() -> None:
    """A certificate that is not trusted ends the run."""
    clock = Clock()
    play(TOKENS, requests.exceptions.SSLError("certificate verify failed"), method="POST")

    said = message_of(ServerError, lambda: server(clock, who=backend(clock)).ask(GET))

    assert "no secured connection that can be trusted" in said
    assert [] == clock.waits


def test_a_token_does_not_leave_its_server() -> None:
    """A file elsewhere is asked for without asking for a token at all."""
    clock = Clock()
    play("https://files.example.net/1", good())

    server(clock, who=backend(clock)).ask(Ask(method="GET", url="https://files.example.net/1"))

    assert 1 == len(responses.calls)
