"""SMART Backend Services: a signed assertion for a short-lived token, renewed when it ends or when the server refuses it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock, local
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import msgspec
import requests
from joserfc import jwt
from msgspec import Struct

from fhir_trd.errors import NotAuthorised, ServerError
from fhir_trd.transport.asking import plain_address
from fhir_trd.transport.keys import SigningKey
from fhir_trd.transport.passes import NoPassNow
from fhir_trd.transport.patience import TRY_LATER
from fhir_trd.transport.world import World

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DISCOVERY = ".well-known/smart-configuration"
LIFE = 240
"""How many seconds an assertion lasts; more than five minutes are refused."""
EARLY = 30
"""So many seconds before its end a token is renewed, so that it does not end on its way."""
SKEW = 60
"""From how many seconds on two clocks differ so much that it is worth saying."""
USUAL_LIFE = 300
"""How many seconds a token lasts of which the server does not say."""
TIMES = (10.0, 60.0)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Configuration(Struct, frozen=True):
    """What a server says of its tokens. Only the address is relied on; servers describe the rest in many ways."""

    token_endpoint: str = ""
    capabilities: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] = ()


class _Token(Struct, frozen=True):
    access_token: str = ""
    expires_in: float | None = None
    error: str = ""


class Backend:
    """The pass of a backend service. ``wanted`` are the scopes in the form of version 2 (``system/Observation.cruds``)."""

    def __init__(
        self,
        address: str,
        client: str,
        key: SigningKey,
        wanted: tuple[str, ...],
        *,
        session: requests.Session,
        world: World | None = None,
        token_address: str = "",
    ) -> None:
        self._address = f"{address.rstrip('/')}/"
        self._client, self._key, self._wanted = client, key, wanted
        self._session, self._world = session, world or World()
        self._configuration = Configuration(token_endpoint=token_address) if token_address else None
        self._token, self._ends, self._had_one = "", 0.0, False
        self._lock, self._given = Lock(), local()

    def header(self) -> str:
        """The Authorization header, with a token that is still good."""
        with self._lock:
            if not self._token or self._world.now().timestamp() >= self._ends - EARLY:
                self._ask_for_one()
            self._given.token = self._token
            return f"Bearer {self._token}"

    def renew(self) -> bool:
        """Forget the token that the server refused to this thread; a new one is asked for with the next request."""
        with self._lock:
            refused = getattr(self._given, "token", "")
            if refused == self._token:  # Else another thread was refused too and has a new one, which may have ended ours.
                self._token = ""
            return bool(refused)

    def _ask_for_one(self) -> None:
        configuration = self._configured()
        answer = self._post(configuration)
        if answer.status_code == 400 and self._had_one:
            # Seen in the field: a server that gave a token before answers 400 once when it is asked for the next.
            answer = self._post(configuration)
        token = _decoded(answer.content, _Token) or _Token()
        if not answer.ok or not token.access_token:
            raise NotAuthorised(self._refusal(configuration, answer, token.error))
        self._token, self._had_one = token.access_token, True
        self._ends = self._world.now().timestamp() + (token.expires_in or USUAL_LIFE)

    def _configured(self) -> Configuration:
        if self._configuration is None:
            address = urljoin(self._address, DISCOVERY)
            answer = self._send("GET", address)
            found = _decoded(answer.content, Configuration) if answer.ok else None
            if found is None or not found.token_endpoint:
                raise ServerError(
                    f"GET {plain_address(address)}: found no token_endpoint (status {answer.status_code}), wanted the SMART "
                    "configuration of the server. If it has none, name the address with --token-url"
                )
            self._configuration = found
        _expect_safe(self._configuration.token_endpoint)
        return self._configuration

    def _post(self, configuration: Configuration) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes_for(self._wanted, configuration)),
            "client_assertion_type": ASSERTION,
            "client_assertion": self._assertion(configuration.token_endpoint),
        }
        return self._send("POST", configuration.token_endpoint, form)

    def _assertion(self, audience: str) -> str:
        now = int(self._world.now().timestamp())
        claims = {"iss": self._client, "sub": self._client, "aud": audience, "exp": now + LIFE, "iat": now, "jti": str(uuid4())}
        header = {"alg": self._key.algorithm, "kid": self._key.name, "typ": "JWT"}
        return jwt.encode(header, claims, self._key.key, algorithms=[self._key.algorithm])

    def _send(self, method: str, address: str, form: Mapping[str, str] | None = None) -> requests.Response:
        try:
            answer = self._session.request(
                method, address, data=form, headers={"Accept": "application/json"}, auth=_no_password, timeout=TIMES,
                allow_redirects=False, verify=self._session.verify,
            )  # fmt: skip
        except requests.exceptions.SSLError as error:
            raise ServerError(f"{method} {plain_address(address)}: found no secured connection that can be trusted") from error
        except requests.RequestException as error:
            raise NoPassNow(f"no token was given, the connection to {plain_address(address)} broke off") from error
        if answer.status_code in TRY_LATER:
            raise NoPassNow(f"no token was given, {plain_address(address)} answered {answer.status_code}")
        return answer

    def _refusal(self, configuration: Configuration, answer: requests.Response, code: str) -> str:
        said = f" {code}" if code.isascii() and code.replace("_", "").isalnum() else ""
        skew = self._skew(answer)
        clock = f" The clock of this machine is {skew:+.0f} seconds off that of the server: set it right." if skew else ""
        asked = f"POST {plain_address(configuration.token_endpoint)}"
        return (
            f"{asked}: the server answered {answer.status_code}{said}. Wanted a token for the client; check that the server "
            f"knows it, its key (named {self._key.name!r}) and the scopes.{clock}"
        )

    def _skew(self, answer: requests.Response) -> float:
        """By how many seconds our clock differs from the server's, where that may be why it refuses us; else 0."""
        try:
            theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
        except (ValueError, TypeError):
            return 0.0
        ours: datetime = self._world.now().astimezone(UTC)
        apart = (ours - theirs.astimezone(UTC)).total_seconds()
        return apart if abs(apart) >= SKEW else 0.0


def scopes_for(wanted: tuple[str, ...], configuration: Configuration) -> tuple[str, ...]:
    """The scopes in the form the server knows: version 2, unless it only tells of version 1."""
    told = configuration.capabilities
    if "permission-v2" in told or "permission-v1" not in told:
        return wanted
    return tuple(dict.fromkeys(_in_version_1(scope) for scope in wanted))


def _in_version_1(scope: str) -> str:
    what, _, letters = scope.rpartition(".")
    if not letters or set(letters) - set("cruds"):
        return scope  # It is in that form already.
    writes = any(letter in letters for letter in "cud")
    reads = any(letter in letters for letter in "rs")
    return f"{what}.{'*' if writes and reads else 'write' if writes else 'read'}"


def _expect_safe(address: str) -> None:
    """An assertion is only sent where nobody listens: over TLS, or to this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ServerError(f"{plain_address(address)}: found a token address without https, wanted one with it")


def _decoded(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
