"""Findings reach a server once each, or it is said why not."""

import re
from pathlib import Path

import pytest

from fhir_trd.api import assess, read, write
from fhir_trd.fhir.exchange.findings import findings_in
from fhir_trd.sinks.delivery import Fate, deliver
from fhir_trd.sinks.journal import Journal
from tests.unit.sinks.ehr import Ehr, edit, run
from tests.unit.transport.playing import Clock, server

SAMPLES = Path(__file__).parents[3] / "sample_bundles"
PAGE = 4096
"""What SQLite reads first of a file: after it, the file is still a journal by its looks."""


def test_a_second_run_sends_nothing(ehr: Ehr, bundle: Path) -> None:
    """What stands as we would write it is left alone."""
    first, sent = run(bundle), ehr.transactions
    second = run(bundle)

    assert (0, "of 1: 1 created\n") == (first.exit_code, first.stderr)
    assert (0, "of 1: 1 unchanged\n") == (second.exit_code, second.stderr)
    assert sent == ehr.transactions == 2
    assert ["1"] * 4 == [each["meta"]["versionId"] for each in ehr.kept.values()]


def test_a_journal_saves_even_the_reading(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """What the journal knows is not asked for again; another finding about the same patient is."""
    journal = ("--journal", str(tmp_path / "journal.db"))
    run(bundle, *journal)
    ehr.kept.clear()
    again = run(bundle, *journal)
    edit(bundle, effectiveDateTime="2031-01-01")

    assert "of 1: 1 already written\n" == again.stderr
    assert "of 1: 1 created\n" == run(bundle, *journal).stderr


class Forgetful(Journal):
    """The journal of a run that is killed before it can note anything."""

    def note(self, *told: object) -> None:
        """The end."""
        raise KeyboardInterrupt


def test_what_a_killed_run_may_have_changed_is_not_known(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """Where a run changed a finding and was killed before it noted that, the one before it is looked at, and written again."""
    before, journal = bundle.read_bytes(), tmp_path / "journal.db"
    run(bundle, "--journal", str(journal))
    edit(bundle, effectiveDateTime="2031-01-01")
    with Forgetful(journal) as book, pytest.raises(KeyboardInterrupt):
        list(deliver(findings_in(bundle.read_bytes(), "here"), server(), book, workers=1))
    bundle.write_bytes(before)

    assert "of 1: 1 updated\n" == run(bundle, "--journal", str(journal)).stderr
    assert "2031-01-01" != ehr.only("Observation")["effectiveDateTime"]


def test_a_rehearsal_names_the_elements_and_sends_nothing(ehr: Ehr, bundle: Path) -> None:
    """A dry run shows what would be created, later what would change, and writes neither."""
    creating = run(bundle, "--dry-run")
    assert {} == ehr.kept
    run(bundle)
    edit(bundle, effectiveDateTime="2031-01-01")
    changing = run(bundle, "--dry-run")

    assert ["Device", "Observation", "CarePlan", "Provenance"] == re.findall(r"\+ (\w+)/", creating.stdout)
    assert "would be, of 1: 1 created\n" == creating.stderr
    assert "~ Observation/" in changing.stdout
    assert re.search(r"\n      Observation\.effectiveDateTime: 2\S+ → 2031-01-01\n", changing.stdout)
    assert 2 == ehr.transactions


def test_a_changed_finding_is_written_over_the_version_that_was_read(ehr: Ehr, bundle: Path) -> None:
    """Only what differs is sent, with the version it replaces."""
    run(bundle)
    edit(bundle, effectiveDateTime="2031-01-01")

    assert "of 1: 1 updated\n" == run(bundle).stderr
    assert {"Observation"} == {each["resourceType"] for each in ehr.kept.values() if each["meta"]["versionId"] == "2"}


@pytest.mark.parametrize("status", [409, 412])
def test_a_race_is_decided_anew(ehr: Ehr, bundle: Path, status: int) -> None:
    """Somebody who writes at the same moment makes us read again, and then write."""
    ehr.refusals = [status, status]

    assert (0, "of 1: 1 created\n") == ((done := run(bundle)).exit_code, done.stderr)


def test_a_race_without_end_is_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """After three lost races the finding is a conflict."""
    ehr.refusals = [409] * 3

    done = run(bundle)

    assert 7 == done.exit_code
    assert "conflict: somebody else wrote to it 3 times" in done.stderr


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_is_listed_without_a_name(ehr: Ehr, bundle: Path, status: int) -> None:
    """The server's reasons are shown, what may be about a person is not."""
    ehr.refusals = [status]

    done = run(bundle)

    assert 3 == done.exit_code
    assert f"refused: the server answered {status} (error processing: Resource" in done.stderr
    assert "Smith" not in done.output


def test_what_is_not_found_afterwards_is_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """A server that took a finding, but does not have it under its identifier, gets no clean bill."""
    ehr.hidden, clock = 1000, Clock()

    (done,) = deliver(findings_in(bundle.read_bytes(), "here"), server(clock), Journal(), workers=1)

    assert Fate.CONFLICT == done.fate
    assert "found 0 under its identifier, wanted this one alone" in done.why
    assert 10 < sum(clock.waits) < 60


@pytest.mark.parametrize("hidden", [2, 7])
def test_an_index_that_lags_is_waited_for(ehr: Ehr, bundle: Path, hidden: int) -> None:
    """What a search does not show at first is looked for again, a few times."""
    ehr.hidden, clock = hidden, Clock()

    (done,) = deliver(findings_in(bundle.read_bytes(), "here"), server(clock), Journal(), workers=1)

    assert Fate.CREATED == done.fate
    assert clock.waits


def test_two_under_one_identifier_are_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """Somebody else's resource under our identifier is never taken for ours, and never waited for."""
    run(bundle)
    ehr.kept["CarePlan/other"] = ehr.only("CarePlan") | {"id": "other"}

    done = run(bundle)

    assert 7 == done.exit_code
    assert "found 2 under its identifier" in done.stderr


@pytest.mark.parametrize("cannot", ["batches", "counts"])
def test_a_server_that_cannot_look_together_is_asked_one_by_one(ehr: Ehr, bundle: Path, cannot: str) -> None:
    """Without batches each resource is read, and without counts each is searched; the finding is written all the same."""
    setattr(ehr, cannot, False)

    assert "of 1: 1 created\n" == run(bundle).stderr
    assert "of 1: 1 unchanged\n" == run(bundle).stderr


def test_a_server_that_cannot_search_cannot_be_trusted(ehr: Ehr, bundle: Path) -> None:
    """What cannot be looked for afterwards is for a person to see."""
    ehr.searches = False

    done = run(bundle)

    assert 7 == done.exit_code
    assert "looking for it afterwards: the server answered 400" in done.stderr


def test_few_requests_serve_many_findings(ehr: Ehr, tmp_path: Path) -> None:
    """Beside one transaction for each patient there is one look and four counts for all."""
    for sample in sorted(SAMPLES.glob("*.json"))[:9]:
        found = [record for record in read(sample.read_bytes()) if record.latest]
        (tmp_path / sample.name).write_bytes(write(assess(record) for record in found))

    done = run(tmp_path)

    assert 0 == done.exit_code
    assert (10, 1) == (ehr.transactions, ehr.asked.count("batch"))
    assert 4 == len([url for url in ehr.asked if "_summary=count" in url])


def test_what_somebody_took_on_is_left_alone(ehr: Ehr, bundle: Path) -> None:
    """A plan that a person made active is neither written over nor drafted again."""
    run(bundle)
    ehr.only("CarePlan")["status"] = "active"

    assert 7 == run(bundle).exit_code
    assert "active" == ehr.only("CarePlan")["status"]
    assert 2 == ehr.transactions


def test_a_file_that_convert_did_not_write_is_refused(ehr: Ehr, bundle: Path) -> None:
    """Something else than a Bundle of ours, and the same finding twice, stop the run before anything is sent."""
    twice = run(bundle, str(bundle))
    bundle.write_text('{"resourceType": "Patient"}')
    other = run(bundle)

    assert (2, 2) == (twice.exit_code, other.exit_code)
    assert "wanted each once" in twice.stderr
    assert "found something else" in other.stderr
    assert 0 == ehr.transactions


def test_a_journal_that_is_none_is_refused(ehr: Ehr, bundle: Path) -> None:
    """Another file named as the journal is left as it is, and the run stops."""
    before = bundle.read_bytes()
    done = run(bundle, "--journal", str(bundle))

    assert 2 == done.exit_code
    assert "found no journal" in done.stderr
    assert before == bundle.read_bytes()
    assert 0 == ehr.transactions


def test_an_outage_ends_the_run_and_says_how_far_it_came(ehr: Ehr, bundle: Path) -> None:
    """A server that is down is told apart from one that refuses, and what was not reached is counted."""
    ehr.refusals, ehr.wait = [503], "86400"

    done = run(bundle)

    assert 6 == done.exit_code
    assert "of 1: 1 not reached" in done.stderr
    assert "Smith" not in done.output


def test_an_answer_lost_after_the_server_wrote_is_no_second_writing(ehr: Ehr, bundle: Path) -> None:
    """The same transaction sent again meets what the first one wrote; the finding is read again and found to stand."""
    run(bundle)
    edit(bundle, effectiveDateTime="2031-01-01")
    ehr.lost = [412]

    done = run(bundle)

    assert (0, "of 1: 1 updated\n") == (done.exit_code, done.stderr)
    assert {"1", "2"} == {each["meta"]["versionId"] for each in ehr.kept.values()}


def test_something_a_server_deleted_is_for_a_person(ehr: Ehr, bundle: Path) -> None:
    """What somebody deleted is not silently written again."""
    run(bundle)
    ehr.delete(ehr.only("CarePlan"))

    done = run(bundle)

    assert 7 == done.exit_code
    assert re.search(r"CarePlan/\S+ was deleted on the server", done.stderr)
    assert ["CarePlan"] == [place.partition("/")[0] for place in ehr.deleted - set(ehr.kept)]


def test_a_server_without_transactions_is_refused_at_the_door(ehr: Ehr, bundle: Path) -> None:
    """Half a finding must not be written, so nothing is sent to a server that cannot take it whole."""
    ehr.statement = {"resourceType": "CapabilityStatement"}

    done = run(bundle)

    assert 2 == done.exit_code
    assert "does not offer transactions" in done.stderr
    assert 0 == ehr.transactions


def test_what_is_no_fhir_server_is_said_to_be_none(ehr: Ehr, bundle: Path) -> None:
    """An address where no CapabilityStatement is found is a fault of the server, told with the request."""
    ehr.statement = {"resourceType": "Patient"}

    done = run(bundle)

    assert 6 == done.exit_code
    assert "GET metadata" in done.stderr


def test_one_refusal_does_not_stop_the_others(ehr: Ehr, bundle: Path) -> None:
    """In a folder of Bundles, the one that is refused is told of and the others are written."""
    second = SAMPLES / "bipolar--excluded.json"
    bundle.with_name("second.json").write_bytes(write(assess(record) for record in read(second.read_bytes())))
    ehr.refusals = [422]

    done = run(bundle.parent)

    assert 3 == done.exit_code
    assert "of 2: 1 created, 1 refused" in done.stderr


def test_a_damaged_journal_is_refused(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """A journal of which only the beginning is left stops the run with a message, before anything is sent."""
    journal = tmp_path / "journal.db"
    run(bundle, "--journal", str(journal))
    journal.write_bytes(journal.read_bytes()[:PAGE].ljust(journal.stat().st_size, b"U"))

    done = run(bundle, "--journal", str(journal))

    assert (2, 2) == (done.exit_code, ehr.transactions)
    assert "found no journal" in done.stderr
