"""Secured connections to a real server, by certificates of an authority of our own: trusted where named, else refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from fhir_trd.errors import ServerError
from fhir_trd.sinks.delivery import Fate
from tests.servers.faults.certificates import Authority
from tests.servers.faults.kinds import after, cut, dropped, packed_and_cut
from tests.servers.faults.people import Person, somebody, stand_once
from tests.servers.faults.running import Run, write
from tests.servers.fhir_server import FhirServer
from tests.servers.proxy import Fault, proxy_before


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that no machine knows."""
    return Authority(tmp_path)


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Person:
    """Somebody whom no other test knows."""
    return somebody(request.node.name)


def is_refused(run: Run) -> None:
    """The run ended as an outage that names the certificate, without a second attempt."""
    assert isinstance(run.error, ServerError)
    assert "the certificate of the server is not trusted" in run.told
    assert [] == run.waits


def test_an_authority_that_is_named(authority: Authority, medplum: FhirServer, person: Person) -> None:
    """A server whose certificate comes from the authority that --ca names is written to."""
    with proxy_before(medplum.base, authority.server()) as proxy:
        run = write(proxy.base, [person], authority=authority.file)

    assert {Fate.CREATED: 1} == run.fates, run.told
    assert [] == list(stand_once(medplum, [person]))


def test_an_authority_that_nobody_knows(authority: Authority, medplum: FhirServer, person: Person) -> None:
    """Where the authority is not named, nothing is sent."""
    with proxy_before(medplum.base, authority.server()) as proxy:
        is_refused(write(proxy.base, [person]))

    assert [] == proxy.asked


@pytest.mark.parametrize(
    ("host", "lasts"), [("127.0.0.1", timedelta(days=-1)), ("127.0.0.2", timedelta(days=1))], ids=["expired", "another host"]
)
def test_a_certificate_that_does_not_hold(
    host: str, lasts: timedelta, authority: Authority, medplum: FhirServer, person: Person
) -> None:
    """A certificate that has ended, or is another host's, is refused even where its authority is trusted."""
    with proxy_before(medplum.base, authority.server(host, lasts)) as proxy:
        is_refused(write(proxy.base, [person], authority=authority.file))

    assert [] == proxy.asked


@pytest.mark.parametrize("fault", [dropped, after(dropped), cut, packed_and_cut], ids=["dropped", "lost", "cut", "gzip cut"])
def test_a_secured_connection_that_breaks_off(
    fault: Fault, authority: Authority, medplum: FhirServer, person: Person
) -> None:
    """A secured connection that breaks off is told apart from one that is not trusted: the finding is there once."""
    with proxy_before(medplum.base, authority.server()) as proxy:
        proxy.meet_write(fault)
        run = write(proxy.base, [person], authority=authority.file)

    assert {Fate.CREATED: 1} == run.fates, run.told
    assert 1 == len(run.waits)
    assert [] == list(stand_once(medplum, [person]))
