"""The commands on records: what they write, what they say, and what they refuse."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.report.contract import HISTORY_COLUMNS
from tests.cli.running import MET, SAMPLES, bundle, lines, person, run, statement

NOT_ASKED = "records of antidepressants that this rule does not look at"
LATER = statement(2, drug="venlafaxine", effectivePeriod={"start": "2024-04-01", "end": "2024-06-30"})


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A person who took two drugs."""
    path = tmp_path / "record.json"
    path.write_bytes(bundle(person(), statement(), LATER))
    return path


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Three persons, one of them without anything to say."""
    path = tmp_path / "three.ndjson"
    path.write_bytes(lines(statement(1), statement(2, patient="2", effectivePeriod={"start": "2020-01-01"}), person("3")))
    return path


def test_the_day_is_the_latest_of_the_record_and_is_said(record: Path) -> None:
    """Without --as-of the latest date in the record is the day of judgement, and stderr says so."""
    ran = run("evaluate", "--format", "json", record)

    assert "2024-06-30" == json.loads(ran.stdout)["as_of"]
    assert "as of 2024-06-30, the latest date in the record; set another with --as-of" in ran.stderr.splitlines()


def test_each_record_has_its_own_day(three: Path) -> None:
    """Several records are each judged as of their own latest date; a record without any as of today, which is said."""
    ran = run("evaluate", "--format", "json", three)

    days = [json.loads(line)["as_of"] for line in ran.stdout.splitlines()]
    assert ["2024-03-31", "2020-01-01", date.today().isoformat()] == days
    assert [
        "as of 2020-01-01 to 2024-03-31, the latest date in each record; set another with --as-of",
        f"Patient/3: no date in the record, judged as of today ({date.today()})",
        "Patient/3: nothing relevant found in the record: no antidepressant, diagnosis, score or treatment that the tables know",
    ] == ran.stderr.splitlines()[1:]


def test_the_day_can_be_set(record: Path) -> None:
    """--as-of sets the day, and then nothing is said about it."""
    ran = run("evaluate", "--format", "json", "--as-of", "2024-03-31", record)

    shown = json.loads(ran.stdout)
    assert ("2024-03-31", ["sertraline"]) == (shown["as_of"], [trial["drug"] for trial in shown["trials"]])
    assert "as of" not in ran.stderr


def test_the_environment_sets_an_option_and_the_command_line_wins(record: Path) -> None:
    """FHIR_TRD_EVALUATE_AS_OF stands in for --as-of; --as-of wins over it."""
    env = {"FHIR_TRD_EVALUATE_AS_OF": "2024-03-01"}

    assert "2024-03-01" == json.loads(run("evaluate", "--format", "json", record, env=env).stdout)["as_of"]
    ran = run("evaluate", "--format", "json", "--as-of", "2024-05-01", record, env=env)
    assert "2024-05-01" == json.loads(ran.stdout)["as_of"]


@pytest.mark.parametrize("name", ["evaluate", "history", "convert"])
def test_a_day_that_no_calendar_has_is_refused(record: Path, name: str) -> None:
    """An impossible --as-of is a mistake of the caller."""
    ran = run(name, "--as-of", "2024-02-30", record)

    assert 2 == ran.exit_code
    assert "'2024-02-30' does not match the format '%Y-%m-%d'" in ran.stderr


def test_an_unknown_criteria_set_is_refused_with_the_nearest_known(record: Path) -> None:
    """An unknown criteria set ends with code 2, the known ones and the closest match."""
    ran = run("evaluate", "--criteria", "concensus", record)

    known = ", ".join(sorted(load_knowledge().criteria))
    told = f"fhir-trd: found no criteria set 'concensus', wanted one of {known}; did you mean consensus?\n"
    assert (2, "", told) == (ran.exit_code, ran.stdout, ran.stderr)


def test_an_unknown_dose_table_is_refused(record: Path) -> None:
    """An unknown dose table ends with code 2 and the known ones."""
    ran = run("history", "--dose-table", "mine", record)

    assert (2, "fhir-trd: found no dose table 'mine', wanted one of label, mgh-atrq\n") == (ran.exit_code, ran.stderr)


def test_several_criteria_sets_stand_side_by_side(record: Path) -> None:
    """Each criteria set asked for gives a verdict, in the order asked for, each once."""
    ran = run("evaluate", "--format", "json", "--criteria", "fda", "--criteria", "consensus", "--criteria", "fda", record)

    assert ["fda", "consensus"] == [verdict["criteria"] for verdict in json.loads(ran.stdout)["verdicts"]]


@pytest.mark.parametrize("name", ["2", "Patient/2"])
def test_one_patient_can_be_picked(three: Path, name: str) -> None:
    """--patient takes the number or the reference."""
    ran = run("evaluate", "--format", "json", "--patient", name, three)

    assert ["Patient/2"] == [json.loads(line)["patient"] for line in ran.stdout.splitlines()]


def test_a_patient_who_is_not_there_is_refused(three: Path) -> None:
    """A patient who is not in the input is a mistake of the caller."""
    ran = run("evaluate", "--patient", "9", three)

    told = "fhir-trd: found 3 patients but not Patient/9, wanted one that is in the input\n"
    assert (2, told) == (ran.exit_code, ran.stderr)


def test_piped_input_is_read() -> None:
    """- stands for what is piped in."""
    ran = run("evaluate", "--format", "json", "-", piped=bundle(statement()))

    assert "Patient/1" == json.loads(ran.stdout)["patient"]


def test_the_ledger_can_be_listed(three: Path) -> None:
    """--ledger lists what became of each kind of resource."""
    ran = run("history", "--ledger", three)

    assert ["        2 MedicationStatement used", "        1 Patient used"] == ran.stderr.splitlines()[1:3]


def test_the_table_shows_trials_verdict_reasons_and_the_reminder(record: Path) -> None:
    """The page shows the trials, the verdict in words, what would settle it, and that it is no diagnosis."""
    page = run("evaluate", record).stdout

    assert page.startswith("Patient/1 as of 2024-06-30\n")
    assert "INDETERMINATE under consensus: " in page
    assert "would help to settle it: " in page
    assert "dose not recorded" in page
    assert page.rstrip().endswith("A flag for clinician review, not a diagnosis.")


def test_explain_shows_every_finding_with_source_and_evidence(record: Path) -> None:
    """--explain adds the findings with evidence and source, the stages of the history, and the digest of the tables."""
    page = run("evaluate", "--explain", record).stdout

    wanted = ("rule: failed-trials", "MedicationStatement/1", "source: ", "knowledge sha256:")
    assert [] == [word for word in wanted if word not in page]


def test_a_page_has_no_colour_and_a_fixed_width_where_nobody_looks(record: Path) -> None:
    """Off a terminal the page has no escape codes, no line over 100 and no space at the end of a line."""
    page = run("evaluate", "--explain", record).stdout

    assert "\x1b" not in page
    assert 100 >= max(map(len, page.splitlines()))
    assert [] == [line for line in page.splitlines() if line != line.rstrip()]


def test_the_same_input_gives_the_same_bytes(record: Path) -> None:
    """Each command gives the same bytes for the same input."""
    for call in (["evaluate", "--explain"], ["evaluate", "--format", "json"], ["history"], ["convert"]):
        assert run(*call, record).stdout_bytes == run(*call, record).stdout_bytes


def test_a_history_is_a_table_for_people(record: Path) -> None:
    """history shows the trials and how they stand to one another, without a verdict."""
    page = run("history", record).stdout

    assert "switch from" in page
    assert "consensus" not in page


def test_a_history_is_a_csv_for_spreadsheets(three: Path) -> None:
    """history --format csv has one head for all patients and one row for each trial."""
    rows = list(csv.DictReader(StringIO(run("history", "--format", "csv", three).stdout)))

    assert list(HISTORY_COLUMNS) == list(rows[0])
    assert ["Patient/1", "Patient/2"] == [row["patient"] for row in rows]


def test_a_history_is_json_for_programs(three: Path) -> None:
    """history --format json is one object a line."""
    shown = [json.loads(line) for line in run("history", "--format", "json", three).stdout.splitlines()]

    assert ["Patient/1", "Patient/2", "Patient/3"] == [one["patient"] for one in shown]


def test_convert_writes_one_bundle_to_stdout(record: Path) -> None:
    """convert writes one transaction to stdout and nothing else there."""
    ran = run("convert", record)

    assert ("Bundle", "transaction") == tuple(json.loads(ran.stdout)[key] for key in ("resourceType", "type"))


def test_convert_writes_a_file_and_says_where(record: Path, tmp_path: Path) -> None:
    """convert -o writes the same Bundle to a file, leaves stdout empty, and says where the Bundle is."""
    out = tmp_path / "new" / "out.json"

    ran = run("convert", record, "-o", out)

    assert ("", f"wrote the Bundle of 1 patient to {out}") == (ran.stdout, ran.stderr.splitlines()[-1])
    assert json.loads(run("convert", record).stdout) == json.loads(out.read_bytes())


def test_convert_without_a_patient_writes_nothing(tmp_path: Path) -> None:
    """Where there is no patient there is no Bundle, and stderr says so."""
    path, out = tmp_path / "a.json", tmp_path / "out.json"
    path.write_bytes(bundle())

    ran = run("convert", path, "-o", out)

    assert "no Bundle written: there is no patient to write about" in ran.stderr.splitlines()
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_named(record: Path, tmp_path: Path) -> None:
    """A place where no file can be ends with code 2."""
    ran = run("convert", record, "-o", tmp_path)

    assert 2 == ran.exit_code
    assert f"fhir-trd: {tmp_path}: cannot be written (Is a directory)" in ran.stderr


def test_a_faulty_table_of_the_user_is_refused(record: Path, tmp_path: Path) -> None:
    """A table in --mappings that is not valid ends with code 4 and names the file."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scales.toml").write_text("oops")

    ran = run("evaluate", "--mappings", tmp_path / "mine", record)

    assert 4 == ran.exit_code
    assert ran.stderr.startswith("fhir-trd: ")
    assert "scales.toml" in ran.stderr


