"""A PostgreSQL of our own for a while: a new cluster in a folder of its own, on a port of the loopback interface."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.places import LOGS

READY = "database system is ready to accept connections"
UNSAFE_BUT_QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
"""Nothing of a test survives it, so nothing has to survive a power cut."""


ENDS_WITH_ITS_INPUT = 'exec 3<&0; (read _ <&3; kill -INT $$) 2>/dev/null & exec "$@" 3<&-'
"""PostgreSQL does not look whether its parent still lives: this ends it when its input does, so it never outlives the tests."""


@contextmanager
def postgres() -> Iterator[str]:
    """The JDBC URL of an empty database, while it is needed."""
    programs = _programs()
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="fhir-trd-postgres-"))
    try:
        password = _cluster(programs, folder, user)
        with _serving(programs, folder, user) as port:
            yield f"jdbc:postgresql://127.0.0.1:{port}/postgres?user=fhir&password={password}"
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = shutil.which("postgres")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not folders:
        pytest.fail("PostgreSQL: found no program 'postgres', wanted one (Debian: apt-get install postgresql)", pytrace=False)
    return folders[0]


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as a user who owns nothing else."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _cluster(programs: Path, folder: Path, user: str | None) -> str:
    password = secrets.token_hex(16)
    secret = folder / "password"
    secret.write_text(password)
    if user:
        shutil.chown(folder, user)
        shutil.chown(secret, user)
    options = ("-U", "fhir", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
    command = [programs / "initdb", "-D", folder / "cluster", *options]
    subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True)
    return password


@contextmanager
def _serving(programs: Path, folder: Path, user: str | None) -> Iterator[int]:
    port = _free_port()
    where = ("-D", folder / "cluster", "-k", folder, "-h", "127.0.0.1", "-p", str(port))
    command = ["sh", "-c", ENDS_WITH_ITS_INPUT, "sh", programs / "postgres", *where, *UNSAFE_BUT_QUICK]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, user=user, cwd=folder, stdin=pipe, stderr=pipe, text=True) as server:
        try:
            _wait_until_ready(server)
            yield port
        finally:
            assert server.stdin is not None
            server.stdin.close()
            _keep_log(server)


def _wait_until_ready(server: "subprocess.Popen[str]") -> None:
    assert server.stderr is not None
    said: list[str] = []
    for line in server.stderr:
        said.append(line)
        if READY in line:
            return
    pytest.fail(f"PostgreSQL: found it ended, wanted it running: {''.join(said[-5:])}", pytrace=False)


def _keep_log(server: "subprocess.Popen[str]") -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    assert server.stderr is not None
    (LOGS / "postgres.log").write_text(server.stderr.read())


def _free_port() -> int:
    """PostgreSQL does not take port 0; should another take this one first, it says so and the test fails."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
