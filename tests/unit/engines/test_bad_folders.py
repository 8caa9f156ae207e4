"""Folders as they come: what is broken costs itself and is counted, and what is scattered is put together."""

import gzip
import resource as limits
from collections.abc import Callable
from pathlib import Path

import pytest

from fhir_trd.engines import pieces
from fhir_trd.engines.bulk import RUN, run
from fhir_trd.engines.hands import Processes
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import Outcome
from fhir_trd.errors import TrdError, UsageError
from fhir_trd.fhir.read.copies import DUPLICATE
from fhir_trd.model.issues import Fate
from tests.unit.engines.population import (
    AS_OF,
    TODAY,
    Json,
    about,
    by_type,
    everything_in,
    judged,
    line,
    people,
    plainly_judged,
    tables_in,
    use,
)

MEGABYTE = 1 << 20


def found(outcome: Outcome) -> list[tuple[str, str]]:
    """Where each fault stands, and what was found there."""
    return [(fault.where, fault.found) for fault in outcome.faults]


def whole(outcome: Outcome) -> bool:
    """Whether every resource that was read has a fate, and the faults are among them."""
    return outcome.ledger.adds_up and outcome.ledger.total(Fate.FAULTY) == len(outcome.faults)


def test_one_corrupt_file_among_many_costs_only_itself(tmp_path: Path) -> None:
    """Of two hundred files one holds no text: the others are judged, and it is named."""
    folder = by_type(tmp_path / "in", people(10))
    for number in range(200):
        (folder / f"more-{number}.ndjson").write_bytes(line({"resourceType": "Patient", "id": f"more-{number}"}))
    (folder / "more-77.ndjson").write_bytes(b"\0\1\2" * 500)
    outcome = judged(folder, tmp_path / "out")

    assert [("more-77.ndjson", "a binary file")] == found(outcome)
    assert (209, True) == (outcome.patients, whole(outcome))


def test_what_stands_before_the_break_of_a_gzip_file_is_kept(tmp_path: Path) -> None:
    """A truncated gzip file is one fault; the people before the break are judged."""
    folder = tmp_path / "in"
    folder.mkdir()
    persons = b"".join(line({"resourceType": "Patient", "id": f"{number:06}"}) for number in range(5000))
    (folder / "Patient.ndjson.gz").write_bytes(gzip.compress(persons)[:-100])
    outcome = judged(folder, tmp_path / "out")

    assert [("Patient.ndjson.gz", "a gzip file that is cut short")] == found(outcome)
    assert (True, True) == (4000 < outcome.patients < 5000, whole(outcome))


def test_a_broken_line_is_named_by_its_number(tmp_path: Path) -> None:
    """A line of a type that matters is quarantined if its JSON is broken, and its neighbours are read."""
    folder = tmp_path / "in"
    folder.mkdir()
    good = line(about(1, use("sertraline 50 mg tablet", "2024-01-01", "2024-03-01")))
    (folder / "a.ndjson").write_bytes(good + b"\n" + good[:-9] + b"\n" + good)
    outcome = judged(folder, tmp_path / "out")

    assert [("a.ndjson line 3", "JSON that ends too early")] == found(outcome)
    assert (1, True) == (len(tables_in(tmp_path / "out")["trials"]), whole(outcome))


def test_the_same_resource_in_two_files_counts_once(tmp_path: Path) -> None:
    """Duplicates in two files change no table, and the ledger names them."""
    folder = by_type(tmp_path / "in", people(10))
    judged(folder, tmp_path / "once")
    (folder / "again.ndjson").write_bytes((folder / "MedicationStatement.ndjson").read_bytes())
    outcome = judged(folder, tmp_path / "twice")
    duplicates = {entry.resource_type: count for entry, count in outcome.ledger.counts.items() if entry.reason == DUPLICATE}

    assert tables_in(tmp_path / "once") == tables_in(tmp_path / "twice")
    assert ({"MedicationStatement"}, True) == (duplicates.keys(), outcome.ledger.adds_up)


