"""What a CapabilityStatement says of the few things that we ask of a server."""

from typing import Any

import msgspec
import pytest

from fhir_trd.fhir.exchange.capability import WRITTEN, Capabilities, capabilities_in


def read(**rest: Any) -> Capabilities:
    """A statement with this rest."""
    statement = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [{"mode": "server", **rest}]}
    found = capabilities_in(msgspec.json.encode(statement))
    assert found is not None
    return found


OTHER = b'{"resourceType": "Bundle"}'
TORN = b'{"resourceType": "CapabilityStatement", "rest": 1}'


@pytest.mark.parametrize("nonsense", [b"", b"{}", b"\xff", OTHER, TORN])
def test_what_is_no_statement_tells_nothing(nonsense: bytes) -> None:
    """Nonsense is no statement."""
    assert capabilities_in(nonsense) is None


def test_a_statement_that_says_little_promises_nothing() -> None:
    """What is not named is not offered."""
    found = capabilities_in(b'{"resourceType": "CapabilityStatement", "software": {"name": "x", "version": "2"}}')

    assert found is not None
    assert ("x 2", False, False, False) == (found.software, found.transactions, found.takes_our_ids, found.finds_by_identifier)
    assert not found.offers("export", "Group")
    assert frozenset() == found.ability("Patient").interactions


def test_transactions_are_known_by_their_code() -> None:
    """A server takes transactions if it says so."""
    assert read(interaction=[{"code": "transaction"}]).transactions
    assert not read(interaction=[{"code": "batch"}]).transactions


@pytest.mark.parametrize(("kinds", "both"), [(WRITTEN, True), (("Observation", "CarePlan"), False)])
def test_ids_and_conditions_count_for_all_that_we_write(kinds: tuple[str, ...], both: bool) -> None:
    """All types that we write must be written in the same way."""
    found = read(resource=[{"type": kind, "updateCreate": True, "conditionalUpdate": True} for kind in kinds])

    assert both == found.takes_our_ids
    assert both == found.finds_by_identifier


@pytest.mark.parametrize(("stated", "refuses"), [({"updateCreate": False}, True), ({"updateCreate": True}, False), ({}, False)])
def test_saying_nothing_of_ids_is_not_refusing_them(stated: dict[str, bool], refuses: bool) -> None:
    """Many servers take ids of clients and do not say so."""
    found = read(resource=[{"type": kind, **stated} for kind in WRITTEN])

    assert refuses == found.refuses_our_ids


@pytest.mark.parametrize("name", ["export", "$export", "group-export"])
def test_an_operation_is_known_in_all_its_spellings(name: str) -> None:
    """Servers name an operation plainly, with a $ or with its type, on the type or for all of the server."""
    assert read(operation=[{"name": name}]).offers("export", "Group")
    assert read(resource=[{"type": "Group", "operation": [{"name": name}]}]).offers("export", "Group")
    assert not read(resource=[{"type": "Patient", "operation": [{"name": name}]}]).offers("export", "Group")


def test_searches_are_known_by_their_parameters() -> None:
    """What a type can be searched by is kept."""
    found = read(resource=[{"type": "Patient", "searchParam": [{"name": "identifier"}], "interaction": [{"code": "read"}]}])

    assert frozenset({"identifier"}) == found.ability("Patient").parameters
    assert frozenset({"read"}) == found.ability("Patient").interactions
