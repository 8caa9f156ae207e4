"""Where a server chooses ids, findings are found, written and taken back by their identifier."""

from pathlib import Path

import pytest

from tests.unit.sinks.ehr import Ehr, edit, run, statement

OURS = {"Device": 1, "Observation": 1, "CarePlan": 1, "Provenance": 1}


@pytest.fixture
def choosing(ehr: Ehr) -> Ehr:
    """The server, which takes no ids of clients and says so."""
    ehr.chooses_ids = True
    ehr.statement = statement(updateCreate=False, conditionalUpdate=True)
    return ehr


def test_a_server_that_says_so_is_written_to_by_identifier(choosing: Ehr, bundle: Path) -> None:
    """Not one id of ours is tried, and a second run finds all of it as it would write it."""
    first, second = run(bundle), run(bundle)

    assert (0, "of 1: 1 created\n") == (first.exit_code, first.stderr)
    assert (0, "of 1: 1 unchanged\n") == (second.exit_code, second.stderr)
    assert 2 == choosing.transactions
    assert OURS == choosing.versions()
    assert {f"server-{kind.lower()}" for kind in OURS} == {each["id"] for each in choosing.kept.values()}


def test_references_lead_to_the_servers_addresses(choosing: Ehr, bundle: Path) -> None:
    """The Provenance names the finding, the plan and the Device where they stand."""
    run(bundle)

    provenance = choosing.only("Provenance")
    assert ["Observation/server-observation", "CarePlan/server-careplan"] == [each["reference"] for each in provenance["target"]]
    assert "Device/server-device" == provenance["agent"][0]["who"]["reference"]


def test_a_server_that_says_nothing_is_known_by_the_device(choosing: Ehr, bundle: Path) -> None:
    """The refused Device shows the way once; later the Device that stands shows it, to a rehearsal too."""
    choosing.statement = statement(conditionalUpdate=True)

    created, sent = run(bundle), choosing.transactions
    rehearsed, again = run(bundle, "--dry-run"), run(bundle)

    assert ("of 1: 1 created\n", 3) == (created.stderr, sent)
    assert ("would be, of 1: 1 unchanged\n", "of 1: 1 unchanged\n") == (rehearsed.stderr, again.stderr)
    assert sent == choosing.transactions


def test_a_rehearsal_sends_nothing_and_waits_for_nothing(choosing: Ehr, bundle: Path) -> None:
    """Where not even the Device stands, all of it would be created."""
    done = run(bundle, "--dry-run")

    assert "would be, of 1: 1 created\n" == done.stderr
    assert 0 == choosing.transactions


def test_a_device_that_was_deleted_is_no_reason_to_go_another_way(ehr: Ehr, bundle: Path) -> None:
    """That somebody deleted it says nothing of ids, so nothing is written beside what stands under ours."""
    ehr.statement = statement(conditionalUpdate=True)
    run(bundle)
    ehr.delete(ehr.only("Device"))
    edit(bundle, effectiveDateTime="2031-01-01")

    done = run(bundle)

    assert 7 == done.exit_code
    assert "was deleted on the server" in done.stderr
    assert {"Observation": 1, "CarePlan": 1, "Provenance": 1} == ehr.versions()


@pytest.mark.parametrize("stated", [{}, {"updateCreate": False}])
def test_a_server_that_offers_neither_way_is_told(choosing: Ehr, bundle: Path, stated: dict[str, bool]) -> None:
    """Without ids of ours and without updates by identifier nothing is sent but the Device that shows it."""
    choosing.statement = statement(**stated)

    done = run(bundle)

    assert 6 == done.exit_code
    assert "Wanted a server that takes ids chosen by the client or updates by identifier" in done.stderr
    assert {} == choosing.kept


def test_a_server_that_takes_our_ids_gets_them(ehr: Ehr, bundle: Path) -> None:
    """Where both ways are offered our ids are used, and no Device is searched for."""
    ehr.statement = statement(updateCreate=True, conditionalUpdate=True)

    run(bundle)

    assert [] == [url for url in ehr.asked if "Device?" in url]
    assert all("server" not in address for address in ehr.kept)


def test_a_changed_finding_is_updated_where_it_stands(choosing: Ehr, bundle: Path) -> None:
    """What differs is written over the version that was read, at the server's address."""
    run(bundle)
    edit(bundle, effectiveDateTime="2031-01-01")

    assert "of 1: 1 updated\n" == run(bundle).stderr
    assert OURS | {"Observation": 2} == choosing.versions()


def test_what_a_person_took_on_is_left_alone(choosing: Ehr, bundle: Path) -> None:
    """Another status is another's will, whoever chose the id."""
    run(bundle)
    choosing.only("CarePlan")["status"] = "active"

    assert 7 == run(bundle).exit_code


def test_two_under_one_identifier_are_for_a_person(choosing: Ehr, bundle: Path) -> None:
    """Which of two is ours, nobody but a person can say; neither is written over."""
    run(bundle)
    choosing.kept["CarePlan/other"] = choosing.only("CarePlan") | {"id": "other"}
    edit(bundle, effectiveDateTime="2031-01-01")
    sent = choosing.transactions

    done = run(bundle)

    assert 7 == done.exit_code
    assert "found 2 under its identifier, wanted one" in done.stderr
    assert sent == choosing.transactions


def test_what_was_deleted_is_known_by_the_journal(choosing: Ehr, bundle: Path, tmp_path: Path) -> None:
    """The journal knows where it stood; what somebody deleted there is not written again."""
    journal = ("--journal", str(tmp_path / "journal.db"))
    run(bundle, *journal)
    choosing.delete(choosing.only("CarePlan"))
    edit(bundle, effectiveDateTime="2031-01-01")

    done = run(bundle, *journal)

    assert 7 == done.exit_code
    assert "was deleted on the server" in done.stderr


def test_an_answer_that_was_lost_is_no_second_writing(choosing: Ehr, bundle: Path) -> None:
    """What the first sending brought is found under its identifier, the Provenance under its tag."""
    choosing.lost = [412]

    done = run(bundle)

    assert (0, "of 1: 1 created\n") == (done.exit_code, done.stderr)
    assert OURS == choosing.versions()


def test_a_server_that_does_not_search_is_refused(choosing: Ehr, bundle: Path) -> None:
    """Without a search nothing can be told from what stands, so nothing is sent."""
    choosing.searches = False

    done = run(bundle)

    assert 6 == done.exit_code
    assert "searching by identifier: the server answered 400" in done.stderr
    assert {} == choosing.kept


def test_what_holds_no_longer_is_taken_back_where_it_stands(choosing: Ehr, bundle: Path, other: Path, tmp_path: Path) -> None:
    """The journal knows the server's addresses; the Provenance of it is found again by its tag."""
    journal = ("--journal", str(tmp_path / "journal.db"), "--retract")
    run(bundle, *journal)

    first = run(other, *journal)
    again = run(bundle, *journal)
    back = run(other, *journal)

    assert "of 2: 1 created, 1 retracted\n" == first.stderr
    assert "of 2: 1 updated, 1 retracted\n" == again.stderr == back.stderr
    assert "entered-in-error" == choosing.kept["Observation/server-observation"]["status"]
    assert 4 == len([each for each in choosing.kept.values() if each["resourceType"] == "Provenance"])
