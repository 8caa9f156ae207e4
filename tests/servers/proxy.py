"""A proxy of the loopback interface that stands before a real server and lets go wrong on the way what a plan says."""

import http.client
import socket
import ssl
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from urllib.parse import urlsplit

SECONDS = 120
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
"""Headers that belong to one connection and are made anew for the next."""

AT_ONCE = struct.pack("ii", 1, 0)
"""Ends a connection with a reset instead of a farewell."""


@dataclass(frozen=True)
class Asked:
    """A request as it came: the how-many-eth of all it is, and how often the very same came before."""

    number: int
    seen: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_write(self) -> bool:
        """Whether it may change the server; a search by POST and a batch of reads do not."""
        return self.method in ("PUT", "PATCH", "DELETE") or (self.method == "POST" and b'"transaction"' in self.body)


@dataclass(frozen=True)
class Reply:
    """An answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Way:
    """The way of one request to the server and of its answer back. A fault goes it, or part of it."""

    def __init__(self, asked: Asked, proxy: "Proxy", handler: "_Handler") -> None:
        self.asked, self.closing = asked, proxy.closing
        self._proxy, self._handler = proxy, handler

    def forward(self, body: bytes | None = None, *, packed: bool = False) -> Reply:
        """What the server answers; it has done by then what it was asked for. ``body``: ask it for something else."""
        plain = {} if packed else {"Accept-Encoding": "identity"}
        asked = replace(self.asked, headers={**self.asked.headers, **plain})
        return self._handler.upstream(asked, self.asked.body if body is None else body)

    def answer(self, reply: Reply, cut: int | None = None) -> None:
        """Give an answer, or only its first bytes."""
        self._handler.give(reply, cut)

    def drop(self) -> None:
        """End the connection without a word."""
        self._handler.drop()


Fault = Callable[[Way], None]
Plan = Callable[[Asked], Fault | None]


@dataclass
class Rule:
    """A fault that meets some of the requests of a kind: the first ``times`` after ``after`` of them."""

    fault: Fault
    meets: Callable[[Asked], bool]
    times: int
    after: int
    met: int = field(default=0)

    def __call__(self, asked: Asked) -> Fault | None:
        """The fault, where it is the turn of this request."""
        if not self.meets(asked):
            return None
        self.met += 1
        return self.fault if self.after < self.met <= self.after + self.times else None


class Proxy:
    """A proxy before one server. It keeps every request that came, and who may end waits for ``closing``."""

    def __init__(self, target: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(target)
        self.closing, self.asked = Event(), list[Asked]()
        self.plans: list[Plan] = []
        self.errors: list[BaseException] = []
        self.upstream = (parts.hostname or "", parts.port or 80)
        self._lock, self._going = Condition(), 0
        self._seen: dict[tuple[str, str, bytes], int] = {}
        self._server = _Listening(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.base = f"{'https' if context else 'http'}://127.0.0.1:{self._server.server_port}{parts.path}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def meet(self, fault: Fault, method: str = "", path: str = "", *, times: int = 1, after: int = 0) -> Rule:
        """Let a fault meet requests of a method whose path holds some text."""
        return self.rule(Rule(fault, lambda asked: method in ("", asked.method) and path in asked.path, times, after))

    def meet_write(self, fault: Fault, *, times: int = 1, after: int = 0) -> Rule:
        """Let a fault meet what would change the server with a finding; the Device, which comes before, is let through."""
        return self.rule(Rule(fault, lambda asked: asked.is_write and b'"Observation"' in asked.body, times, after))

    def rule(self, rule: Rule) -> Rule:
        """Add a rule to the plans."""
        self.plans.append(rule)
        return rule

    def heal(self) -> None:
        """Let everything through from now on."""
        self.plans.clear()

    def writes(self) -> list[Asked]:
        """The requests that came and may have changed the server."""
        return [asked for asked in self.asked if asked.is_write]

    def note(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[Asked, Fault | None]:
        """Number a request, keep it, and say what shall go wrong with it."""
        with self._lock:
            key = (method, path, body)
            seen = self._seen[key] = self._seen.get(key, -1) + 1
            asked = Asked(len(self.asked) + 1, seen, method, path, headers, body)
            self.asked.append(asked)
            faults = [fault for plan in self.plans if (fault := plan(asked))]
            self._going += 1
        return asked, faults[0] if faults else None

    def done(self) -> None:
        """A request that was noted has been dealt with."""
        with self._lock:
            self._going -= 1
            self._lock.notify_all()

    def rest(self) -> None:
        """Wait until everything that came has been dealt with, also what nobody waits for any more; then let all through."""
        with self._lock:
            self._lock.wait_for(lambda: not self._going, SECONDS)
        self.heal()

    def close(self) -> None:
        """End it, and whatever waits in it."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self.errors:
            raise self.errors[0]


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    proxy: Proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is what many tests want; everything else is a fault of the test itself."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            self.proxy.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listening
    _connection: http.client.HTTPConnection | None = None

    def _pass_on(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked, fault = proxy.note(self.command, self.path, dict(self.headers.items()), body)
        try:
            (fault or through)(Way(asked, proxy, self))
        finally:
            proxy.done()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815

    def upstream(self, asked: Asked, body: bytes) -> Reply:
        """The server's answer, over a connection that is kept as long as the client keeps its own."""
        fresh = self._connection is None
        link = self._connection = self._connection or _link(self.server.proxy.upstream)
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP_BY_HOP}
        try:
            link.request(asked.method, asked.path, body=body or None, headers=headers)
            answer = link.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server had ended a connection that was idle; it has not read this request.
            self._connection = None
            if fresh:
                raise
            return self.upstream(asked, body)
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        return Reply(answer.status, kept, answer.read())

    def give(self, reply: Reply, cut: int | None) -> None:
        """Send an answer; one that is cut announces more than it brings, and is ended by a reset."""
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[:cut])
        if cut is not None:
            self.drop()

    def drop(self) -> None:
        """Reset the connection."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.connection.close()

    def finish(self) -> None:
        """Let go of both connections."""
        if self._connection:
            self._connection.close()
        super().finish()

    def log_message(self, *args: object) -> None:
        """Say nothing: what is asked holds ids of patients."""


def _link(upstream: tuple[str, int]) -> http.client.HTTPConnection:
    link = http.client.HTTPConnection(*upstream, timeout=SECONDS)
    link.connect()
    assert link.sock is not None
    link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def through(way: Way) -> None:
    """No fault: the server's answer."""
    way.answer(way.forward(packed=True))


@contextmanager
def proxy_before(target: str, context: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """A proxy before a server, while it is needed."""
    proxy = Proxy(target, context)
    try:
        yield proxy
    finally:
        proxy.close()
