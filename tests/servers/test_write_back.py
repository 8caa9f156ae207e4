"""Real servers have each finding once, whatever goes wrong on the way."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from fhir_trd.cli.main import cli
from fhir_trd.fhir.exchange.findings import findings_in
from fhir_trd.sinks.delivery import Fate, deliver
from fhir_trd.sinks.journal import Journal
from fhir_trd.transport.server import Server
from tests.factory.mortal import Killed, Mortal
from tests.servers.emitted import CASES, Emitted
from tests.servers.fhir_server import FhirServer

CASE = CASES[0]
OTHER = next(case for case in CASES if case.name == "bipolar--excluded")


@pytest.fixture(params=["hapi", "hapi_postgres"])
def kept(request: pytest.FixtureRequest) -> FhirServer:
    """HAPI FHIR on each of its databases, emptied, with the record of the first sample."""
    server: FhirServer = request.getfixturevalue(request.param)
    server.expunge()
    server.transaction(CASE.sources)
    return server


def test_a_second_run_writes_nothing(kept: FhirServer, tmp_path: Path) -> None:
    """The first run creates the finding, the second one leaves every version as it was, and a rehearsal says so."""
    first = _run(kept, tmp_path)
    before = _versions(kept)
    second, rehearsed = _run(kept, tmp_path), _run(kept, tmp_path, "--dry-run")

    assert (0, 0, 0) == (first.exit_code, second.exit_code, rehearsed.exit_code), first.output + second.output
    assert "1 created" in first.stderr
    assert "1 unchanged" in second.stderr
    assert "1 unchanged" in rehearsed.stderr
    assert before == _versions(kept)


def test_a_changed_finding_is_updated(kept: FhirServer, tmp_path: Path) -> None:
    """A finding that reads otherwise than what stands is named by a rehearsal, and gets a second version; the plan does not."""
    _run(kept, tmp_path)
    changed = msgspec.json.decode(msgspec.json.encode(CASE.bundle))
    observation = _only(changed, "Observation")
    observation["effectiveDateTime"] = "2031-01-01"

    rehearsed = _run(kept, tmp_path, "--dry-run", bundle=changed)
    written = _run(kept, tmp_path, bundle=changed)

    assert "→ 2031-01-01" in rehearsed.stdout
    assert "1 updated" in written.stderr
    assert 2 == len(kept.versions(f"Observation/{observation['id']}"))
    assert 1 == len(kept.versions(f"CarePlan/{_only(changed, 'CarePlan')['id']}"))


def test_what_holds_no_longer_is_taken_back_once(kept: FhirServer, tmp_path: Path) -> None:
    """Observation and CarePlan get one more version, entered in error, and a Provenance; then nothing more is written."""
    kept.transaction(OTHER.sources)
    journal = ("--journal", str(tmp_path / "journal.db"), "--retract")
    _run(kept, tmp_path, *journal)
    before = _standing(kept)

    back, again = (_run(kept, tmp_path, *journal, bundle=OTHER.bundle) for _ in range(2))

    assert "of 2: 1 created, 1 retracted\n" == back.stderr
    assert "of 1: 1 already written\n" == again.stderr
    for old, new in zip(before, _standing(kept), strict=True):
        assert "2" == new["meta"].pop("versionId")
        assert old | {"status": "entered-in-error", "meta": new["meta"]} == new
    found = kept.search(f"Provenance?target=Observation/{before[0]['id']}")
    assert ["CREATE", "NULLIFY"] == sorted(each["activity"]["coding"][0]["code"] for each in found)


def test_what_holds_again_is_written_anew(kept: FhirServer, tmp_path: Path) -> None:
    """Our own mark is taken off, on a third version; the journal tells that it was no person's."""
    kept.transaction(OTHER.sources)
    journal = ("--journal", str(tmp_path / "journal.db"), "--retract")
    for bundle in (CASE.bundle, OTHER.bundle):
        _run(kept, tmp_path, *journal, bundle=bundle)

    again = _run(kept, tmp_path, *journal)

    assert "of 2: 1 updated, 1 retracted\n" == again.stderr
    assert ["preliminary", "draft"] == [each["status"] for each in _standing(kept)]


def test_what_was_deleted_is_not_written_again(kept: FhirServer, tmp_path: Path) -> None:
    """What a person deleted stays deleted, without a journal too, and the run ends with the code for conflicts."""
    _run(kept, tmp_path)
    place = f"CarePlan/{_only(CASE.bundle, 'CarePlan')['id']}"
    assert kept.ask("DELETE", f"Provenance/{_only(CASE.bundle, 'Provenance')['id']}").ok
    assert kept.ask("DELETE", place).ok

    done = _run(kept, tmp_path)

    assert 7 == done.exit_code
    assert f"{place} was deleted on the server" in done.stderr
    assert 410 == kept.ask("GET", place).status_code


