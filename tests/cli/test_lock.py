"""Of two runs in one folder, only one works."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fhir_trd.cli.lock import alone_in
from fhir_trd.errors import UsageError

HOLDER = """
import sys
from pathlib import Path
from fhir_trd.cli.lock import alone_in
with alone_in(Path(sys.argv[1])) as alone:
    print(alone, flush=True)
    sys.stdin.read()
"""


def test_the_second_run_knows_that_it_is_not_alone(tmp_path: Path) -> None:
    """While one run holds a folder, another is told so; afterwards the next one is alone again."""
    folder = tmp_path / "deep" / "folder"

    with alone_in(folder) as first, alone_in(folder) as second:
        assert (True, False) == (first, second)
    with alone_in(folder) as third:
        assert third


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    """A process that is killed gives the folder free."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert "True\n" == holder.stdout.readline()
        with alone_in(tmp_path) as meanwhile:
            assert not meanwhile
        holder.send_signal(signal.SIGKILL)

    with alone_in(tmp_path) as afterwards:
        assert afterwards


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Where a file stands in the place of the folder, the message says so."""
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="cannot be used"), alone_in(tmp_path / "file"):
        pass
