"""A population judged by the engine: the same answers as one by one, and the same bytes however it is run."""

import json
from pathlib import Path

import msgspec
import pytest

from fhir_trd.assessment import all_usable
from fhir_trd.engines.bulk import RUN
from fhir_trd.fhir.write.gate import checked
from fhir_trd.model.issues import Fate
from tests.factory.judging import knowledge
from tests.unit.engines import population
from tests.unit.engines.population import AS_OF, by_type, everything_in, judged, people, plainly_judged, plainly_read, tables_in


@pytest.fixture(name="folder", scope="module")
def folder_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with forty people, one file a type."""
    return by_type(tmp_path_factory.mktemp("population") / "in", people(40))


def test_every_table_is_what_one_patient_after_the_other_comes_to(folder: Path, tmp_path: Path) -> None:
    """Verdicts, trials and flags of a run are those of evaluate."""
    judged(folder, tmp_path / "out")

    assert plainly_judged(folder) == tables_in(tmp_path / "out")


def test_an_alarming_answer_is_a_flag_whoever_gave_it(tmp_path: Path) -> None:
    """Somebody without a diagnosis or a drug who answers that they think of suicide has a flag that cannot wait."""
    answer = {
        "resourceType": "Observation",
        "id": "item-9",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "44260-8"}]},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": AS_OF.isoformat(),
        "valueInteger": 3,
    }
    folder = by_type(tmp_path / "in", [{"resourceType": "Patient", "id": "1"}, answer])

    judged(folder, tmp_path / "out")

    (flag,) = tables_in(tmp_path / "out")["flags"]
    assert ("Patient/1", "STOP", "suicide-risk") == (flag["patient"], flag["severity"], flag["about"])


def test_the_verdicts_of_all_criteria_sets_agree(folder: Path, tmp_path: Path) -> None:
    """Under every criteria set the shortcuts of the engine give the answers of evaluate."""
    criteria = all_usable(knowledge())
    judged(folder, tmp_path / "out", criteria=criteria)

    assert plainly_judged(folder, criteria=criteria)["verdicts"] == tables_in(tmp_path / "out")["verdicts"]


def test_without_a_day_each_patient_is_judged_on_the_latest_one_recorded(folder: Path, tmp_path: Path) -> None:
    """Without --as-of the day is the latest in each record, as it is for evaluate."""
    judged(folder, tmp_path / "out", as_of=None)

    assert plainly_judged(folder, as_of=None) == tables_in(tmp_path / "out")


def test_a_check_of_all_gives_every_resource_the_fate_that_evaluate_gives_it(folder: Path, tmp_path: Path) -> None:
    """With --check-all the ledger is that of evaluate, reason by reason."""
    outcome = judged(folder, tmp_path / "out", check_all=True)

    assert plainly_read(folder).ledger == outcome.ledger


def test_the_quick_way_counts_the_same_resources(folder: Path, tmp_path: Path) -> None:
    """What is not looked at closely is set aside, and the fates add up to what was read."""
    outcome = judged(folder, tmp_path / "out")

    assert plainly_read(folder).ledger.read == outcome.ledger.read == sum(outcome.ledger.counts.values())
    assert 0 == outcome.ledger.total(Fate.FAULTY)


def test_two_workers_write_the_same_bytes_as_one(folder: Path, tmp_path: Path) -> None:
    """However many workers there are, every file of the output is the same."""
    judged(folder, tmp_path / "one")
    judged(folder, tmp_path / "two", workers=2)

    assert everything_in(tmp_path / "one") == everything_in(tmp_path / "two")


def test_the_layout_of_the_files_changes_no_table(folder: Path, tmp_path: Path) -> None:
    """The same resources in one file, in another order, give the same tables and resources."""
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    all_lines = [line for path in sorted(folder.iterdir()) for line in path.read_bytes().splitlines(keepends=True)]
    (mixed / "11ef-of-no-type.ndjson").write_bytes(b"".join(reversed(all_lines)))
    judged(folder, tmp_path / "one")
    judged(mixed, tmp_path / "two")
    one, two = everything_in(tmp_path / "one"), everything_in(tmp_path / "two")

    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == [RUN]


def test_resources_are_written_about_whoever_is_depressed_or_took_an_antidepressant(folder: Path, tmp_path: Path) -> None:
    """Of each such person there is one Observation, CarePlan and Provenance, which refer to each other by type and id."""
    judged(folder, tmp_path / "out")
    written = {kind: _resources(tmp_path / "out", kind) for kind in ("Observation", "CarePlan", "Provenance", "Device")}
    trials = {row["patient"] for row in tables_in(tmp_path / "out")["trials"]}
    subjects = [each["subject"]["reference"] for each in written["Observation"]]

    assert trials <= set(subjects)
    assert len(set(subjects)) == len(written["CarePlan"]) == len(written["Provenance"]) == len(written["Observation"])
    assert [f"Observation/{each['id']}" for each in written["Observation"]] == [
        each["target"][0]["reference"] for each in written["Provenance"]
    ]
    assert {f"Device/{device['id']}" for device in written["Device"]} == {
        each["device"]["reference"] for each in written["Observation"]
    }


def test_every_written_resource_is_valid(folder: Path, tmp_path: Path) -> None:
    """What is written as lines passes the strict gate as it stands in the file."""
    judged(folder, tmp_path / "out")
    found = [each for kind in ("Observation", "CarePlan", "Provenance", "Device") for each in _resources(tmp_path / "out", kind)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in found]}

    assert bundle == checked(bundle)


def test_the_account_names_every_file_with_its_hash_and_how_it_was_asked_for(folder: Path, tmp_path: Path) -> None:
    """run.json holds the input by name, size and SHA-256, the versions, the arguments and the counts."""
    outcome = judged(folder, tmp_path / "out")
    account = json.loads((tmp_path / "out" / RUN).read_bytes())

    assert [path.name for path in sorted(folder.iterdir())] == [each["name"] for each in account["input"]]
    assert {len(each["sha256"]) for each in account["input"]} == {64}
    assert account["arguments"]["as_of"] == AS_OF.isoformat()
    assert account["knowledge"] == knowledge().digest
    assert account["resources"]["read"] == outcome.ledger.read
    assert account["patients"] == outcome.patients == 40


def test_nothing_of_the_work_is_left(folder: Path, tmp_path: Path) -> None:
    """After a run only what it was asked for is in the output folder."""
    judged(folder, tmp_path / "out")

    assert ["fhir", "flags", "ledger", RUN, "trials", "verdicts"] == sorted(path.name for path in (tmp_path / "out").iterdir())


def _resources(output: Path, kind: str) -> list[dict[str, population.Json]]:
    files = sorted((output / "fhir").glob(f"{kind}.*.ndjson"))
    return [msgspec.json.decode(line) for path in files for line in path.read_bytes().splitlines()]