def test_the_sample_is_met() -> None:
    """The sample that the README shows is met under the default criteria."""
    assert ["met"] == [verdict["result"] for verdict in json.loads(run("evaluate", "--format", "json", MET).stdout)["verdicts"]]


def test_eras_by_a_published_rule(record: Path) -> None:
    """Records joined by another's rule are one line of JSON for each patient, or a row for each era."""
    line = json.loads(run("history", record, "--eras", "ohdsi", "--format", "json").stdout)
    rows = run("history", record, "--eras", "ohdsi", "--format", "csv").stdout.splitlines()

    assert {"patient", "eras", "left_out", "not_asked"} == set(line)
    assert len(line["eras"]) + 1 == len(rows)
    assert "patient,drug,start,end,days,gap_days" == rows[0]


def test_the_windows_of_a_quality_measure_are_on_the_page(record: Path) -> None:
    """The page of eras says so where nothing was dispensed, and what is on record nevertheless."""
    shown = " ".join(run("history", record, "--eras", "cms128").stdout.split())
    assert "No era in this record. index date not known acute: 0 days covered, not judged without an index date" in shown
    assert f"{NOT_ASKED}: 2 reported" in shown


def test_rows_of_eras_leave_a_word_on_what_is_in_none(record: Path) -> None:
    """Where rows have no place for records that a rule does not look at, stderr counts them."""
    assert f"{NOT_ASKED}: 2 reported\n" in run("history", record, "--eras", "fife", "--format", "csv").stderr
    assert NOT_ASKED not in run("history", record, "--eras", "ohdsi", "--format", "csv").stderr


