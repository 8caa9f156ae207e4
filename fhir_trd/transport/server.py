"""A FHIR server, asked until it answers or patience ends. What comes back is an answer to the request, or one of three errors.

A server that is down, busy or talks nonsense is a ``ServerError`` (after retries); one that does not let us in is
``NotAuthorised``; every other answer, refusals of a single request too, is returned for the caller to judge.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urljoin

import requests
from msgspec import Struct, structs
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from fhir_trd import __version__
from fhir_trd.errors import NotAuthorised, ServerError, UsageError
from fhir_trd.fhir.exchange.outcome import OutcomeIssue, is_transient, issues_in, told_issues
from fhir_trd.transport.asking import FHIR_JSON, Answer, Ask, origin_of
from fhir_trd.transport.meter import Meter
from fhir_trd.transport.passes import Nobody, NoPassNow, Pass
from fhir_trd.transport.patience import TRY_LATER, Patience, WaitTooLongError, seconds_asked
from fhir_trd.transport.world import World

CONNECTIONS = 5
"""How many connections at once, unless told otherwise: the servers of hospitals are busy."""

REDIRECTS = 5
CHUNK = 1 << 16
REMEDY = "Try again later; what is done stays done, and a new run goes on from there"


class Fault(Struct, frozen=True):
    """An attempt that brought no answer to rely on: what happened, and how long the server asks us to wait."""

    what: str
    wait: float | None = None


class Server:
    """One FHIR server at one address. It may be asked from several threads."""

    def __init__(
        self,
        address: str,
        *,
        who: Pass | None = None,
        session: requests.Session | None = None,
        patience: Patience | None = None,
        world: World | None = None,
        meter: Meter | None = None,
    ) -> None:
        if not address.startswith(("http://", "https://")):
            raise UsageError(f"found the server address {address!r}, wanted one that begins with https:// (or http:// for tests)")
        self.address = f"{address.rstrip('/')}/"
        self.meter = meter or Meter()
        self._who = who or Nobody()
        self._session = session or session_for()
        self._patience = patience or Patience()
        self._world = world or World()

    def ask(self, ask: Ask) -> Answer:
        """The answer to a request, its body in memory."""
        body = BytesIO()
        answer = self.download(ask, body)
        return structs.replace(answer, body=body.getvalue() or answer.body)

    def download(self, ask: Ask, into: BinaryIO) -> Answer:
        """The same, with the body of a good answer written to a file; a download that breaks off is begun anew."""
        url = urljoin(self.address, ask.url)
        attempt, renewed = 1, False
        while True:
            outcome = self._attempt(ask, url, into)
            if isinstance(outcome, Answer) and outcome.status == 401 and not renewed and self._who.renew():
                renewed = True  # Once, and without spending an attempt: a token may end in the middle of a run.
                continue
            if isinstance(outcome, Answer):
                return _let_in(ask, outcome)
            self._wait_or_give_up(ask, outcome, attempt)
            attempt += 1
            if ask.done is not None and ask.done():
                return Answer(status=200, headers={}, body=b"", url=url, lost=True)

    def _attempt(self, ask: Ask, url: str, into: BinaryIO) -> Answer | Fault:
        into.seek(0)
        into.truncate()
        try:
            answer = self._exchange(ask, url, into)
        except NoPassNow as error:
            return Fault(str(error))
        except requests.exceptions.SSLError as error:
            if "certificate" not in str(error).lower():
                return Fault("the secured connection broke off")
            raise ServerError(
                f"{ask.told}: the certificate of the server is not trusted. "
                "Wanted one that this machine knows, or that --ca FILE names. It is always checked"
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise ServerError(f"{ask.told}: found an address that cannot be asked, wanted http:// or https://") from error
        except (requests.RequestException, HTTPError, zlib.error) as error:
            return Fault(_kind_of(error))
        except ValueError as error:
            raise ServerError(f"{ask.told}: found a redirect to something that is no address, wanted an answer") from error
        self.meter.count("requests_total", method=ask.method, status=str(answer.status))
        fault = self._fault_in(ask, answer, into)
        return fault or answer

    def _exchange(self, ask: Ask, url: str, into: BinaryIO) -> Answer:
        for _ in range(REDIRECTS + 1):
            _expect_secured(ask, url, self.address)
            response = self._send(ask, url)
            location = response.headers.get("Location", "") if response.is_redirect else ""
            if not location:
                return _received(response, into)
            response.close()
            url = _redirected(ask, url, location)
        raise ServerError(f"{ask.told}: found more than {REDIRECTS} redirects in a row, wanted an answer")

    def _send(self, ask: Ask, url: str) -> requests.Response:
        headers = {"Accept": FHIR_JSON, "Accept-Encoding": "gzip", **ask.headers}
        if ask.body is not None:
            headers.setdefault("Content-Type", FHIR_JSON)
        # A token never goes to another origin than the one the user named.
        trusted = ask.with_pass and origin_of(url) == origin_of(self.address)
        header = self._who.header() if trusted else ""
        if header:
            headers["Authorization"] = header
        times = (self._patience.connect_timeout, self._patience.read_timeout)
        # The authority is named with each request: the environment's REQUESTS_CA_BUNDLE would win over that of the session.
        return self._session.request(
            ask.method, url, data=ask.body, headers=headers, auth=_as_given, timeout=times, stream=True, allow_redirects=False,
            verify=self._session.verify,
        )  # fmt: skip

    def _fault_in(self, ask: Ask, answer: Answer, into: BinaryIO) -> Fault | None:
        """Why an answer cannot be relied on, or None."""
        if ask.judged:
            return None
        if answer.status in TRY_LATER or (not answer.is_good and is_transient(answer.body)):
            wait = seconds_asked(answer.header("Retry-After"), self._world.now())
            return Fault(f"the server answered {told_status(answer)}", wait)
        if not answer.is_good or not ask.wants_json:
            return None
        if not _may_be_json(into) or (ask.method == "GET" and answer.status == 200 and not into.tell()):
            kind = answer.header("Content-Type").partition(";")[0] or "no type"
            return Fault(f"the server answered {answer.status} with {kind} that is no whole JSON object")
        errors = tuple(issue for issue in _issues_of(into) if issue.is_error) if ask.method == "GET" else ()
        return Fault(f"the server answered {answer.status}, yet says ({told_issues(errors)})") if errors else None

    def _wait_or_give_up(self, ask: Ask, fault: Fault, attempt: int) -> None:
        if not ask.repeatable or attempt >= self._patience.attempts:
            tried = f" ({attempt} attempts)" if attempt > 1 else ""
            raise ServerError(f"{ask.told}: {fault.what}{tried}. {REMEDY}")
        wait = self._patience.wait(attempt, self._world.chance()) if fault.wait is None else fault.wait
        if wait > self._patience.longest_wait:
            raise WaitTooLongError(
                f"{ask.told}: {fault.what} and asks to wait {wait:.0f} seconds, longer than the "
                f"{self._patience.longest_wait:.0f} that are waited for. {REMEDY}"
            )
        self.meter.count("retries_total", method=ask.method)
        self._world.sleep(wait)

    def now(self) -> datetime:
        """What time it is."""
        return self._world.now().astimezone(UTC)

    def pause(self, seconds: float) -> None:
        """Wait, no longer than patience lasts."""
        self._world.sleep(min(seconds, self._patience.longest_wait))


def session_for(authority: str | None = None, connections: int = CONNECTIONS) -> requests.Session:
    """The connections to servers: certificates always checked (by your own authority, if named), never too many at once."""
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=connections, pool_block=True)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = f"fhir-trd/{__version__}"
    if authority is not None:
        session.verify = authority
    return session


def told_status(answer: Answer) -> str:
    """The status of an answer and all issues that the server names."""
    told = told_issues(issues_in(answer.body))
    return f"{answer.status}{f' ({told})' if told else ''}"


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave the headers as they are: without this, requests would look for passwords in ~/.netrc and send those."""
    return request


