"""What is asked of a server, and what it answers."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

FHIR_JSON = "application/fhir+json"
"""The media type of everything we send and want."""


class Ask(Struct, frozen=True, kw_only=True):
    """One request. ``url`` is absolute, or stands below the address of the server.

    ``repeatable``: whether asking twice does what asking once does, so that a lost answer may be asked for again.
    ``wants_json``: whether an answer that is no JSON object is a fault (a login page with status 200, for example).
    ``with_pass``: whether we say who we are; a bulk file that needs no token must not get one.
    ``judged``: every answer comes back as it is, for whoever asks to judge, who knows better when to ask again.
    ``done``: looks whether the server did it although its answer was lost; asked before the same is sent again. Servers make a
    new version even where nothing changes.
    """

    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    repeatable: bool = True
    wants_json: bool = True
    with_pass: bool = True
    judged: bool = False
    done: Callable[[], bool] | None = None

    @property
    def told(self) -> str:
        """The request for a message: method and address, without the values of parameters, which may be about a person."""
        return f"{self.method} {plain_address(self.url) or 'the address of the server'}"


class Answer(Struct, frozen=True, kw_only=True):
    """What came back. The names of ``headers`` are in lower case; the body is unpacked.

    ``lost``: the server's own answer never came, but a look has shown that it did what was asked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    lost: bool = False

    @property
    def is_good(self) -> bool:
        """Whether the server did what was asked."""
        return 200 <= self.status < 300

    def header(self, name: str) -> str:
        """A header, or an empty string."""
        return self.headers.get(name.lower(), "")


def plain_address(url: str) -> str:
    """An address with the names of its parameters but not their values, and without anything before an @."""
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.scheme else ""
    names = ",".join(dict.fromkeys(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)))
    return f"{place}{parts.path}{f'?{names}' if names else ''}"


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address: where a token may go."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or usual
