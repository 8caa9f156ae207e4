"""The database of the tests ends with the tests, however they end."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

HOLD = """
import sys, tempfile, time
tempfile.tempdir = sys.argv[1]
from tests.servers.postgres import postgres
with postgres() as url:
    print(url, flush=True)
    time.sleep(600)
"""
SECONDS = 20


def test_a_database_does_not_outlive_its_parent() -> None:
    """Where the tests are killed, the database ends by itself."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            port = urlsplit(parent.stdout.readline().strip().removeprefix("jdbc:")).port
            assert port is not None
            answered = _answers(port)
            parent.kill()
        assert answered
        assert _ends(port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ends(port: int) -> bool:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if not _answers(port):
            return True
        time.sleep(0.1)
    return False


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
