"""A place where tokens are given, of our own: it checks assertions as the specification says, and refuses when it is told to."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

LONGEST = 300
"""How many seconds an assertion may last from now."""


@dataclass
class Gate:
    """The place. ``key`` is the name of the only key it knows, if it knows any; ``given`` are the tokens so far.

    ``refusals`` are the statuses of its next answers.
    """

    key: str = ""
    address: str = ""
    refusals: list[int] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    def answer(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """A token, or why there is none."""
        if self.refusals:
            return self.refusals.pop(0), {"error": "invalid_request"}
        header, claims = map(_read, form["client_assertion"][0].split(".")[:2])
        if self.key not in ("", header["kid"]):
            return 401, {"error": "invalid_client"}
        ahead = claims["exp"] - datetime.now(UTC).timestamp()
        if claims["aud"] != self.address or not 0 < ahead <= LONGEST:
            return 400, {"error": "invalid_client"}
        self.given.append(f"token-{len(self.given) + 1}")
        return 200, {"access_token": self.given[-1], "token_type": "bearer", "expires_in": LONGEST}


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@contextmanager
def gate(key: str = "") -> Iterator[Gate]:
    """The place, while it is needed."""
    standing = Gate(key)

    class Handler(BaseHTTPRequestHandler):
        """Answers for the gate."""

        def do_POST(self) -> None:
            """A request for a token."""
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer = standing.answer(parse_qs(body))
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        standing.address = f"http://127.0.0.1:{server.server_port}/token"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield standing
        server.shutdown()
        thread.join()
