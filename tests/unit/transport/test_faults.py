"""Faults of a network and of a server: asked again where that helps, told in words where it does not."""

import gzip
from collections.abc import Iterator

import pytest
import requests
import responses
from urllib3.exceptions import NameResolutionError

from fhir_trd.errors import ServerError, UsageError
from fhir_trd.transport.asking import Ask, plain_address
from fhir_trd.transport.server import Server
from tests.unit.transport.playing import BUNDLE, Clock, bad, good, message_of, outcome, play, sent, server

GET = Ask(method="GET", url="Patient/1")
ONCE = Ask(method="POST", url="", body=b"{}", repeatable=False)


@pytest.fixture(autouse=True)
def played() -> Iterator[None]:
    """Every request goes to the played server."""
    with responses.mock:
        yield


def test_an_answer_comes_with_its_status_headers_and_body() -> None:
    """A good answer is given back whole, and JSON was asked for."""
    play("Patient/1", good(ETag='W/"2"'))

    answer = server().ask(GET)

    assert (200, 'W/"2"', BUNDLE) == (answer.status, answer.header("ETag"), answer.body)
    assert "application/fhir+json" == sent().headers["Accept"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_answer_that_may_change_is_asked_for_again(status: int) -> None:
    """Each status that says nothing about the request itself is followed by a second attempt, also where its body is no JSON."""
    clock = Clock()
    play("Patient/1", bad(status, b"<h1>oops</h1>"), good())

    assert BUNDLE == server(clock).ask(GET).body
    assert [1.0] == clock.waits


@pytest.mark.parametrize("status", [400, 404, 409, 410, 412, 413, 422])
def test_an_answer_to_the_request_itself_is_not_asked_for_again(status: int) -> None:
    """Each refusal of one request is given back at once for the caller to judge."""
    clock = Clock()
    play("Patient/1", bad(status, outcome({"severity": "error", "code": "invalid"})))

    answer = server(clock).ask(GET)

    assert (status, []) == (answer.status, clock.waits)
    assert b"invalid" in answer.body


def test_an_answer_that_is_judged_elsewhere_is_given_back_as_it_is() -> None:
    """Whoever follows a job judges its answers: 500 and a page for people come back at once."""
    clock, ask = Clock(), Ask(method="GET", url="job/1", judged=True)
    play("job/1", bad(500, b"<h1>oops</h1>"), good(b"<h1>hello</h1>"))

    assert [500, 200] == [server(clock).ask(ask).status for _ in range(2)]
    assert [] == clock.waits


def test_waits_double_and_end() -> None:
    """After six attempts the server counts as down, and the message says how often it was asked."""
    clock = Clock()
    play("Patient/1", bad(503))

    said = message_of(ServerError, lambda: server(clock).ask(GET))

    assert [1.0, 2.0, 4.0, 8.0, 16.0] == clock.waits
    assert "GET Patient/1: the server answered 503 (6 attempts). Try again later" in said


def test_what_must_not_be_repeated_is_asked_once() -> None:
    """A write that is not the same when done twice is never sent a second time."""
    clock = Clock()
    play("", bad(503), method="POST")

    message_of(ServerError, lambda: server(clock).ask(ONCE))

    assert 1 == len(responses.calls)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("7", 7.0),
        ("Sun, 30 Jun 2024 12:01:00 GMT", 60.0),
        ("Sun, 30 Jun 2024 11:00:00 GMT", 0.0),
        ("", 1.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("1e9", 1.0),
        ("Sun, 99 Jun 2024 99:01:00 GMT", 1.0),
    ],
)
def test_the_server_says_how_long_to_wait(asked: str, waited: float) -> None:
    """Retry-After is read as seconds or as a date; where it says nothing readable, the wait is our own."""
    clock = Clock()
    play("Patient/1", bad(429, Retry_After=asked), good())

    server(clock).ask(GET)

    assert [waited] == clock.waits


@pytest.mark.parametrize("asked", ["86400", "9" * 400, "Sat, 30 Jun 2525 12:00:00 GMT"])
def test_an_absurd_wait_is_not_waited_for(asked: str) -> None:
    """A server that asks for a day, or for centuries, is told of at once."""
    clock = Clock()
    play("Patient/1", bad(503, Retry_After=asked))

    said = message_of(ServerError, lambda: server(clock).ask(GET))

    assert [] == clock.waits
    assert "longer than the 300 that are waited for" in said


def test_a_fault_that_passes_is_asked_again() -> None:
    """An OperationOutcome of code transient is followed by a second attempt, whatever the status."""
    play("Patient/1", bad(400, outcome({"severity": "error", "code": "transient"})), good())

    assert 200 == server().ask(GET).status


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (requests.exceptions.ConnectTimeout("canary"), "no connection within the time allowed"),
        (requests.exceptions.ReadTimeout("canary"), "no answer within the time allowed"),
        (requests.exceptions.ProxyError("canary"), "the proxy did not connect"),
        (requests.exceptions.ConnectionError("[Errno 111] Connection refused canary"), "the connection was refused"),
        (requests.exceptions.ConnectionError("reset canary"), "the connection broke off"),
        (requests.exceptions.SSLError("EOF occurred canary"), "the secured connection broke off"),
        (
            requests.exceptions.ConnectionError(NameResolutionError("h", None, OSError("canary"))),  # type: ignore[arg-type]
            "the name of the server is not known",
        ),
    ],
    ids=str,
)
def test_a_connection_that_fails_is_tried_again_and_named(fault: Exception, words: str) -> None:
    """Each way in which a connection fails has words of its own, and what was sent is not in them."""
    play("Patient/1", fault)

    said = message_of(ServerError, lambda: server(attempts=3).ask(GET))

    assert f"{words} (3 attempts)" in said
    assert "canary" not in said


