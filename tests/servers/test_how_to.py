"""The pages on how to try the tool with a server do on a real server what they say."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import HOW_TO, ROOT, is_as_shown, printed, steps
from tests.servers.emitted import CASES
from tests.servers.faults.kinds import answered
from tests.servers.fhir_server import FhirServer
from tests.servers.places import JAVA_READY, expect_built
from tests.servers.proxy import proxy_before

NIGHTLY = HOW_TO / "examples" / "nightly.sh"
SAMPLE = "sample_bundles/two-classes-two-failures--met.json"
SERVING = "FHIR server: "


@pytest.fixture
def served() -> Iterator[str]:
    """The address that ``make server`` prints."""
    expect_built(JAVA_READY)
    command = [sys.executable, "-m", "tests.servers.serve", SAMPLE]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith(SERVING)), "")
        yield line.removeprefix(SERVING).partition(" ")[0]
        process.send_signal(signal.SIGINT)
        process.communicate()


@pytest.fixture
def settings(hapi: FhirServer, tmp_path: Path) -> Path:
    """The settings of a night on a server with a group of one."""
    hapi.expunge()
    hapi.transaction(CASES[0].sources)
    member = [{"entity": {"reference": "Patient/alder-01"}}]
    hapi.put({"resourceType": "Group", "id": "clinic", "type": "person", "actual": True, "member": member})
    for step in steps(HOW_TO / "run-from-cron.md"):
        assert [step.shown] == printed([step], tmp_path, {})
    top = tmp_path / "fhir-trd"
    where = {"LIB": top / "lib", "LOG": top / "log", "METRICS": top / "metrics" / "trd.prom"}
    known = {"SERVER": hapi.base, "GROUP": "clinic", "LET_IN": "'--by search'", **where}
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in known.items()))
    return file


def test_a_night_is_silent_unless_a_person_should_look(hapi: FhirServer, settings: Path) -> None:
    """Two good nights print nothing and write once; one with a conflict prints why; the numbers are for all to read."""
    first, second = _night(settings), _night(settings)
    assert [(0, ""), (0, "")] == [(night.returncode, night.stdout + night.stderr) for night in (first, second)]
    assert ["1"] == [one["meta"]["versionId"] for one in hapi.search("CarePlan")]

    hapi.put(hapi.search("CarePlan")[0] | {"status": "active"})
    (drug,) = hapi.search("MedicationStatement?_id=alder-01-sertraline-1")
    hapi.put(drug | {"status": "entered-in-error"})
    third = _night(settings)

    assert 7 == third.returncode
    assert "exit code 7" in third.stdout
    assert "was given another status on the server" in third.stdout
    top = settings.parent / "fhir-trd"
    rights = [f"{(top / name).stat().st_mode & 0o777:o}" for name in ("metrics/trd.prom", "lib/report.json", "log/nightly.log")]
    assert ["644", "600", "600"] == rights


def test_a_night_without_a_server_is_left_to_the_next_one(settings: Path, hapi: FhirServer) -> None:
    """An outage ends with 6, without a word: the alarm on the last run that came to its end tells of it, and the log why."""
    with proxy_before(hapi.base) as proxy, settings.open("a") as file:
        proxy.meet(answered(503), times=10_000)
        file.write(f"SERVER={proxy.base}\n")
        file.flush()

        night = _night(settings)

    assert (6, "") == (night.returncode, night.stdout + night.stderr)


def _night(settings: Path) -> "subprocess.CompletedProcess[str]":
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "FHIR_TRD_ENV": str(settings)}
    return subprocess.run([NIGHTLY], env=env, capture_output=True, text=True, check=False)


def test_the_page_on_trying_it_does_what_it_says(served: str, tmp_path: Path) -> None:
    """Every command of the page runs from a folder with the samples, and prints what the page shows."""
    (tmp_path / "sample_bundles").symlink_to(ROOT / "sample_bundles")
    todo = list(steps(HOW_TO / "try-with-a-server.md"))

    found = printed(todo, tmp_path, {"server": served})

    shown = [(step.shown, text) for step, text in zip(todo, found, strict=True) if step.shown is not None]
    assert [] == [(wanted, text) for wanted, text in shown if not is_as_shown(wanted, text)]
