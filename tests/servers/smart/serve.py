"""Runs sekmet-fhir on a free port of the loopback interface until its input ends. Runs in an environment of its own."""

import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from jwcrypto.jwk import JWK, JWKSet
from sekmet.auth import server as sekmet_auth
from sekmet.config import Settings
from sekmet.main import create_app

KINDS = {"rsa": {"kty": "RSA", "size": 2048, "alg": "RS384"}, "ec": {"kty": "EC", "crv": "P-384", "alg": "ES384"}}
"""The keys that SMART Backend Services asks every server to take."""


class Forgetful(dict[str, Any]):
    """The server's memory of published key sets, which holds nothing: a test of their change does not wait five minutes."""

    def __setitem__(self, name: str, value: Any) -> None:
        """Forget it."""


def main(folder: Path, clients: Sequence[str]) -> None:
    """Serve these clients: a new key of each, of the kind its name begins with, lies in the folder as a JWK set.

    A client with an address (``name=http://…``) publishes its keys there.
    """
    sekmet_auth._jwks_cache = Forgetful()
    listening = socket.create_server(("127.0.0.1", 0))
    root = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create_app(settings(folder, root, [registered(folder, client) for client in clients]))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    threading.Thread(target=end_with_input, args=(server,), daemon=True).start()
    # The socket already listens: whoever connects now is answered as soon as the server runs.
    sys.stdout.write(f"ready {root}/fhir\n")
    sys.stdout.flush()
    server.run(sockets=[listening])


def registered(folder: Path, client: str) -> dict[str, Any]:
    """A client as the server knows it: by where it publishes its keys, or by a key whose private half goes to a file."""
    name, _, published = client.partition("=")
    if published:
        return {"client_id": name, "jwks_url": published}
    key = JWK.generate(**KINDS[client.partition("-")[0]], kid=f"{client}-1", key_ops=["sign"])
    private = JWKSet()
    private.add(key)
    (folder / f"{client}.jwks").write_text(private.export(private_keys=True))
    return {"client_id": client, "jwks": {"keys": [{**key.export_public(as_dict=True), "key_ops": ["verify"]}]}}


def settings(folder: Path, root: str, clients: Sequence[dict[str, Any]]) -> Settings:
    """A server that lets in whoever has a token, and answers no faster than clients can see that a job runs."""
    fixed = [os.environ["FIXED_TOKEN"]]
    # Its export asks for scopes on everything, which clients that ask for single types never have.
    auth = {"types": ["smart", "bearer"], "tokens": fixed, "smart_clients": list(clients), "enforce_scopes": False}
    return Settings(
        base_url=f"{root}/fhir",
        host="127.0.0.1",
        data_dir=str(folder),
        server_auth=auth,
        simulator={"enabled": False, "delay_seconds": 0.2},
        validation={"inbound": "off"},
        own_private_key_path=str(folder / "own.pem"),
    )


def end_with_input(server: uvicorn.Server) -> None:
    """Whoever started this server holds its input: when that process is gone, the server goes too."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    server.should_exit = True


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