def _let_in(ask: Ask, answer: Answer) -> Answer:
    if answer.status in (401, 403):
        remedy = "check the credentials" if answer.status == 401 else "ask for the scopes or rights that this needs"
        raise NotAuthorised(f"{ask.told}: the server answered {told_status(answer)}. Wanted to be let in; {remedy}")
    return answer


def _received(response: requests.Response, into: BinaryIO) -> Answer:
    """The answer, its body unpacked: into the file if it is good, else into memory, where its issues are read."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    refusal = BytesIO()
    kept = into if 200 <= response.status_code < 300 else refusal
    with response:
        for piece in _unpacked(response, headers.get("content-encoding", "")):
            kept.write(piece)
    return Answer(status=response.status_code, headers=headers, body=refusal.getvalue(), url=response.url or "")


def _unpacked(response: requests.Response, encoding: str) -> Iterator[bytes]:
    """The pieces of a body. Unpacked here, because a gzip stream that is cut short must be a fault, not a short answer."""
    pieces = response.raw.stream(CHUNK, decode_content=False)
    if encoding.lower() != "gzip":
        yield from pieces
        return
    unpacking = None
    for piece in pieces:
        rest = piece
        while rest:  # One stream may follow another, and all of them are the body.
            unpacking = unpacking or zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            yield unpacking.decompress(rest)
            rest = unpacking.unused_data
            unpacking = None if unpacking.eof else unpacking
    if unpacking is not None:
        raise zlib.error("cut short")


def _may_be_json(into: BinaryIO) -> bool:
    """Whether a body is empty, or begins and ends as a JSON object does."""
    into.seek(0)
    start = into.read(CHUNK).lstrip(b"\xef\xbb\xbf \t\r\n")
    size = into.seek(0, 2)
    into.seek(max(0, size - CHUNK))
    end = into.read().rstrip()
    return not start or (start.startswith(b"{") and end.endswith(b"}"))


def _issues_of(into: BinaryIO) -> tuple[OutcomeIssue, ...]:
    """The issues that a short body tells of; an answer that is longer is what was asked for."""
    if into.seek(0, 2) > CHUNK:
        return ()
    into.seek(0)
    return issues_in(into.read())


def _redirected(ask: Ask, url: str, location: str) -> str:
    """Where a redirect leads. What changes the server is never sent on to another one."""
    target = urljoin(url, location)
    if ask.method != "GET" and origin_of(target) != origin_of(url):
        raise ServerError(
            f"{ask.told}: found a redirect to another server, wanted an answer from the one named. "
            "Nothing was sent there; check --server"
        )
    return target


def _expect_secured(ask: Ask, url: str, home: str) -> None:
    """Addresses name patients: where a secured server leads to a plain one, nobody follows for others to read."""
    if home.startswith("https://") and url.lower().startswith("http://"):
        raise ServerError(
            f"{ask.told}: found an address without https that a server with https named, wanted one with it. Nothing was sent "
            "there; whoever runs the server must tell it its own address"
        )


def _kind_of(error: Exception) -> str:
    """What happened to a connection, in words that hold nothing of what was sent."""
    words = {
        requests.exceptions.ConnectTimeout: "no connection within the time allowed",
        requests.exceptions.ReadTimeout: "no answer within the time allowed",
        requests.exceptions.ProxyError: "the proxy did not connect",
        zlib.error: "the answer broke off (gzip cut short)",
    }
    known = next((said for kind, said in words.items() if isinstance(error, kind)), None)
    if known is None and "NameResolutionError" in repr(error):
        return "the name of the server is not known"
    if known is None and "refused" in str(error).lower():
        return "the connection was refused"
    return known or "the connection broke off"
