"""The Python interface: what goes in, what comes out, and what is refused."""

import json
from datetime import date

import pytest

from fhir_trd.api import assess, read, write
from fhir_trd.errors import UsageError
from tests.cli.running import MET, bundle, person, statement


def test_a_sample_goes_from_bytes_to_bundle() -> None:
    """read, assess and write do in Python what convert does on the command line."""
    (record,) = read(MET.read_bytes())
    written = json.loads(write([assess(record)]))

    assert ("Bundle", "transaction") == (written["resourceType"], written["type"])
    assert [record.latest] == [assess(record).as_of]


def test_bytes_dicts_and_lists_of_dicts_are_one() -> None:
    """The same FHIR gives the same record, as bytes, as a dict, or as a list of resources."""
    whole = bundle(person(), statement())

    records = [read(whole), read(json.loads(whole)), read([person(), statement()])]
    assert [records[0]] * 3 == records


def test_criteria_and_day_can_be_chosen() -> None:
    """assess takes criteria sets and a day."""
    (record,) = read(bundle(statement()))
    found = assess(record, criteria=["fda", "delphi"], as_of=date(2024, 2, 1))

    assert ["fda", "delphi"] == [verdict.criteria for verdict in found.verdicts]
    assert date(2024, 2, 1) == found.as_of


def test_a_record_without_a_date_needs_a_day() -> None:
    """Where the record states no date, the caller has to."""
    (record,) = read(bundle(person()))

    with pytest.raises(UsageError) as caught:
        assess(record)

    wanted = "wanted as_of: the day as of which to judge it"
    assert f"Patient/1: found no date in the record, {wanted}" == str(caught.value)


def test_what_is_no_fhir_is_refused() -> None:
    """Bytes in which there is no FHIR at all are a mistake of the caller."""
    with pytest.raises(UsageError) as caught:
        read(b"hello")

    assert "bytes: found broken JSON at byte 0, wanted a FHIR resource as JSON" == str(caught.value)