def test_a_patient_may_be_split_over_all_files(tmp_path: Path) -> None:
    """Every resource in a file of its own gives the tables that one file gives."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, resource in enumerate(people(6)):
        (folder / f"{number:03}.ndjson").write_bytes(line(resource))
    judged(folder, tmp_path / "out")

    assert plainly_judged(by_type(tmp_path / "types", people(6))) == tables_in(tmp_path / "out")


def test_one_large_file_is_cut_into_pieces_at_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a file is cut, each line is read once, and faults keep the number of their line."""
    folder = tmp_path / "in"
    folder.mkdir()
    body = b"".join(line(resource) for resource in people(20))
    (folder / "all.ndjson").write_bytes(body + b'{"resourceType":"Patient",\n')
    whole_file = judged(folder, tmp_path / "whole")
    monkeypatch.setattr(pieces, "PIECE", 777)
    cut = judged(folder, tmp_path / "cut")

    assert tables_in(tmp_path / "whole") == tables_in(tmp_path / "cut")
    assert (whole_file.ledger, found(whole_file)) == (cut.ledger, found(cut))
    assert [(f"all.ndjson line {len(body.splitlines()) + 1}", "JSON that ends too early")] == found(cut)


def test_a_line_of_a_hundred_megabytes_is_a_fault_and_no_burden(tmp_path: Path) -> None:
    """A line beyond the limit is counted as faulty with the remedy; its neighbours are read, and memory does not grow with it."""
    folder = tmp_path / "in"
    folder.mkdir()
    with (folder / "a.ndjson").open("wb") as stream:
        stream.write(line({"resourceType": "Patient", "id": "1"}))
        stream.write(b'{"resourceType":"Observation","note":[{"text":"')
        stream.writelines(b"x" * MEGABYTE for _ in range(100))
        stream.write(b'"}]}\n')
        stream.write(line({"resourceType": "Patient", "id": "2"}))
    before = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss
    outcome = judged(folder, tmp_path / "out", longest=8)
    grown = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss - before

    assert [("a.ndjson line 2", "a line that is too long to be read")] == found(outcome)
    assert (2, True, True) == (outcome.patients, whole(outcome), grown < 60 * 1024)


def test_r4_and_r5_may_stand_side_by_side(tmp_path: Path) -> None:
    """Records of one patient in R4 and R5 make one history."""
    folder = tmp_path / "in"
    folder.mkdir()
    r4 = about(1, use("sertraline 100 mg tablet", "2024-01-01", "2024-03-31", dose=100))
    r5 = about(1, {**use("venlafaxine XR 150 mg", "2024-04-01", "2024-07-31", dose=150), "status": "recorded"})
    r5["medication"] = {"concept": r5.pop("medicationCodeableConcept")}
    (folder / "r4.ndjson").write_bytes(line(r4))
    (folder / "r5.ndjson").write_bytes(line(r5))
    judged(folder, tmp_path / "out")

    assert ["sertraline", "venlafaxine"] == sorted(row["drug"] for row in tables_in(tmp_path / "out")["trials"])  # type: ignore[type-var]


def test_bundles_may_stand_beside_lines(tmp_path: Path) -> None:
    """A Bundle whose entries refer to each other by urn gives the tables of the same resources as lines."""
    folder = tmp_path / "in"
    folder.mkdir()
    entries = [{"fullUrl": f"urn:uuid:{number}", "resource": each} for number, each in enumerate(people(1))]
    text = line({"resourceType": "Bundle", "type": "collection", "entry": entries}).replace(b"Patient/0", b"urn:uuid:0")
    (folder / "bundle.json").write_bytes(text)
    judged(folder, tmp_path / "out")

    assert plainly_judged(by_type(tmp_path / "types", people(1))) == tables_in(tmp_path / "out")


