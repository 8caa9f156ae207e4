"""Findings that no longer hold are taken back once, and nothing that is a person's is touched."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from fhir_trd.fhir.write.gate import checked
from fhir_trd.sinks.journal import Journal
from fhir_trd.sinks.retraction import left_behind, retract
from tests.unit.sinks.ehr import Ehr, Json, run
from tests.unit.transport.playing import server


@pytest.fixture
def journal(tmp_path: Path) -> tuple[str, str]:
    """A journal on disk."""
    return "--journal", str(tmp_path / "journal.db")


@pytest.fixture
def written(ehr: Ehr, bundle: Path, journal: tuple[str, str]) -> Ehr:
    """The server with one finding on it, which the journal knows."""
    assert 0 == run(bundle, *journal).exit_code
    return ehr


def take_back(bundle: Path, journal: tuple[str, str], *options: str) -> Result:
    """A run whose Bundles are all that holds."""
    return run(bundle, *journal, "--retract", *options)


def statuses(ehr: Ehr) -> list[str]:
    """The status of each Observation and CarePlan, the first patient's first."""
    return [each["status"] for each in ehr.kept.values() if each["resourceType"] in ("Observation", "CarePlan")]


def retractions(ehr: Ehr) -> list[Json]:
    """The Provenances of retractions."""
    found = (each for each in ehr.kept.values() if each["resourceType"] == "Provenance")
    return [each for each in found if each["activity"]["coding"][0]["code"] == "NULLIFY"]


