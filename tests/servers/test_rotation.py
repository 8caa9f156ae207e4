"""Keys change as the page on their rotation says, on a server that fetches the published set."""

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli
from tests.docs.pages import HOW_TO, Step, is_as_shown, printed, steps
from tests.servers.emitted import CASES
from tests.servers.places import SMART_READY, expect_built
from tests.servers.sekmet import Sekmet, sekmet_in

OLD, NEW = "2026-07", "2027-01"
CLIENT = "rotating"


class Silent(SimpleHTTPRequestHandler):
    """Files of a folder, served without a word."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Change:
    """A server, and the folder whose key set it fetches."""

    server: Sekmet
    folder: Path

    def publish(self, *names: str) -> None:
        """Publish the public halves of these keys, as the page does."""
        (made,) = (step for step in steps(HOW_TO / "rotate-keys.md") if "key_set.py" in step.lines)
        words = " ".join(f"{name}.pem={name}" for name in names)
        line = made.lines.splitlines()[0].partition("key_set.py")[0]
        printed([Step(f"{line}key_set.py {words} > keys.jwks\n", None)], self.folder, {})

    def rehearse(self, name: str) -> Result:
        """A rehearsal that signs with one of the keys."""
        (self.folder / "bundle.json").write_text(json.dumps(CASES[0].bundle))
        key = str(self.folder / f"{name}.pem")
        where = ["--server", self.server.base, "--client-id", CLIENT, "--key", key, "--key-id", name]
        return CliRunner().invoke(cli, ["write-back", str(self.folder / "bundle.json"), *where, "--dry-run"])


@pytest.fixture
def change(tmp_path: Path) -> Iterator[Change]:
    """sekmet-fhir, which fetches the key set of a client; and the keys and the set that the page makes."""
    expect_built(SMART_READY)
    shutil.copy(HOW_TO / "examples" / "key_set.py", tmp_path)
    todo = list(steps(HOW_TO / "rotate-keys.md"))
    printed([Step(todo[0].lines.replace(NEW, OLD), None)], tmp_path, {})  # The old key was made as the new one is.
    for step, found in zip(todo, printed(todo, tmp_path, {}), strict=True):
        assert step.shown is None or is_as_shown(step.shown, found)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path))) as keys:
        threading.Thread(target=keys.serve_forever, daemon=True).start()
        (tmp_path / "server").mkdir()
        with sekmet_in(tmp_path / "server", f"{CLIENT}=http://127.0.0.1:{keys.server_address[1]}/keys.jwks") as server:
            yield Change(server, tmp_path)
        keys.shutdown()


def test_a_key_is_changed_without_a_gap(change: Change) -> None:
    """With both keys published both let us in; with the new one alone the old one does not, and the message names it."""
    change.publish(OLD)
    assert (0, 5) == (change.rehearse(OLD).exit_code, change.rehearse(NEW).exit_code)

    change.publish(NEW, OLD)
    assert (0, 0) == (change.rehearse(OLD).exit_code, change.rehearse(NEW).exit_code)

    change.publish(NEW)
    refused, let_in = change.rehearse(OLD), change.rehearse(NEW)
    assert (5, 0) == (refused.exit_code, let_in.exit_code)
    assert "the server answered 401 invalid_client" in refused.stderr
    assert f"its key (named '{OLD}')" in refused.stderr
