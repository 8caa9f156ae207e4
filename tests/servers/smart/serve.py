"""Runs sekmet-fhir on a free port of the loopback interface until its input ends. Runs in an environment of its own."""

import json
import os
import socket
import sys
import threading
from pathlib import Path

import uvicorn
from sekmet.config import Settings
from sekmet.main import create_app


def main(folder: Path) -> None:
    """Serve with the SMART clients that ``clients.json`` in the folder names; what is stored lies in the folder too."""
    listening = socket.create_server(("127.0.0.1", 0))
    root = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create_app(settings(folder, root))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    threading.Thread(target=end_with_input, args=(server,), daemon=True).start()
    # The socket already listens: whoever connects now is answered as soon as the server runs.
    print(f"ready {root}/fhir", flush=True)  # noqa: T201
    server.run(sockets=[listening])


def settings(folder: Path, root: str) -> Settings:
    """A server that lets in clients with a token, and nobody else."""
    auth = {"types": ["smart"], "smart_clients": json.loads((folder / "clients.json").read_text()), "enforce_scopes": False}
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
    main(Path(sys.argv[1]))
