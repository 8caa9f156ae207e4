"""The kinds of fault that the proxy lets happen, each a way that a request or its answer goes."""

import gzip
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import replace

from tests.servers.proxy import Fault, Reply, Way, through

JSON = {"Content-Type": "application/fhir+json"}
PAGE = b"<html><body>Please log in</body></html>"
NOW = {"Retry-After": "0"}
"""What a server says that may be asked again at once; it keeps the tests short."""


def outcome(code: str, severity: str = "error", words: str = "it was not to be") -> bytes:
    """An OperationOutcome with one issue."""
    issue = {"severity": severity, "code": code, "diagnostics": words}
    return json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()


def answered(status: int, body: bytes = b"", headers: Mapping[str, str] = NOW) -> Fault:
    """An answer in the server's stead: the request never reaches it."""
    return lambda way: way.answer(Reply(status, {**JSON, **headers}, body))


def page(status: int = 200) -> Fault:
    """A page for people instead of data."""
    return lambda way: way.answer(Reply(status, {"Content-Type": "text/html", **NOW}, PAGE))


def after(fault: Fault) -> Fault:
    """The same, once the server has done what it was asked for: its own answer is lost."""

    def done_and_lost(way: Way) -> None:
        way.forward()
        fault(way)

    return done_and_lost


def dropped(way: Way) -> None:
    """A connection that ends before the answer begins."""
    way.drop()


def cut(way: Way) -> None:
    """A connection that ends in the middle of the answer."""
    reply = way.forward()
    way.answer(reply, cut=len(reply.body) // 2)


def packed_and_cut(way: Way) -> None:
    """A packed answer that lacks its end, though all of its bytes came that were announced."""
    reply = way.forward()
    packed = gzip.compress(reply.body)
    way.answer(replace(reply, headers={**reply.headers, "Content-Encoding": "gzip"}, body=packed[: len(packed) // 2]))


def silent(way: Way) -> None:
    """A server that takes the request and says nothing until the client has left."""
    way.closing.wait(10)
    way.drop()


def slow(seconds: float) -> Fault:
    """A server that takes its time before it is asked at all."""

    def waits(way: Way) -> None:
        way.closing.wait(seconds)
        through(way)

    return waits


def hurried(way: Way) -> None:
    """An answer without the wish to wait: HAPI asks for two minutes for an export that takes it seconds."""
    reply = way.forward()
    way.answer(replace(reply, headers={name: value for name, value in reply.headers.items() if name.lower() != "retry-after"}))


def redirected(address: str) -> Fault:
    """An answer that sends the client to the same path at another address."""
    return lambda way: way.answer(Reply(307, {"Location": f"{address}{way.asked.path}"}, b""))


def killing(process: int, then: Fault = dropped) -> Fault:
    """The end of a process by its id, before or (with ``after``) behind what the server does."""

    def kills(way: Way) -> None:
        os.kill(process, signal.SIGKILL)
        then(way)

    return kills


def nothing_found(way: Way) -> None:
    """A search that finds nothing, as of a server whose index is behind."""
    way.answer(Reply(200, JSON, json.dumps({"resourceType": "Bundle", "type": "searchset", "total": 0}).encode()))
