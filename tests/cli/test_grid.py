"""fhir-trd grid: the page, the rows and the JSON, and what is refused."""

import csv
import json
from io import StringIO

from fhir_trd.report.grid import GRID_COLUMNS
from tests.cli.running import SAMPLES, run

TWO = SAMPLES / "two-patients--met-and-not-met.ndjson"
DOSES = SAMPLES / "below-one-dose-table--not-met.json"


def test_csv_has_one_row_for_each_cell_and_patient() -> None:
    """The first line names the columns; 36 rows follow for each patient."""
    first, *rows = csv.reader(StringIO(run("grid", "--format", "csv", TWO).stdout))
    assert list(GRID_COLUMNS) == first
    patients = [row[0] for row in rows]
    assert [36, 36] == [patients.count(patient) for patient in dict.fromkeys(patients)]


def test_json_is_one_object_for_each_patient_and_set() -> None:
    """Each line is a patient under a set, with the axes that matter and every cell, one of which is the set's own."""
    ran = run("grid", "--format", "json", DOSES, "--criteria", "consensus", "--criteria", "delphi")
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ["consensus", "delphi"] == [one["criteria"] for one in found]
    assert [["dose_table"], ["dose_table"]] == [one["matters"] for one in found]
    assert [1, 1] == [sum(cell["own"] for cell in one["cells"]) for one in found]


def test_the_page_says_which_axis_matters() -> None:
    """The page tells for each axis whether it changes the answer, and shows rows only for those that do."""
    shown = run("grid", DOSES).stdout
    assert "dose table (mgh-atrq, label): changes the answer" in shown
    assert "days at dose (28, 42, 56): changes nothing" in shown
    assert ["mgh-atrq", "label"] == [line.split()[0] for line in shown.splitlines() if line.startswith(("mgh-atrq ", "label "))]


def test_the_dose_table_asked_for_is_the_own_one() -> None:
    """With --dose-table the cell of that table counts as the own one."""
    ran = run("grid", "--format", "json", DOSES, "--dose-table", "label")
    (own,) = [cell for cell in json.loads(ran.stdout)["cells"] if cell["own"]]
    assert ("label", "met") == (own["dose_table"], own["result"])


def test_an_algorithm_without_such_numbers_is_refused() -> None:
    """A set without failed trials has nothing to change: exit code 2, and no output."""
    ran = run("grid", "--criteria", "cepeda", DOSES)
    told = (
        "fhir-trd: found the criteria set 'cepeda', which asks neither for an adequate dose nor for a failure, "
        "wanted one with a rule of failed trials, such as consensus\n"
    )
    assert (2, "", told) == (ran.exit_code, ran.stdout, ran.stderr)
