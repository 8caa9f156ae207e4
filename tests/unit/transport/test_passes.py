"""Who we say we are: credentials reach their server and nobody else, and what they are is never told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from fhir_trd.errors import NotAuthorised, ServerError
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.passes import Pass, basic, bearer
from fhir_trd.transport.server import REDIRECTS, Server, session_for
from tests.unit.transport.playing import BASE, Clock, bad, good, message_of, outcome, play, sent, server

GET = Ask(method="GET", url="Patient/1")
PUT = Ask(method="PUT", url="Observation/1", body=b"{}")
ELSEWHERE = "https://files.example.net/part-1"


class Renewable:
    """A pass with a new token after each renewal."""

    def __init__(self) -> None:
        self.number = 1

    def header(self) -> str:
        """The token of now."""
        return f"Bearer token-{self.number}"

    def renew(self) -> bool:
        """The next token."""
        self.number += 1
        return True


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server."""
    with responses.mock:
        yield


@pytest.mark.parametrize(("who", "header"), [(bearer("t0k"), "Bearer t0k"), (basic("ann", "pässe"), "Basic YW5uOnDDpHNzZQ==")])
def test_credentials_are_sent_to_their_server(who: Pass, header: str) -> None:
    """A token is sent as a bearer's, a user and password as basic authorisation in UTF-8."""
    play("Patient/1", good())

    server(who=who).ask(GET)

    assert header == sent().headers["Authorization"]


def test_passwords_of_this_machine_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ~/.netrc that names the server is not read: nobody asked for it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ehr.example.org login canary password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    play("Patient/1", good())

    server().ask(GET)

    assert "Authorization" not in sent().headers


@pytest.mark.parametrize("where", [ELSEWHERE, "https://ehr.example.org:8443/fhir/x"])
def test_a_token_stays_with_its_origin(where: str) -> None:
    """A file on another host or port is asked for without the token."""
    play(where, good())

    server(who=bearer("t0k")).ask(Ask(method="GET", url=where))

    assert "Authorization" not in sent().headers


@pytest.mark.parametrize("where", ["http://ehr.example.org/fhir/x", "HTTP://files.example.org/x"])
def test_a_secured_server_leads_to_no_plain_one(where: str) -> None:
    """A next page, a file or a redirect without https is not followed: its address may name a patient, for all to read."""
    play("Patient/1", bad(302, Location=where))

    linked = message_of(ServerError, lambda: server().ask(Ask(method="GET", url=where)))
    redirected = message_of(ServerError, lambda: server().ask(GET))

    assert "found an address without https" in linked
    assert "found an address without https" in redirected
    assert [f"{BASE}/Patient/1"] == [call.request.url for call in responses.calls]


def test_a_file_that_needs_no_token_gets_none() -> None:
    """A request may go without the pass even to the server's own origin."""
    play("file", good())

    server(who=bearer("t0k")).ask(Ask(method="GET", url="file", with_pass=False))

    assert "Authorization" not in sent().headers


def test_a_redirect_on_the_same_server_is_followed_with_the_token() -> None:
    """A server may say that something has moved; its method and its body stay the same."""
    play("Observation/1", bad(307, Location="/fhir/v2/Observation/1"), method="PUT")
    play("v2/Observation/1", good(), method="PUT")

    server(who=bearer("t0k")).ask(PUT)

    assert ("PUT", b"{}", "Bearer t0k") == (sent().method, sent().body, sent().headers["Authorization"])


def test_a_redirect_to_another_server_is_followed_without_the_token() -> None:
    """What is only read may lie elsewhere, but the token does not go there."""
    play("Patient/1", bad(302, Location=ELSEWHERE))
    play(ELSEWHERE, good())

    answer = server(who=bearer("t0k")).ask(GET)

    assert ELSEWHERE == answer.url
    assert "Authorization" not in sent().headers


def test_a_write_is_not_sent_on_to_another_server() -> None:
    """A finding about a patient never goes to a server that the user did not name."""
    play("Observation/1", bad(307, Location=ELSEWHERE), method="PUT")

    said = message_of(ServerError, lambda: server().ask(PUT))

    assert 1 == len(responses.calls)
    assert "found a redirect to another server" in said


@pytest.mark.parametrize("location", ["http://[::1", "https://h:99999999/"])
def test_a_redirect_to_no_address_is_told(location: str) -> None:
    """A Location that cannot be read is a fault of the server."""
    play("Patient/1", bad(302, Location=location))

    assert "something that is no address" in message_of(ServerError, lambda: server().ask(GET))


def test_redirects_end() -> None:
    """A server that sends us in a circle is left."""
    play("Patient/1", bad(302, Location=f"{BASE}/Patient/1"))

    assert "redirects in a row" in message_of(ServerError, lambda: server().ask(GET))
    assert REDIRECTS + 1 == len(responses.calls)


def test_a_token_that_ended_is_renewed_once_without_spending_an_attempt() -> None:
    """After 401 the request is sent again with a new token, even where only one attempt is allowed."""
    clock = Clock()
    play("Patient/1", bad(401), good())

    assert 200 == server(clock, who=Renewable(), attempts=1).ask(GET).status
    assert ["Bearer token-1", "Bearer token-2"] == [call.request.headers["Authorization"] for call in responses.calls]
    assert [] == clock.waits


def test_a_new_token_that_is_refused_too_is_an_end() -> None:
    """A second 401 is the answer."""
    play("Patient/1", bad(401))

    said = message_of(NotAuthorised, lambda: server(who=Renewable()).ask(GET))

    assert 2 == len(responses.calls)
    assert "GET Patient/1: the server answered 401. Wanted to be let in; check the credentials" == said


@pytest.mark.parametrize("status", [401, 403])
def test_a_fixed_token_that_is_refused_is_an_end(status: int) -> None:
    """Neither 401 with a token that cannot be renewed nor 403 is asked again."""
    play("Patient/1", bad(status))

    message_of(NotAuthorised, lambda: server(who=bearer("t0k")).ask(GET))

    assert 1 == len(responses.calls)


def test_no_message_tells_a_secret_or_a_person() -> None:
    """What a refusal repeats about a person, and the token itself, are masked."""
    body = outcome(
        {
            "severity": "error",
            "code": "forbidden",
            "details": {"coding": [{"code": "no-scope"}]},
            "diagnostics": "Patient Canary, born 1970-01-01, mail canary@x.org, 'canary' and \"canary\" is not allowed",
            "expression": ["Patient.name.where(family='canary')"],
        },
        {"severity": "warning", "code": "informational"},
    )
    play("Patient", bad(403, body))

    ask = Ask(method="GET", url="Patient?name=canary&birthdate=1970-01-01")
    said = message_of(NotAuthorised, lambda: server(who=bearer("s3cret-canary")).ask(ask))

    assert "canary" not in said.lower()
    assert "1970" not in said
    assert "GET Patient?name,birthdate: the server answered 403 (error forbidden at Patient.name.where: no-scope Patient" in said
    assert "; warning informational)" in said


def test_an_own_authority_wins_over_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates named by option are the ones that are used, whatever REQUESTS_CA_BUNDLE says."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/elsewhere.pem")
    play("Patient/1", good())

    Server(BASE, session=session_for("/own.pem")).ask(GET)

    assert "/own.pem" == sent().req_kwargs["verify"]
