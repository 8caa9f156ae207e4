"""A server that the tests play, and a world in which nobody waits."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import responses
from requests import PreparedRequest

from fhir_trd.transport.passes import Pass
from fhir_trd.transport.patience import Patience
from fhir_trd.transport.server import Server
from fhir_trd.transport.world import World

BASE = "https://ehr.example.org/fhir"
NOW = datetime(2024, 6, 30, 12, tzinfo=UTC)
BUNDLE = b'{"resourceType": "Bundle"}'

Reply = tuple[int, dict[str, str], bytes]


class Clock:
    """A world whose clock moves only when somebody waits; it keeps how long that was."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time, self.waits = now, list[float]()

    def sleep(self, seconds: float) -> None:
        """Waiting, at once."""
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)

    @property
    def world(self) -> World:
        """This clock as the world of a server; chance always brings the whole wait."""
        return World(now=lambda: self.time, sleep=self.sleep, chance=lambda: 1.0)


def server(clock: Clock | None = None, who: Pass | None = None, **patience: Any) -> Server:
    """The server at the address that the tests play."""
    return Server(BASE, who=who, world=(clock or Clock()).world, patience=Patience(**patience))


def play(path: str, *replies: Reply | Exception, method: str = "GET") -> None:
    """The answers to a request, one after the other; an exception stands for a connection that fails."""
    url = path if path.startswith("http") else f"{BASE}/{path}"
    for reply in replies:
        if isinstance(reply, Exception):
            responses.add(method, url, body=reply)
        else:
            status, headers, body = reply
            responses.add(method, url, status=status, headers=headers, body=body)


@contextmanager
def answered_by(answer: Callable[[PreparedRequest], Reply | tuple[int, dict[str, str], str]]) -> Iterator[None]:
    """Every request to the server is answered so."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as played:
        for method in ("GET", "POST"):
            played.add_callback(method, re.compile(re.escape(BASE)), callback=answer)
        yield


def good(body: bytes = BUNDLE, **headers: str) -> Reply:
    """An answer as it should be."""
    return 200, headers, body


def bad(status: int, body: bytes = b"", **headers: str) -> Reply:
    """An answer of that status; the names of headers are written with _ for -."""
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body


def outcome(*issues: dict[str, Any]) -> bytes:
    """An OperationOutcome with these issues."""
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": issues})


def sent(number: int = -1) -> Any:
    """A request that reached the played server."""
    return responses.calls[number].request


def message_of(kind: type[Exception], act: Callable[[], object]) -> str:
    """What an error says."""
    try:
        act()
    except kind as error:
        return str(error)
    raise AssertionError(f"nothing was raised, wanted {kind.__name__}")