def test_a_product_may_stand_in_another_file(tmp_path: Path) -> None:
    """A drug by reference is found wherever its Medication is; the ledger counts which ones are used."""
    folder = tmp_path / "in"
    folder.mkdir()
    drugs = {"m1": "sertraline 50 mg tablet", "m2": "lisinopril 10 mg", "m3": "bupropion XL 150 mg"}
    (folder / "Medication.ndjson").write_bytes(b"".join(line(product(*drug)) for drug in drugs.items()))
    uses = [about(1, referring(name)) for name in ("m1", "m2", "missing")]
    (folder / "a.ndjson").write_bytes(b"".join(map(line, uses)))
    outcome = judged(folder, tmp_path / "out")
    fates = {(entry.resource_type, entry.reason): count for entry, count in outcome.ledger.counts.items()}

    assert fates == {
        ("Medication", ""): 1,
        ("Medication", "no record of a drug of interest refers to it"): 2,
        ("MedicationStatement", ""): 1,
        ("MedicationStatement", "no drug that the tables know"): 1,
        ("MedicationStatement", "its medication reference points to nothing that was read"): 1,
    }


def product(name: str, drug: str) -> Json:
    """A product."""
    return {"resourceType": "Medication", "id": name, "code": {"text": drug}}


def referring(name: str) -> Json:
    """The use of a product."""
    used = use("x", "2024-01-01", "2024-03-31")
    del used["medicationCodeableConcept"]
    return {**used, "id": f"use-{name}", "medicationReference": {"reference": f"Medication/{name}"}}


def test_a_patient_may_be_named_by_an_identifier_alone(tmp_path: Path) -> None:
    """A resource that names its patient by an identifier is put with the one patient who has it, and with nobody else."""
    folder = by_type(tmp_path / "in", people(9))
    named = [{**use("bupropion XL 300 mg", "2024-09-01", "2024-11-30"), "id": f"by-{value}",
              "subject": {"identifier": {"system": "urn:mrn", "value": value}}} for value in ("m3", "m99")]  # fmt: skip
    (folder / "named.ndjson").write_bytes(b"".join(map(line, named)))
    outcome = judged(folder, tmp_path / "out")

    assert plainly_judged(folder) == tables_in(tmp_path / "out")
    assert 1 == sum(n for entry, n in outcome.ledger.counts.items() if entry.reason.startswith("its patient is named by"))


def test_a_full_disk_is_told_and_the_work_goes_on_afterwards(tmp_path: Path) -> None:
    """Where nothing more can be written the run ends with the remedy; with room again, the same command finishes it."""
    folder = by_type(tmp_path / "in", people(10))
    soft, hard = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (3000, hard))
    try:
        with pytest.raises(UsageError, match=r"cannot be written \(File too large\)"):
            judged(folder, tmp_path / "out")
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, (soft, hard))
    judged(folder, tmp_path / "out")
    judged(folder, tmp_path / "whole")

    assert everything_in(tmp_path / "whole") == everything_in(tmp_path / "out")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    """An output folder with files of someone else is refused, and nothing in it is touched."""
    folder = by_type(tmp_path / "in", people(2))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="1 files or folders that are none of ours in the output folder, wanted an empty one"):
        judged(folder, tmp_path / "out")

    assert {"thesis.txt": b"mine"} == everything_in(tmp_path / "out")


def test_a_finished_run_is_not_written_over(tmp_path: Path) -> None:
    """The output of a run that is done is refused as the output of another."""
    folder = by_type(tmp_path / "in", people(2))
    judged(folder, tmp_path / "out")
    with pytest.raises(UsageError, match="found a finished run in the output folder"):
        judged(folder, tmp_path / "out")

    assert (tmp_path / "out" / RUN).exists()


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """After an interruption what is done is not done again, and the output is that of a run in one go."""
    folder = by_type(tmp_path / "in", people(10))
    done = _interrupted(folder, tmp_path / "out")
    more = _interrupted(folder, tmp_path / "out")
    judged(folder, tmp_path / "whole")
    judged(folder, tmp_path / "out")

    assert 0 < len(done) < len(more)
    assert done.items() <= more.items()
    assert everything_in(tmp_path / "whole") == everything_in(tmp_path / "out")


