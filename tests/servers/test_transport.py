"""Our way to a server, tried on real ones: what they say they can do, and the tokens that they give."""

import json
from pathlib import Path

import pytest

from fhir_trd.cli.server_options import WRITES, ServerOptions, server_for
from fhir_trd.errors import NotAuthorised
from fhir_trd.fhir.exchange.capability import Capabilities, capabilities_in
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.server import Server
from tests.servers.emitted import CASES
from tests.servers.fhir_server import FhirServer
from tests.servers.sekmet import EC_CLIENT, RSA_CLIENT, Sekmet

CASE = CASES[0]


def test_hapi_says_that_it_takes_transactions_and_finds_by_identifier(hapi: FhirServer) -> None:
    """HAPI FHIR updates by identifier and offers $everything. It takes ids of our own too, but its statement does not say so."""
    found = _capabilities(Server(hapi.base))

    assert "4.0.1" == found.fhir_version
    assert found.software.startswith("HAPI FHIR")
    assert (True, False, True) == (found.transactions, found.takes_our_ids, found.finds_by_identifier)
    assert found.offers("everything", "Patient")
    assert "identifier" in found.ability("Observation").parameters


def test_a_statement_may_name_no_type(medplum: FhirServer) -> None:
    """The statement beside the Medplum router tells of transactions and of no single type."""
    found = _capabilities(Server(medplum.base))

    assert "4.0.1" == found.fhir_version
    assert (True, {}) == (found.transactions, found.types)
    assert (False, False) == (found.takes_our_ids, found.finds_by_identifier)


def test_what_is_not_there_is_an_answer(hapi: FhirServer) -> None:
    """HAPI FHIR's 404 comes back for the caller to judge."""
    assert 404 == Server(hapi.base).ask(Ask(method="GET", url="Patient/nobody")).status


@pytest.mark.parametrize("client", [RSA_CLIENT, EC_CLIENT])
def test_a_client_with_a_key_is_let_in(client: str, sekmet: Sekmet) -> None:
    """sekmet-fhir gives a token for either kind of key, and with it a patient."""
    sekmet.transaction(CASE.sources)
    where = ServerOptions(server=sekmet.base, client_id=client, key=sekmet.key_of(client))

    answer = server_for(where).ask(Ask(method="GET", url="Patient"))

    assert 200 == answer.status
    assert json.loads(answer.body)["total"] >= 1


def test_a_client_that_is_not_known_is_not_let_in(sekmet: Sekmet) -> None:
    """sekmet-fhir refuses a client that it does not know, and we say what to check."""
    where = ServerOptions(server=sekmet.base, client_id="nobody", key=sekmet.key_of(EC_CLIENT))

    with pytest.raises(NotAuthorised, match="check that the server knows it, its key"):
        server_for(where, wanted=WRITES).ask(Ask(method="GET", url="Patient"))


def test_sekmet_says_that_it_takes_our_ids(sekmet: Sekmet) -> None:
    """sekmet-fhir's statement, which is read with a token, lets us choose ids."""
    where = ServerOptions(server=sekmet.base, client_id=EC_CLIENT, key=sekmet.key_of(EC_CLIENT))

    found = _capabilities(server_for(where))

    assert (True, True) == (found.takes_our_ids, found.finds_by_identifier)


def test_a_token_that_is_none_is_not_let_in(sekmet: Sekmet, tmp_path: Path) -> None:
    """sekmet-fhir refuses an invented token, which is not told."""
    (tmp_path / "token").write_text("canary")
    where = ServerOptions(server=sekmet.base, token_file=tmp_path / "token")

    with pytest.raises(NotAuthorised) as told:
        server_for(where).ask(Ask(method="GET", url="Patient"))

    assert "canary" not in str(told.value)


def _capabilities(server: Server) -> Capabilities:
    found = capabilities_in(server.ask(Ask(method="GET", url="metadata")).body)
    assert found is not None
    return found
