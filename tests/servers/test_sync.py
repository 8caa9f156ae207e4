"""The whole way on a real server: fetched, judged, and written back where something changed, however often cron starts it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_trd.cli.lock import alone_in
from tests.servers.emitted import CASES, Emitted
from tests.servers.faults.command import Ended, Grip, end_of, run, started
from tests.servers.faults.kinds import after, answered, hurried, silent
from tests.servers.fhir_server import FhirServer, Resource
from tests.servers.proxy import Proxy, Rule, proxy_before

GROUP = "sync-of-the-tests"
MEMBERS = CASES[:3]
MOST = 120
"""More requests than a run needs; where a run is not through by then, it never will be."""


@pytest.fixture
def ehr(hapi: FhirServer) -> FhirServer:
    """The server with a group of three samples on it, and nothing else."""
    hapi.expunge()
    for case in MEMBERS:
        hapi.transaction(case.sources)
    hapi.put(group_of(MEMBERS))
    return hapi


@pytest.fixture
def proxy(ehr: FhirServer) -> Iterator[Proxy]:
    """The proxy before the server."""
    with proxy_before(ehr.base) as standing:
        yield standing


def group_of(cases: tuple[Emitted, ...]) -> Resource:
    """The group that these are in."""
    members = [{"entity": {"reference": f"Patient/{patient_of(case)}"}} for case in cases]
    return {"resourceType": "Group", "id": GROUP, "type": "person", "actual": True, "member": members}


def patient_of(case: Emitted) -> str:
    """The id of the patient of a sample."""
    (found,) = (each["resource"]["id"] for each in case.sources["entry"] if each["resource"]["resourceType"] == "Patient")
    return str(found)


def sync(server: str, folder: Path, *options: object) -> tuple[object, ...]:
    """The words of the command."""
    return ("sync", "--server", server, "--group", GROUP, "--folder", folder, "--by", "search", *options)


def ours(server: FhirServer) -> dict[tuple[str, str], Resource]:
    """What we wrote, by type and patient; each must be there once."""
    found = [each for kind in ("Observation", "CarePlan") for each in server.search(f"{kind}?_security=AIAST")]
    named = {(each["resourceType"], each["subject"]["reference"].removeprefix("Patient/")): each for each in found}
    assert len(found) == len(named)
    return named


def versions(server: FhirServer) -> dict[tuple[str, str], str]:
    """The versions of what we wrote."""
    return {name: each["meta"]["versionId"] for name, each in ours(server).items()}


def all_of(version: str, cases: tuple[Emitted, ...] = MEMBERS) -> dict[tuple[str, str], str]:
    """Each finding and plan once, in this version."""
    return {(kind, patient_of(case)): version for kind in ("Observation", "CarePlan") for case in cases}


def written(ended: Ended) -> str:
    """What a run says of what it wrote."""
    return next((line for line in ended.stderr.splitlines() if line.startswith(("of ", "would be, of "))), ended.stderr)


def change_a_drug(server: FhirServer, case: Emitted) -> None:
    """Let the last drug of a patient be taken for a shorter time than the record said so far."""
    drugs = server.search(f"MedicationStatement?patient={patient_of(case)}")
    last = max(drugs, key=lambda drug: drug["effectivePeriod"]["start"])
    start = last["effectivePeriod"]["start"]
    server.put(last | {"effectivePeriod": {"start": start, "end": start}})


def forget(server: FhirServer, patient: str) -> None:
    """Delete everything about a patient, in one go, because one resource names the other."""
    found = server.get(f"Patient/{patient}/$everything?_count=200")["entry"]
    everything = [each["resource"] for each in found] + server.search("Provenance")
    about = [each for each in everything if each["resourceType"] != "Group" and patient in json.dumps(each)]
    places = sorted({f"{each['resourceType']}/{each['id']}" for each in about})
    entries = [{"request": {"method": "DELETE", "url": place}} for place in places]
    server.transaction({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def test_a_second_run_writes_nothing(ehr: FhirServer, tmp_path: Path) -> None:
    """The first run writes a finding for each member; the second, with nothing changed, sends no write and makes no version."""
    first = run(*sync(ehr.base, tmp_path / "f"))
    second = run(*sync(ehr.base, tmp_path / "f", "--report", tmp_path / "report.json"))

    assert (0, 0) == (first.code, second.code), first.stderr + second.stderr
    assert ("of 3: 3 created", "of 3: 3 already written") == (written(first), written(second))
    assert all_of("1") == versions(ehr)
    report = json.loads((tmp_path / "report.json").read_text())
    assert {"GET"} == {each["method"] for each in report["requests"]}
    assert {"already written": 3} == report["findings"]["fates"]
    assert report["versions"]["knowledge"]


def test_another_folder_finds_what_stands(ehr: FhirServer, tmp_path: Path) -> None:
    """Without its memory a run looks at the server, and finds each finding as it would write it, our own among the records."""
    run(*sync(ehr.base, tmp_path / "f"))

    again = run(*sync(ehr.base, tmp_path / "g"))

    assert (0, "of 3: 3 unchanged") == (again.code, written(again)), again.stderr
    assert all_of("1") == versions(ehr)


def test_a_changed_drug_changes_one_finding(ehr: FhirServer, tmp_path: Path) -> None:
    """When one drug of one patient changes, that patient's finding gets one new version; a rehearsal says so before."""
    run(*sync(ehr.base, tmp_path / "f"))
    change_a_drug(ehr, MEMBERS[0])

    rehearsed = run(*sync(ehr.base, tmp_path / "f", "--dry-run"))
    before = versions(ehr)
    done = run(*sync(ehr.base, tmp_path / "f"))

    assert (0, 0) == (rehearsed.code, done.code), rehearsed.stderr + done.stderr
    assert "~ Observation/" in rehearsed.stdout
    assert all_of("1") == before
    assert "of 3: 1 updated, 2 already written" == written(done)
    after = versions(ehr)
    assert "2" == after["Observation", patient_of(MEMBERS[0])]
    assert all_of("1", MEMBERS[1:]) == {name: version for name, version in after.items() if name[1] != patient_of(MEMBERS[0])}