@pytest.mark.parametrize("lost", ["verdicts/part-00000.parquet", "fhir/CarePlan.00000.ndjson"])
def test_what_a_machine_lost_that_stopped_is_written_anew(tmp_path: Path, lost: str) -> None:
    """A file that is empty although it was written is noticed before the run counts as finished, and the next run mends it."""
    folder = by_type(tmp_path / "in", people(10))
    _interrupted(folder, tmp_path / "out", doing="judging")
    (tmp_path / "out" / lost).write_bytes(b"")
    with pytest.raises(TrdError, match=r"found 1 partitions .* run the same command again, it writes them anew"):
        judged(folder, tmp_path / "out")
    for output in ("out", "whole"):
        judged(folder, tmp_path / output)

    assert everything_in(tmp_path / "whole") == everything_in(tmp_path / "out")


def _interrupted(folder: Path, output: Path, doing: str = "scanning") -> dict[str, int]:
    """What was scanned, and when, in a run that is interrupted after its second step, or after the first of another kind."""
    told: list[str] = []

    def interrupt(done: str, *_: object) -> None:
        told.append(done)
        if len(told) > 1 and done == doing:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _told_of(folder, output, interrupt)
    return {path.name: path.stat().st_mtime_ns for path in (output / ".work").glob("0*.json")}


@pytest.mark.parametrize("change", [{"as_of": None}, {"criteria": ("fda",)}, {"check_all": True}], ids=str)
def test_unfinished_work_is_not_mixed_with_other_work(tmp_path: Path, change: dict[str, object]) -> None:
    """With other options, unfinished work is refused with the remedy."""
    folder = by_type(tmp_path / "in", people(5))
    _interrupted(folder, tmp_path / "out")

    with pytest.raises(UsageError, match="found unfinished work on another input, with other options"):
        judged(folder, tmp_path / "out", **change)


def test_unfinished_work_on_an_input_that_changed_is_refused(tmp_path: Path) -> None:
    """If the input has changed since, the work does not go on."""
    folder = by_type(tmp_path / "in", people(5))
    _interrupted(folder, tmp_path / "out")
    (folder / "new.ndjson").write_bytes(line({"resourceType": "Patient", "id": "new"}))

    with pytest.raises(UsageError, match="give another folder with -o, or remove this one"):
        judged(folder, tmp_path / "out")


def test_an_input_that_shrinks_during_a_run_is_refused(tmp_path: Path) -> None:
    """If a file is cut short after it was scanned, the run ends with its name and the remedy."""
    folder = by_type(tmp_path / "in", people(5))
    of_drugs = folder / "MedicationStatement.ndjson"

    with pytest.raises(UsageError, match=r"MedicationStatement\.ndjson: found a file that changed during the run"):
        _judged_while(folder, tmp_path / "out", "scanning", lambda: of_drugs.write_bytes(b""))


def test_an_input_that_is_written_to_during_a_run_is_refused(tmp_path: Path) -> None:
    """If a file is written to while people are judged, the run ends as well: nobody could tell which of it was read."""
    folder = by_type(tmp_path / "in", people(5))
    of_drugs = folder / "MedicationStatement.ndjson"

    with pytest.raises(UsageError, match=r"MedicationStatement\.ndjson: found a file that changed during the run"):
        _judged_while(folder, tmp_path / "out", "judging", lambda: of_drugs.write_bytes(of_drugs.read_bytes() + b"\n"))
    assert not (tmp_path / "out" / RUN).exists()


def _judged_while(folder: Path, output: Path, stage: str, happens: Callable[[], object]) -> None:
    """A run, at a stage of which something happens."""
    _told_of(folder, output, lambda now, *_: happens() if now == stage else None)


def _told_of(folder: Path, output: Path, told: Callable[..., object]) -> None:
    """A run that tells somebody what it does."""
    run(Order(folder=str(folder), today=TODAY, as_of=AS_OF, validate="none"), output, hands=Processes(1), told=told)
