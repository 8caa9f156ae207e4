"""Records of patients, and the ledger of all that was read."""

import itertools

import pytest

from fhir_trd.fhir.decode import resources_in_document, resources_in_lines
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.records import read_at, read_records
from fhir_trd.model.issues import Fate
from tests.unit.fhir_read.making import Json, bundle, issues, knowledge, reading, record, request, set_aside, statement

PERSON = {"resourceType": "Patient", "id": "1", "birthDate": "1980-05"}


def test_every_resource_has_a_fate() -> None:
    """Used, set aside and faulty add up to what was read."""
    ledger = reading(PERSON, statement(), statement(id="p", status="intended"), {"id": "7"}).ledger
    assert (4, 2, 1, 1) == (ledger.read, *(ledger.total(fate) for fate in (Fate.USED, Fate.SET_ASIDE, Fate.FAULTY)))


def test_a_patient_alone_has_an_empty_record() -> None:
    """A person of whom nothing is known has a record that says nothing."""
    only = record(PERSON)
    assert ("Patient/1", (), None, "1980-05-31") == (
        only.patient,
        only.supplies,
        only.latest,
        str(only.born and only.born.latest),
    )


def test_patients_are_told_apart_and_sorted() -> None:
    """Each patient has a record, in the order of their references."""
    two = statement(id="other", subject={"reference": "https://example.test/fhir/Patient/0"})
    assert ["Patient/0", "Patient/1"] == [one.patient for one in reading(statement(), two).records]


def test_the_order_of_resources_does_not_matter() -> None:
    """Any order of the same resources gives the same record."""
    parts = [PERSON, statement(), request(), statement(id="t", status="on-hold")]
    assert 1 == len({repr(record(*order)) for order in itertools.permutations(parts)})


LATEST = [
    ([statement()], "2024-03-31"),
    ([statement(dateAsserted="2024-05-05")], "2024-05-05"),
    ([request(authoredOn="2024-02-02")], "2024-02-02"),
    ([statement(status="active", effectivePeriod={"start": "2024-01-01", "end": "2030-01-01"})], "2024-01-01"),
    ([statement(effectivePeriod={"start": "2024-01-01", "end": "9999-12-31"})], "2024-01-01"),
    ([statement(effectivePeriod={"start": "2021", "end": "2022"})], "2022-12-31"),
    ([PERSON], "None"),
]


@pytest.mark.parametrize(("resources", "expected"), LATEST)
def test_the_latest_day_is_the_last_on_which_something_happened(resources: list[Json], expected: str) -> None:
    """Starts, orders, assertions and past ends count; planned ends, sentinels and birth dates don't."""
    assert expected == str(record(*resources).latest)


def test_an_equal_copy_counts_once() -> None:
    """The same resource twice, in whichever order of elements, is used once."""
    copy = dict(reversed(statement().items()))
    assert (1, ["duplicate"]) == (len(record(statement(), copy).supplies), set_aside(statement(), copy))


def test_copies_that_are_not_utf8_are_told_apart() -> None:
    """Copies with bytes of another encoding in them count once if they are equal, and twice if they are not."""
    body = b'{"resourceType": "MedicationStatement", "id": "s", "status": "active", "subject": {"reference": "Patient/1"}, '
    one, other = (body + b'"medicationCodeableConcept": {"text": "sertraline, caf\xe9%d"}}' % number for number in (1, 2))
    read = read_records(resources_in_lines([one, one, other], "lines"), knowledge())
    assert 2 == len(read.records[0].supplies)


def test_a_desk_that_has_read_others_reads_the_same() -> None:
    """What was read before leaves nothing at a desk that changes what is read of others, not even products by the same name."""
    product = {"resourceType": "Medication", "id": "m", "code": {"text": "fluoxetine 20 mg"}}
    order = request(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    desk = Desk(knowledge())
    first, second = (read_at(desk, resources_in_document(bundle(*told), "bundle.json")) for told in ([product, order], [order]))
    assert (1, ()) == (len(first.records[0].supplies), second.records[0].supplies)
    assert reading(order).records == second.records


@pytest.mark.parametrize("newer", [{"versionId": "10"}, {"lastUpdated": "2024-06-01T00:00:00Z"}])
def test_the_newest_version_wins(newer: Json) -> None:
    """Of two versions the newer counts, whatever the order; the older is superseded."""
    older = {"versionId": "9"} if "versionId" in newer else {"lastUpdated": "2024-01-01T00:00:00Z"}
    versions = [statement(status="active", meta=older), statement(status="on-hold", meta=newer)]
    for order in (versions, versions[::-1]):
        assert ["paused"] == [supply.taking for supply in record(*order).supplies]
    assert ["superseded version"] == set_aside(*versions)


def test_an_error_takes_its_older_versions_with_it() -> None:
    """A version that says it was an error leaves nothing of the older one."""
    versions = [statement(meta={"versionId": "1"}), statement(status="entered-in-error", meta={"versionId": "2"})]
    assert () == record(*versions).supplies


def test_the_same_id_on_different_contents_keeps_both() -> None:
    """Where nothing tells which version is newer, both are kept, and that is noted."""
    both = [statement(), statement(status="on-hold")]
    assert 2 == len(record(*both).supplies)
    assert {("same-id", "id")} == set(issues(*both))


def test_the_same_id_of_two_patients_is_two_resources() -> None:
    """Servers reuse ids: what belongs to another patient is another resource."""
    other = statement(subject={"reference": "Patient/2"})
    assert [1, 1] == [len(one.supplies) for one in reading(statement(), other).records]


def test_sources_are_versioned_where_the_version_is_known() -> None:
    """What was used is listed with its version."""
    used = record(PERSON, statement(meta={"versionId": "3"}), request(status="draft"))
    assert ("MedicationStatement/s/_history/3", "Patient/1") == used.sources


def test_a_resource_without_an_id_is_named_by_its_place() -> None:
    """Without an id, the place in the file tells where a fact came from."""
    nameless = statement()
    del nameless["id"]
    assert "MedicationStatement at entry[0]" == record(nameless).supplies[0].origin.resource


def test_a_patient_without_an_id_can_have_no_record() -> None:
    """A person nobody can refer to is set aside."""
    assert ["a patient without an id"] == set_aside({"resourceType": "Patient"})


@pytest.mark.parametrize("day", ["2024-07-01", "2024-08-02"])
def test_other_drugs_tell_the_latest_day(day: str) -> None:
    """An order for another drug tells that something happened then, unless it was an error."""
    other = request(medicationCodeableConcept={"text": "lisinopril"}, authoredOn=day)
    wrong = {**other, "id": "w", "status": "entered-in-error", "authoredOn": "2030-01-01"}
    assert day == str(record(statement(), other, wrong).latest)