def test_a_new_member_is_fetched_whole(ehr: FhirServer, tmp_path: Path) -> None:
    """Whoever joins the group gets a finding from the whole record, though that record is older than the last run."""
    ehr.put(group_of(MEMBERS[:2]))
    run(*sync(ehr.base, tmp_path / "f"))
    ehr.put(group_of(MEMBERS))

    joined = run(*sync(ehr.base, tmp_path / "f"))

    assert (0, "of 3: 1 created, 2 already written") == (joined.code, written(joined)), joined.stderr
    assert all_of("1") == versions(ehr)


def test_a_finding_about_whoever_left_is_taken_back(ehr: FhirServer, tmp_path: Path) -> None:
    """Whoever is no longer in the group has a finding entered in error, once; whoever comes back has it written anew."""
    left, stayed = patient_of(MEMBERS[2]), MEMBERS[:2]
    run(*sync(ehr.base, tmp_path / "f"))
    ehr.put(group_of(stayed))

    done = run(*sync(ehr.base, tmp_path / "f"))
    again = run(*sync(ehr.base, tmp_path / "f"))

    assert (0, "of 3: 2 already written, 1 retracted") == (done.code, written(done)), done.stderr
    assert (0, "of 2: 2 already written") == (again.code, written(again)), again.stderr
    assert {left} == {patient for (_, patient), each in ours(ehr).items() if each.get("status") == "entered-in-error"}
    assert all_of("1", stayed) | all_of("2", MEMBERS[2:]) == versions(ehr)

    ehr.put(group_of(MEMBERS))
    back = run(*sync(ehr.base, tmp_path / "f"))
    assert (0, "of 3: 1 updated, 2 already written") == (back.code, written(back)), back.stderr
    assert set() == {name for name, each in ours(ehr).items() if each.get("status") == "entered-in-error"}


