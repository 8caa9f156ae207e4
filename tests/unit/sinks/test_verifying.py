"""What a journal knows is looked at too when the user says so: a server may have lost it since."""

from pathlib import Path

from tests.unit.sinks.ehr import Ehr, run


def test_what_a_server_has_lost_is_written_anew_when_looked_for(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """A journal is believed, so that nothing is asked; with --verify what was lost is found, and is written."""
    journal = ("--journal", str(tmp_path / "journal.db"))
    run(bundle, *journal)
    ehr.kept.clear()

    assert "of 1: 1 already written\n" == run(bundle, *journal).stderr
    assert "of 1: 1 created\n" == run(bundle, *journal, "--verify").stderr
    assert "of 1: 1 unchanged\n" == run(bundle, *journal, "--verify").stderr
    assert {"Observation": 1, "CarePlan": 1, "Provenance": 1, "Device": 1} == ehr.versions()


def test_what_a_person_did_is_found_when_looked_for(ehr: Ehr, bundle: Path, tmp_path: Path) -> None:
    """With --verify a finding that somebody deleted is a conflict, though the journal knows it as written."""
    journal = ("--journal", str(tmp_path / "journal.db"))
    run(bundle, *journal)
    ehr.delete(ehr.only("Observation"))

    done = run(bundle, *journal, "--verify")

    assert 7 == done.exit_code
    assert "was deleted on the server" in done.stderr


def test_an_answer_about_something_else_is_no_decision_of_a_person(ehr: Ehr, bundle: Path) -> None:
    """A read that is answered with another resource is a fault of the server (6), not a conflict for a person (7)."""
    run(bundle)
    device = ehr.only("Device")
    ehr.kept[f"Device/{device['id']}"] = {"resourceType": "Bundle", "type": "searchset"}

    done = run(bundle)

    assert 6 == done.exit_code
    assert "found the answer to be another resource" in done.stderr
