"""fhir-trd study as people run it: what is shown, what is written, and how it ends."""

from pathlib import Path

import pytest

from tests.cli.running import lines, person, run, statement

FILES = ["attrition.csv", "attrition.parquet", "codebook.csv", "codebook.parquet", "prevalence.csv", "prevalence.parquet"]


@pytest.fixture(name="judged")
def judged_(tmp_path: Path) -> Path:
    """What bulk left behind of two people, one of whom took an antidepressant."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "all.ndjson").write_bytes(lines(person("1"), person("2"), statement(patient="2")))
    run("bulk", folder, "-o", tmp_path / "out", "--as-of", "2024-06-30")
    return tmp_path / "out"


def test_the_page_goes_to_stdout_and_the_tables_below_the_folder(judged: Path) -> None:
    """The page begins with how many people on which day and ends with what it is not; stderr says where the tables are."""
    ran = run("study", judged)

    assert (0, f"tables are in {judged / 'study'}") == (ran.exit_code, ran.stderr.rstrip("\n"))
    assert "2 people as of 2024-06-30" == ran.stdout.splitlines()[0]
    assert "Flags for clinician review, counted; not diagnoses." == ran.stdout.splitlines()[-1]
    assert FILES == sorted(path.name for path in (judged / "study").iterdir())


def test_the_grid_is_one_more_table(judged: Path, tmp_path: Path) -> None:
    """With --grid there is a table of all combinations, in the folder that was named."""
    ran = run("study", judged, "--grid", "-o", tmp_path / "there")

    assert 0 == ran.exit_code
    assert "consensus with one number changed" in ran.stdout
    assert sorted([*FILES, "grid.csv", "grid.parquet"]) == sorted(path.name for path in (tmp_path / "there").iterdir())
    assert not (judged / "study").exists()


def test_a_second_time_the_tables_are_written_over(judged: Path) -> None:
    """A study can be repeated: it writes the same tables again."""
    first = run("study", judged)

    assert (0, first.stdout) == ((again := run("study", judged)).exit_code, again.stdout)


def test_what_cannot_be_counted_ends_with_2(judged: Path, tmp_path: Path) -> None:
    """A folder that bulk did not write is refused, and nothing is written."""
    ran = run("study", tmp_path / "in", "-o", tmp_path / "study")

    assert (2, True) == (ran.exit_code, "found no run.json, wanted what a finished `fhir-trd bulk` left behind" in ran.stderr)
    assert not (tmp_path / "study").exists()
    assert judged.exists()
