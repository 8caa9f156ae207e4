"""Fetch through faults: the folder holds what the server has, whatever went wrong on the way, or it is said what it lacks."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli
from tests.servers.faults.command import Grip, bound_by_permissions, end_of, files_no_longer_than, killed_at, run, started
from tests.servers.faults.kinds import answered, cut, dropped, packed_and_cut, page, slow
from tests.servers.faults.people import Person, people, settle
from tests.servers.faults.storm import Storm
from tests.servers.fhir_server import FhirServer
from tests.servers.proxy import Asked, Fault, Proxy, proxy_before
from tests.servers.sekmet import EC_CLIENT, Sekmet

MOST = 200
"""More requests than one fetch needs; where a fetch is not through by then, it never will be."""


@pytest.fixture(scope="module")
def ward(hapi: FhirServer) -> list[Person]:
    """Three people on HAPI FHIR."""
    some = people("ward", 3)
    settle(hapi, some)
    return some


@pytest.fixture
def proxy(hapi: FhirServer, ward: list[Person]) -> Iterator[Proxy]:
    """The proxy before HAPI FHIR, with the three on it."""
    with proxy_before(hapi.base) as standing:
        yield standing


def words(proxy: Proxy, some: list[Person], folder: Path, *more: object) -> tuple[object, ...]:
    """The command that fetches the records of some people."""
    whose = (word for person in some for word in ("--patient", person.name))
    return ("fetch", "--server", proxy.base, *whose, "--output", folder, *more)


def here(*words: object) -> Result:
    """A command in this very process."""
    return CliRunner().invoke(cli, [str(word) for word in words])


def held(folder: Path) -> list[str]:
    """What a folder holds, each as often as it does."""
    lines = (line for file in folder.glob("*.ndjson") for line in file.read_text().splitlines())
    return sorted(f"{one['resourceType']}/{one['id']}" for one in map(json.loads, lines))


def wanted(some: list[Person]) -> list[str]:
    """What some people's records are."""
    return sorted(f"{one['resource']['resourceType']}/{one['resource']['id']}" for person in some for one in person.sources)


@pytest.mark.parametrize(
    "fault",
    [answered(503), answered(429), answered(500, b"oops"), dropped, cut, packed_and_cut, page()],
    ids=["503", "429", "500 non-JSON", "dropped", "reset mid-body", "gzip cut", "HTML"],
)
@pytest.mark.parametrize("way", ["search", "everything"])
def test_a_page_that_does_not_come(way: str, fault: Fault, proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """A page whose answer fails or breaks off is asked for again; each resource is in the folder once."""
    proxy.meet(fault, path="/Patient" if way == "everything" else "/Condition", times=2)

    done = here(*words(proxy, ward, tmp_path / "folder", "--by", way))

    assert 0 == done.exit_code, done.output
    assert wanted(ward) == held(tmp_path / "folder")


def test_a_fetch_in_a_storm(proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """Where every fifth request goes wrong, the folder holds each resource once."""
    storm = Storm("fetch", 0.2)
    proxy.plans.append(storm)

    done = here(*words(proxy, ward, tmp_path / "folder", "--by", "search"))

    assert 0 == done.exit_code, done.output
    assert storm.met.total() >= 3
    assert wanted(ward) == held(tmp_path / "folder")


def test_kill_9_of_a_fetch(proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """Killed at the n-th answer, the same command ends the fetch: the folder holds each resource once, and no half file."""
    for last in range(0, MOST, 2):
        command = words(proxy, ward[:1], tmp_path / f"{last}", "--workers", 2)

        first = killed_at(proxy, last, *command)
        second = run(*command) if first.code else first

        assert (first.code in (0, -signal.SIGKILL), 0) == (True, second.code), first.stderr + second.stderr
        assert wanted(ward[:1]) == held(tmp_path / f"{last}")
        assert [] == list((tmp_path / f"{last}").glob("*.part"))
        if first.code == 0:
            assert last > 1
            return
    pytest.fail("the fetch never ended")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_fetch_that_is_interrupted(sign: int, proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """Ctrl-C or SIGTERM ends a fetch with 130; the same command goes on with it."""
    command = words(proxy, ward, tmp_path / "folder", "--by", "search", "--workers", 1)
    grip = Grip()
    proxy.meet(grip.mark(slow(0.5)), path="/Observation", times=99)

    with started(*command) as process:
        assert grip.reached.wait(30)
        process.send_signal(sign)
        first = end_of(process, 20)
    proxy.rest()
    second = run(*command)

    assert (130, 0) == (first.code, second.code), first.stderr + second.stderr
    assert "internal error" not in first.stderr
    assert wanted(ward) == held(tmp_path / "folder")


def test_two_fetches_into_one_folder(proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """A second fetch into a folder that one is at work in is refused with 2, and leaves it alone."""
    command = words(proxy, ward, tmp_path / "folder", "--by", "search", "--workers", 1)
    grip = Grip()
    proxy.meet(grip.mark(slow(2)), path="/Observation", times=1)

    with started(*command) as process:
        assert grip.reached.wait(30)
        second = run(*command)
        first = end_of(process)

    assert (0, 2) == (first.code, second.code), first.stderr + second.stderr
    assert wanted(ward) == held(tmp_path / "folder")


def test_a_full_disk_under_a_fetch(proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """A fetch that finds no room ends with 2 and says so; with room again, the same command ends it."""
    command = words(proxy, ward, tmp_path / "folder", "--by", "search")

    first = run(*command, before=files_no_longer_than(1000))
    second = run(*command)

    assert (2, 0) == (first.code, second.code), first.stderr + second.stderr
    assert "internal error" not in first.stderr
    assert wanted(ward) == held(tmp_path / "folder")


def test_a_fetch_into_a_folder_that_is_read_only(proxy: Proxy, ward: list[Person], tmp_path: Path) -> None:
    """A fetch into a folder that may not be written to ends with 2, in words."""
    (tmp_path / "above").mkdir(mode=0o555)

    ended = run(*words(proxy, ward, tmp_path / "above" / "folder"), before=bound_by_permissions)

    assert 2 == ended.code, ended.stderr
    assert "internal error" not in ended.stderr


def test_a_token_that_ends_between_pages(sekmet: Sekmet, tmp_path: Path) -> None:
    """A token that ends after every third request, in the middle of searches too, is renewed each time; nothing is left out."""
    some = people("pages", 2)
    settle(sekmet, some)
    with proxy_before(sekmet.base) as proxy:
        tokens = ShortLived(3)
        proxy.plans.append(tokens)
        who = ("--client-id", EC_CLIENT, "--key", sekmet.key_of(EC_CLIENT))

        done = here(*words(proxy, some, tmp_path / "folder", "--by", "search", "--workers", 1, *who))

    assert 0 == done.exit_code, done.output
    assert len(tokens.uses) > 3
    assert wanted(some) == held(tmp_path / "folder")


class ShortLived:
    """A plan by which each token is good for so many requests."""

    def __init__(self, most: int) -> None:
        self._most, self.uses = most, Counter[str]()

    def __call__(self, asked: Asked) -> Fault | None:
        """401 for a token that was used so often already."""
        token = asked.headers.get("Authorization", "")
        self.uses[token] += bool(token)
        return answered(401) if self.uses[token] > self._most else None
