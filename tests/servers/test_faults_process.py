"""Write-back as a process that is killed, interrupted, or short of what it needs: what is there is whole and there once."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.faults.command import (
    Ended,
    Grip,
    bound_by_permissions,
    bundles_in,
    end_of,
    files_no_longer_than,
    killed_at,
    memory_of,
    run,
    started,
)
from tests.servers.faults.kinds import silent, slow
from tests.servers.faults.people import people, settle, stand_once
from tests.servers.fhir_server import FhirServer
from tests.servers.places import ROOT
from tests.servers.proxy import Proxy, proxy_before

SAMPLE = ROOT / "sample_bundles" / "two-classes-two-failures--met.json"
MOST = 60
"""More requests than a run over two people needs; where a run is not through by then, it never will be."""


@pytest.fixture
def proxy(medplum: FhirServer) -> Iterator[Proxy]:
    """The proxy before the Medplum router."""
    with proxy_before(medplum.base) as standing:
        yield standing


def test_kill_9_at_every_request(proxy: Proxy, medplum: FhirServer, tmp_path: Path) -> None:
    """Killed once the server did what the n-th request asked, the same command ends it: each finding once, in version 1."""
    for last in range(MOST):
        some = people(f"kill-{last}", 2)
        bundles, journal = bundles_in(tmp_path / f"{last}", some), tmp_path / f"{last}.db"
        words = ("write-back", bundles, "--server", proxy.base, "--journal", journal)

        first = killed_at(proxy, last, *words)
        second = run(*words)

        assert (first.code in (0, -signal.SIGKILL), 0) == (True, second.code), first.stderr + second.stderr
        assert [] == list(stand_once(medplum, some))
        if first.code == 0:
            assert last > 4
            return
    pytest.fail("the run never ended")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_end_that_is_asked_for(sign: int, proxy: Proxy, medplum: FhirServer, tmp_path: Path) -> None:
    """Ctrl-C or SIGTERM ends a run with 130 and a word on how far it came; the same command ends it, each finding there once."""
    some = people(f"sign-{sign:d}", 6)
    words = ("write-back", bundles_in(tmp_path / "some", some), "--server", proxy.base, "--journal", tmp_path / "journal.db")
    grip = Grip()
    proxy.meet_write(grip.mark(slow(1)), times=99, after=2)

    first = _ended_by(sign, grip, *words, "--workers", 1)
    proxy.rest()
    second = run(*words)

    assert (130, 0) == (first.code, second.code), first.stderr + second.stderr
    assert "not reached" in first.stderr
    assert "interrupted" in first.stderr
    assert [] == list(stand_once(medplum, some))


def test_an_interrupt_does_not_wait_for_a_silent_server(proxy: Proxy, tmp_path: Path) -> None:
    """Ctrl-C ends a run within seconds, also where the server never answers."""
    grip = Grip()
    proxy.meet_write(grip.mark(silent), times=99)

    ended = _ended_by(signal.SIGINT, grip, "write-back", bundles_in(tmp_path, people("silent", 6)), "--server", proxy.base)

    assert 130 == ended.code
    assert "interrupted" in ended.stderr


def _ended_by(sign: int, grip: Grip, *words: object) -> Ended:
    with started(*words) as process:
        assert grip.reached.wait(30)
        process.send_signal(sign)
        return end_of(process, 20)


def test_a_full_disk_under_the_journal(proxy: Proxy, medplum: FhirServer, tmp_path: Path) -> None:
    """Where the journal finds no room the run ends with 2 and says so; with room again, each finding is there once."""
    some = people("full", 40)
    words = ("write-back", bundles_in(tmp_path / "some", some), "--server", proxy.base, "--journal", tmp_path / "journal.db")

    first = run(*words, before=files_no_longer_than(30_000))
    second = run(*words)

    assert (2, 0) == (first.code, second.code), first.stderr + second.stderr
    assert "journal.db: found no journal that can be written" in first.stderr
    assert [] == list(stand_once(medplum, some))


def test_a_full_disk_under_a_file(tmp_path: Path) -> None:
    """A file for which there is no room is not begun: what stood in its place stays, and nothing lies beside it."""
    output = tmp_path / "bundle.json"
    output.write_text("before")

    ended = run("convert", SAMPLE, "--output", output, before=files_no_longer_than(1000))

    assert 2 == ended.code
    assert "bundle.json: cannot be written (File too large)" in ended.stderr
    assert ([output], "before") == (list(tmp_path.iterdir()), output.read_text())


def test_a_full_disk_under_the_output(tmp_path: Path) -> None:
    """Output that is led to a disk without room ends the run with 2, in words, and not as a fault of the program."""
    with Path("/dev/full").open("w") as full:
        ended = run("evaluate", SAMPLE, to=full)

    assert 2 == ended.code
    assert "found no room left where the output goes" in ended.stderr
    assert "internal error" not in ended.stderr


@pytest.mark.parametrize("command", ["convert", "write-back"])
def test_a_folder_that_is_read_only(command: str, proxy: Proxy, tmp_path: Path) -> None:
    """A result or a journal that may not be written ends the run with 2 before anything is sent."""
    some = bundles_in(tmp_path / "some", people("read-only", 1))
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o555)
    words = {
        "convert": ("convert", SAMPLE, "--output", folder / "bundle.json"),
        "write-back": ("write-back", some, "--server", proxy.base, "--journal", folder / "journal.db"),
    }

    ended = run(*words[command], before=bound_by_permissions)

    assert 2 == ended.code, ended.stderr
    assert str(folder) in ended.stderr
    assert [] == proxy.writes()


def test_memory_that_runs_out(proxy: Proxy, medplum: FhirServer, tmp_path: Path) -> None:
    """A Bundle for which there is too little memory ends the run with 2, in words, and nothing is sent."""
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(1 << 30)

    ended = run("write-back", huge, "--server", proxy.base, before=memory_of(512 << 20))

    assert 2 == ended.code, ended.stderr
    assert "found too little memory" in ended.stderr
    assert [] == proxy.asked


def test_two_runs_at_once(hapi: FhirServer, tmp_path: Path) -> None:
    """Two runs of the same command side by side, over one journal, leave each finding there once, in its first version."""
    some = people("twice", 8)
    settle(hapi, some)
    with proxy_before(hapi.base) as proxy:
        proxy.meet(slow(0.2), times=9999)
        words = ("write-back", bundles_in(tmp_path / "some", some), "--server", proxy.base, "--journal", tmp_path / "journal.db")

        with started(*words) as one, started(*words) as other:
            ends = [end_of(one), end_of(other)]

    assert {0} == {ended.code for ended in ends}, ends
    assert [] == list(stand_once(hapi, some))