def test_what_was_deleted_is_noticed_by_a_full_run(ehr: FhirServer, tmp_path: Path) -> None:
    """A search for what changed does not show that a drug was deleted, and the server refuses what names it; a full run helps."""
    run(*sync(ehr.base, tmp_path / "f", "--dry-run"))
    (drug, *_) = ehr.search(f"MedicationStatement?patient={patient_of(MEMBERS[0])}")
    assert ehr.ask("DELETE", f"MedicationStatement/{drug['id']}").ok

    usual = run(*sync(ehr.base, tmp_path / "f"))
    full = run(*sync(ehr.base, tmp_path / "f", "--full"))

    assert (3, "of 3: 2 created, 1 refused") == (usual.code, written(usual)), usual.stderr
    assert (0, "of 3: 1 created, 2 unchanged") == (full.code, written(full)), full.stderr


def test_an_incomplete_fetch_takes_nothing_back(proxy: Proxy, ehr: FhirServer, tmp_path: Path) -> None:
    """Where the server refuses a type, the others are judged, but nothing is taken back until all can be fetched."""
    run(*sync(proxy.base, tmp_path / "f"))
    ehr.put(group_of(MEMBERS[:2]))
    proxy.meet(answered(400), path="/AllergyIntolerance", times=1000)

    partly = run(*sync(proxy.base, tmp_path / "f"))
    proxy.heal()
    whole = run(*sync(proxy.base, tmp_path / "f"))

    assert 3 == partly.code
    assert "nothing is taken back" in partly.stderr
    assert "of 2: 2 already written" == written(partly)
    assert (0, "of 3: 2 already written, 1 retracted") == (whole.code, written(whole)), whole.stderr


def test_a_record_that_came_in_part_changes_no_finding(proxy: Proxy, ehr: FhirServer, tmp_path: Path) -> None:
    """Where one patient's drugs fail to come, that patient keeps what stands; the next run fetches and judges them."""
    run(*sync(proxy.base, tmp_path / "f"))
    for case in (MEMBERS[0], MEMBERS[2]):
        change_a_drug(ehr, case)
    proxy.meet(answered(503), path=f"/MedicationStatement?patient=Patient/{patient_of(MEMBERS[0])}", times=1000)

    partly = run(*sync(proxy.base, tmp_path / "f"))
    proxy.heal()
    whole = run(*sync(proxy.base, tmp_path / "f"))

    assert (3, "of 2: 1 updated, 1 already written") == (partly.code, written(partly)), partly.stderr
    assert "1 patients whose records could not be fetched whole" in partly.stderr
    assert (0, "of 3: 1 updated, 2 already written") == (whole.code, written(whole)), whole.stderr


def test_an_export_of_the_group_is_synced_too(proxy: Proxy, ehr: FhirServer, tmp_path: Path) -> None:
    """By $export too a second run writes nothing, and whoever left or joined the group is noticed."""
    proxy.meet(hurried, times=10_000)
    ehr.put(group_of(MEMBERS[:2]))
    first = run(*sync(proxy.base, tmp_path / "f", "--by", "export"))
    second = run(*sync(proxy.base, tmp_path / "f", "--by", "export"))
    ehr.put(group_of(MEMBERS[1:]))
    third = run(*sync(proxy.base, tmp_path / "f", "--by", "export"))

    assert (0, "of 2: 2 created") == (first.code, written(first)), first.stderr
    assert (0, "of 2: 2 already written") == (second.code, written(second)), second.stderr
    assert (0, "of 3: 1 created, 1 already written, 1 retracted") == (third.code, written(third)), third.stderr


def test_a_patient_who_was_deleted_with_all_is_told(ehr: FhirServer, tmp_path: Path) -> None:
    """Where a patient and the finding were deleted together, nothing is left to take back, and a run says so once."""
    run(*sync(ehr.base, tmp_path / "f"))
    ehr.put(group_of(MEMBERS[:2]))
    gone = patient_of(MEMBERS[2])
    forget(ehr, gone)

    done = run(*sync(ehr.base, tmp_path / "f"))
    again = run(*sync(ehr.base, tmp_path / "f"))

    assert (0, "of 3: 2 already written, 1 gone already") == (done.code, written(done)), done.stderr
    assert (0, "of 2: 2 already written") == (again.code, written(again)), again.stderr
    assert all_of("1", MEMBERS[:2]) == versions(ehr)