def test_what_a_person_took_on_is_not_undone(hapi: FhirServer, tmp_path: Path) -> None:
    """A finding that somebody made final stays final, and the run ends with the code for conflicts."""
    hapi.expunge()
    hapi.transaction(CASE.sources)
    _run(hapi, tmp_path)
    observation = hapi.get(f"Observation/{_only(CASE.bundle, 'Observation')['id']}")
    hapi.put(observation | {"status": "final"})

    again = _run(hapi, tmp_path)

    assert 7 == again.exit_code
    assert "another status" in again.stderr
    assert "final" == hapi.get(f"Observation/{observation['id']}")["status"]


def test_a_refusal_names_the_reason_and_no_patient(hapi: FhirServer, tmp_path: Path) -> None:
    """A server without the record refuses the finding; the run says why, and ends with the code for what was left out."""
    hapi.expunge()

    refused = _run(hapi, tmp_path)

    assert 3 == refused.exit_code
    assert "1 refused" in refused.stderr
    assert "error" in refused.stderr
    assert _only(CASE.bundle, "Observation")["subject"]["reference"] not in refused.output


def test_a_run_that_is_killed_anywhere_ends_with_each_once(hapi: FhirServer, tmp_path: Path) -> None:
    """After an end at the n-th answer and a new run, each resource stands in its first version; then nothing more is sent."""
    hapi.expunge()
    for last, case in enumerate(CASES, start=1):  # Each time another patient, who is new to the server.
        hapi.transaction(case.sources)
        with Journal(tmp_path / f"{last}.db") as journal:
            survived = _fates(hapi, case, journal, last)
            assert survived or {Fate.CREATED, Fate.UNCHANGED} & set(_fates(hapi, case, journal))
            assert {Fate.KNOWN} == set(_fates(hapi, case, journal, 1))
        assert {1} == set(_versions(hapi, case).values())
        if survived:
            return
    pytest.fail("the run never ended")


def test_many_patients_at_once_are_written_once_each(hapi: FhirServer) -> None:
    """Five writers side by side write every sample and vignette; another run finds each as it would write it."""
    hapi.expunge()
    there, found = Server(hapi.base), []
    for case in CASES:
        hapi.transaction(case.sources)
        found += findings_in(msgspec.json.encode(case.bundle), case.name)
    once = list({finding.key: finding for finding in found}.values())

    with Journal() as first, Journal() as second:
        written = Counter(one.fate for one in deliver(once, there, first, workers=5))
        again = Counter(one.fate for one in deliver(once, there, second, workers=5))

    assert {Fate.CREATED: len(once)} == written
    assert {Fate.UNCHANGED: len(once)} == again


def test_another_kind_of_server_has_it_once(medplum: FhirServer, tmp_path: Path) -> None:
    """The Medplum router takes the finding once, or says before anything is sent what it cannot do."""
    first = _run(medplum, tmp_path)
    second = _run(medplum, tmp_path)

    assert (0, 0) == (first.exit_code, second.exit_code), first.output + second.output
    assert "1 unchanged" in second.stderr


def _run(server: FhirServer, folder: Path, *options: str, bundle: Any = None) -> Result:
    file = folder / "bundle.json"
    file.write_bytes(msgspec.json.encode(bundle or CASE.bundle))
    return CliRunner().invoke(cli, ["write-back", str(file), "--server", server.base, *options])


def _fates(server: FhirServer, case: Emitted, journal: Journal, last: int = 0) -> list[Fate]:
    """What became of the findings; nothing, if the run was killed."""
    there = Mortal(server.base)
    there.left = last
    found = findings_in(msgspec.json.encode(case.bundle), "here")
    try:
        return [one.fate for one in deliver(found, there, journal, workers=1)]
    except Killed:
        return []


def _versions(server: FhirServer, case: Emitted = CASE) -> dict[str, int]:
    places = [f"{resource['resourceType']}/{resource['id']}" for resource in case.resources]
    return {place: len(server.versions(place)) for place in places}


def _standing(server: FhirServer) -> list[Any]:
    return [server.get(f"{kind}/{_only(CASE.bundle, kind)['id']}") for kind in ("Observation", "CarePlan")]


def _only(bundle: Any, kind: str) -> Any:
    (found,) = (entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind)
    return found