def test_an_untrusted_certificate_is_told_at_once() -> None:
    """A certificate that is not trusted will not be trusted a second later either; the option that helps is named."""
    play("Patient/1", requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED: certificate verify failed"))

    said = message_of(ServerError, lambda: server().ask(GET))

    assert 1 == len(responses.calls)
    assert "the certificate of the server is not trusted" in said
    assert "--ca FILE" in said


@pytest.mark.parametrize(
    "cut",
    [
        good(b'{"resourceType": "Bun', **{"Content-Length": "900"}),
        good(gzip.compress(BUNDLE)[:-6], **{"Content-Encoding": "gzip"}),
        good(b"no gzip at all", **{"Content-Encoding": "gzip"}),
        good(b'{"resourceType": "Bun'),
        good(b"<html>Please log in</html>", **{"Content-Type": "text/html"}),
        good(b""),
    ],
    ids=["reset mid-body", "gzip cut short", "no gzip", "JSON cut short", "HTML", "nothing"],
)
def test_an_answer_that_is_not_whole_is_asked_for_again(cut: tuple[int, dict[str, str], bytes]) -> None:
    """A body that broke off, or that is a page for people, counts as no answer: the next one is taken, from its start."""
    play("Patient/1", cut, good())

    assert BUNDLE == server().ask(GET).body


def test_a_page_instead_of_data_is_told() -> None:
    """A login page with status 200 is told by its type, not by its text."""
    play("Patient/1", (200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>canary</p>"))

    said = message_of(ServerError, lambda: server(attempts=1).ask(GET))

    assert "the server answered 200 with text/html that is no whole JSON object" in said
    assert "canary" not in said


def test_success_that_says_error_is_no_success() -> None:
    """A GET answered 200 with an OperationOutcome of an error is a fault, with the issue told."""
    play("Patient/1", good(outcome({"severity": "error", "code": "exception", "diagnostics": "the index is broken"})))

    said = message_of(ServerError, lambda: server(attempts=2).ask(GET))

    assert "the server answered 200, yet says (error exception: the index is broken) (2 attempts)" in said


def test_a_hint_beside_success_is_no_fault() -> None:
    """An OperationOutcome without an error is an answer."""
    play("Patient/1", good(outcome({"severity": "information", "code": "informational"})))

    assert 200 == server().ask(GET).status


@pytest.mark.parametrize("parts", [1, 2])
def test_packed_answers_are_unpacked(parts: int) -> None:
    """A gzip body is unpacked, also where it is several streams one after the other."""
    whole = [BUNDLE[:9], BUNDLE[9:]] if parts == 2 else [BUNDLE]
    play("Patient/1", good(b"".join(map(gzip.compress, whole)), **{"Content-Encoding": "gzip"}))

    assert BUNDLE == server().ask(GET).body


def test_an_answer_without_a_body_may_say_that_it_is_packed() -> None:
    """204 with Content-Encoding gzip and nothing in it is an answer."""
    play("Patient/1", bad(204, Content_Encoding="gzip"), method="DELETE")

    assert 204 == server().ask(Ask(method="DELETE", url="Patient/1")).status


def test_what_is_asked_and_repeated_is_counted() -> None:
    """The meter counts every answer by method and status, and every repetition."""
    play("Patient/1", bad(503), good())
    asked = server()

    asked.ask(GET)

    assert 2 == asked.meter.total("requests_total")
    assert {"503", "200"} == {dict(labels)["status"] for (name, labels) in asked.meter.counts() if name == "requests_total"}
    assert 1 == asked.meter.total("retries_total")


def test_parameters_are_told_by_name_alone() -> None:
    """The address in a message holds no value of a parameter and nothing before an @."""
    assert "https://h.example/fhir/Patient?name,birthdate" == plain_address(
        "https://user:canary@h.example/fhir/Patient?name=canary&birthdate=1970-01-01&name=canary"
    )


def test_only_web_addresses_are_servers() -> None:
    """A server is named by http:// or https://."""
    with pytest.raises(UsageError, match="begins with https://"):
        Server("ftp://ehr.example.org")


@pytest.mark.parametrize(("was_done", "requests_sent"), [(True, 1), (False, 2)])
def test_what_was_done_is_not_sent_again(was_done: bool, requests_sent: int) -> None:
    """After a lost answer a look that finds the write done stands for the answer; else the same is sent again."""
    play("", bad(504), good(), method="POST")

    answer = server().ask(Ask(method="POST", url="", body=b"{}", done=lambda: was_done))

    assert (was_done, True) == (answer.lost, answer.is_good)
    assert requests_sent == len(responses.calls)