def test_what_holds_no_longer_is_marked_and_vouched_for(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """Observation and CarePlan are entered in error, the rest of them stays, and a Provenance names both and our Device."""
    before = written.only("Observation")

    done = take_back(other, journal)

    assert (0, "of 2: 1 created, 1 retracted\n") == (done.exit_code, done.stderr)
    assert ["entered-in-error", "entered-in-error", "preliminary", "draft"] == statuses(written)
    after = written.kept[f"Observation/{before['id']}"]
    assert before | {"status": "entered-in-error", "meta": after["meta"]} == after
    (provenance,) = retractions(written)
    assert [f"Observation/{before['id']}", "CarePlan"] == [
        provenance["target"][1]["reference"], provenance["target"][0]["reference"].partition("/")[0]
    ]  # fmt: skip
    assert provenance["agent"][0]["who"]["reference"] in written.kept


def test_what_is_written_of_a_retraction_is_valid(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """The resources of a retraction pass the strict gate."""
    take_back(other, journal)

    for resource in written.kept.values():
        assert checked({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})


def test_it_is_taken_back_once(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """A second run has nothing to take back."""
    take_back(other, journal)
    sent = written.transactions

    assert "of 1: 1 already written\n" == take_back(other, journal).stderr
    assert sent == written.transactions


class Forgetful(Journal):
    """The journal of a run that is killed before it can note a retraction."""

    def note_withdrawn(self, *told: object, **more: object) -> None:
        """The end."""
        raise KeyboardInterrupt


def test_what_a_killed_run_may_have_taken_back_is_not_known(written: Ehr, bundle: Path, journal: tuple[str, str]) -> None:
    """Where a run took a finding back and was killed before it noted that, the same finding is not said to stand."""
    with Forgetful(Path(journal[1])) as book, pytest.raises(KeyboardInterrupt):
        list(retract(left_behind([], server(), book), server(), book, workers=1))

    done = run(bundle, *journal)

    assert 7 == done.exit_code
    assert "was given another status on the server; decide which shall stand" in done.stderr


def test_without_being_told_nothing_is_taken_back(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """What is left behind is counted, with the remedy."""
    done = run(other, *journal)

    assert 0 == done.exit_code
    assert "1 findings of this journal are not among these" in done.stderr
    assert [] == retractions(written)


def test_a_rehearsal_shows_what_would_be_taken_back(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """The status is shown as it is and as it would be, and nothing is sent."""
    sent = written.transactions

    done = take_back(other, journal, "--dry-run")

    assert "      Observation.status: preliminary → entered-in-error\n" in done.stdout
    assert "      CarePlan.status: draft → entered-in-error\n" in done.stdout
    assert "would be, of 2: 1 created, 1 retracted\n" == done.stderr
    assert sent == written.transactions


def test_what_a_person_took_on_is_not_taken_back(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """A plan that somebody made active stays, its Observation too, and a person must decide."""
    written.only("CarePlan")["status"] = "active"

    done = take_back(other, journal)

    assert 7 == done.exit_code
    assert "no longer holds, but was given another status" in done.stderr
    assert {"preliminary", "active", "draft"} == set(statuses(written))


def test_what_is_gone_already_is_told(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """What somebody deleted or marked needs nothing more; the next run does not ask again."""
    written.delete(written.only("CarePlan"))
    written.only("Observation")["status"] = "entered-in-error"

    done = take_back(other, journal)

    assert 0 == done.exit_code
    assert "of 2: 1 created, 1 gone already\n" in done.stderr
    assert "of 1: 1 already written\n" == take_back(other, journal).stderr


def test_half_of_it_gone_the_other_half_is_taken_back(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """Where the plan was deleted, the Observation alone is marked."""
    written.delete(written.only("CarePlan"))

    assert "of 2: 1 created, 1 retracted\n" == take_back(other, journal).stderr
    (provenance,) = retractions(written)
    assert 1 == len(provenance["target"])


def test_what_holds_again_is_written_anew(written: Ehr, bundle: Path, other: Path, journal: tuple[str, str]) -> None:
    """Our own mark is taken off again, and a later retraction goes over the Provenance of the first."""
    take_back(other, journal)

    again = take_back(bundle, journal)
    back = take_back(other, journal)

    assert "of 2: 1 updated, 1 retracted\n" == again.stderr
    assert "of 2: 1 updated, 1 retracted\n" == back.stderr
    assert ["entered-in-error", "entered-in-error", "preliminary", "draft"] == statuses(written)
    assert {2, 3} >= {int(each["meta"]["versionId"]) for each in retractions(written)} - {1}


def test_an_error_mark_is_a_persons_without_the_journal(
    written: Ehr, bundle: Path, other: Path, journal: tuple[str, str]
) -> None:
    """Nobody but the journal tells whose mark it is, so it is not taken off."""
    take_back(other, journal)

    done = run(bundle)

    assert 7 == done.exit_code
    assert "was given another status" in done.stderr


def test_a_run_cut_off_before_it_noted_is_gone_on_with(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """What stands as taken back by us is known by its Provenance, and nothing is written again."""
    before = Path(journal[1]).read_bytes()
    take_back(other, journal)
    for file in Path(journal[1]).parent.glob("journal.db*"):
        file.unlink()
    Path(journal[1]).write_bytes(before)
    sent = written.transactions

    assert "of 2: 1 unchanged, 1 retracted\n" == take_back(other, journal).stderr
    assert sent == written.transactions


@pytest.mark.parametrize(("refusal", "code", "told"), [(422, 3, "1 refused"), (409, 0, "1 retracted")])
def test_a_race_is_decided_anew_and_a_refusal_told(
    written: Ehr, other: Path, journal: tuple[str, str], refusal: int, code: int, told: str
) -> None:
    """A retraction meets the same weather as a finding."""
    run(other, *journal)
    written.refusals = [refusal]

    done = take_back(other, journal)

    assert code == done.exit_code
    assert f"of 2: 1 already written, {told}\n" in done.stderr or f"of 2: {told}, 1 already written" in done.stderr


def test_a_server_that_forgets_a_retraction_is_told(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """A retraction that does not stand afterwards is for a person."""
    run(other, *journal)
    written.deaf = True

    done = take_back(other, journal)

    assert 7 == done.exit_code
    assert "does not stand so on the server" in done.stderr


def test_taking_back_needs_the_journal(ehr: Ehr, bundle: Path) -> None:
    """Without a journal nobody knows what was written before."""
    done = run(bundle, "--retract")

    assert 2 == done.exit_code
    assert "found --retract without --journal" in done.stderr
    assert [] == ehr.asked


def test_another_journal_takes_nothing_back(written: Ehr, other: Path, tmp_path: Path) -> None:
    """Only what the same journal wrote to the same server is taken back."""
    done = take_back(other, ("--journal", str(tmp_path / "second.db")))

    assert "of 1: 1 created\n" == done.stderr
    assert [] == retractions(written)


def test_a_retraction_names_nobody(written: Ehr, other: Path, journal: tuple[str, str]) -> None:
    """What is said of it names the finding, never the patient."""
    subject = json.loads(msgspec.json.encode(written.only("Observation")))["subject"]["reference"]

    assert subject not in take_back(other, journal).output