def test_an_unknown_rule_for_eras_is_refused(record: Path) -> None:
    """An unknown rule for eras ends with code 2, the known ones and the closest match."""
    ran = run("history", "--eras", "fiffe", record)

    told = "fhir-trd: found no rule for eras 'fiffe', wanted one of cms128, fife, ohdsi; did you mean fife?\n"
    assert (2, "", told) == (ran.exit_code, ran.stdout, ran.stderr)


def test_compare_gives_every_set_and_those_refused() -> None:
    """``--compare`` as JSON holds a verdict of every usable set, why it differs, and the refused sets with the reason."""
    given = run("evaluate", SAMPLES / "partial-responses--met.json", "--compare", "--format", "json")
    found = json.loads(given.stdout)
    verdicts = {verdict["criteria"]: verdict for verdict in found["verdicts"]}
    assert {"athf-lf", "athf-sf"} == {one["criteria"] for one in found["refused"]}
    assert "consensus" == next(iter(verdicts))
    assert verdicts["consensus"]["differs"] is None
    differs = verdicts["delphi"]["differs"]
    assert ("consensus", "failed-trials", "improvement_below", 25, 50) == tuple(
        differs[key] for key in ("from", "rule", "parameter", "theirs", "ours")
    )
    assert differs["because"].startswith("improvement below 25 % instead of 50 % (sertraline-1: yes to no")
    assert "improvement_below" == differs["ways"][0]["changes"][0]["parameter"]


def test_compare_takes_only_the_sets_named() -> None:
    """With sets named, they are compared with the first of them, on one page."""
    given = run("evaluate", SAMPLES / "partial-responses--met.json", "--compare", "--criteria", "delphi", "--criteria", "fda")
    assert "compared with delphi" in given.stdout
    assert "cepeda" not in given.stdout


def test_compare_and_explain_are_two_questions() -> None:
    """A comparison of all sets and an explanation of one are not asked for at once."""
    ran = run("evaluate", "--compare", "--explain", MET)

    told = "fhir-trd: found --compare and --explain together, wanted one: explain the sets that differ by --criteria\n"
    assert (2, "", told) == (ran.exit_code, ran.stdout, ran.stderr)


def test_a_refused_set_cannot_be_asked_for_in_a_comparison() -> None:
    """A set that cannot be evaluated is refused with the reason also where it is to be compared."""
    ran = run("evaluate", "--compare", "--criteria", "consensus", "--criteria", "athf-sf", MET)

    assert (2, "") == (ran.exit_code, ran.stdout)
    assert ran.stderr.startswith("fhir-trd: found the criteria set 'athf-sf', which cannot be evaluated: its table")