def test_a_stopped_service_leaves_its_report(proxy: Proxy, tmp_path: Path) -> None:
    """A service that is stopped while the server is silent ends with 130 within seconds, and tells what it did not reach."""
    grip, report = Grip(), tmp_path / "report.json"
    proxy.meet_write(grip.mark(silent), times=100)

    with started(*sync(proxy.base, tmp_path / "f", "--report", report)) as process:
        grip.hold(process)
        assert grip.reached.wait(60)
        process.send_signal(signal.SIGTERM)
        ended = end_of(process, 30)

    told = json.loads(report.read_text())
    assert (130, 130) == (ended.code, told["exit_code"]), ended.stderr
    assert (3, 3) == (told["findings"]["wanted"], told["findings"]["not_reached"])


def test_since_is_the_business_of_sync(tmp_path: Path) -> None:
    """A time given by hand could leave out what changed before it, so it is refused."""
    ended = run(*sync("http://127.0.0.1:9", tmp_path / "f", "--since", "2024-01-01"))

    assert 2 == ended.code
    assert "sync itself knows since when" in ended.stderr


def test_of_two_at_once_one_steps_back(ehr: FhirServer, tmp_path: Path) -> None:
    """A run that finds another at work says so, ends with 0, touches neither server nor report, and leaves each finding once."""
    report = tmp_path / "report.json"
    with alone_in(tmp_path / "f"):
        second = run(*sync(ehr.base, tmp_path / "f", "--report", report))
    assert 0 == second.code
    assert "another run is at work" in second.stderr
    assert not report.exists()
    assert {} == ours(ehr)

    with started(*sync(ehr.base, tmp_path / "f")) as one, started(*sync(ehr.base, tmp_path / "f")) as other:
        ended = [end_of(one), end_of(other)]

    assert [0, 0] == [each.code for each in ended], ended
    assert all_of("1") == versions(ehr)


def test_a_killed_run_is_gone_on_with(ehr: FhirServer, proxy: Proxy, tmp_path: Path) -> None:
    """Killed at its n-th request, a run is gone on with by the next: each finding once, in its first version."""
    for last in (0, 3, 10, 20, 30, 40, 45, 50, 55, 60, MOST):
        grip = Grip()
        proxy.heal()
        proxy.rule(Rule(grip.kill, lambda _: True, times=1, after=last))
        with started(*sync(proxy.base, tmp_path / "f")) as process:
            grip.hold(process)
            ended = end_of(process)
        if ended.code != -signal.SIGKILL:
            break

    assert 0 == ended.code, ended.stderr
    assert all_of("1") == versions(ehr)


def test_a_run_killed_while_it_writes_is_gone_on_with(ehr: FhirServer, proxy: Proxy, tmp_path: Path) -> None:
    """Killed when the server has just done a write, twice, and started again: each finding once, in its first version."""
    ends = []
    for _ in range(2):
        grip = Grip()
        proxy.heal()
        proxy.meet_write(after(grip.kill))
        with started(*sync(proxy.base, tmp_path / "f", "--workers", 1)) as process:
            grip.hold(process)
            ends.append(end_of(process).code)
    proxy.heal()
    last = run(*sync(proxy.base, tmp_path / "f"))

    assert [-signal.SIGKILL, -signal.SIGKILL, 0] == [*ends, last.code], last.stderr
    assert "of 3: 1 created, 2 unchanged" == written(last)
    assert all_of("1") == versions(ehr)


def test_an_outage_writes_nothing(proxy: Proxy, ehr: FhirServer, tmp_path: Path) -> None:
    """Where fetching ends in an outage, nothing is judged or written, and the report says with which code it ended."""
    proxy.meet(answered(503), times=10_000, after=8)

    ended = run(*sync(proxy.base, tmp_path / "f", "--report", tmp_path / "report.json"))

    assert 6 == ended.code, ended.stderr
    assert {} == ours(ehr)
    assert 6 == json.loads((tmp_path / "report.json").read_text())["exit_code"]
