"""The tables, as a reader asks for them."""

from pathlib import Path

import pytest

from fhir_trd.knowledge.catalogue import list_entries
from tests.cli.running import MET, run


def test_the_tables_are_listed_with_their_marks() -> None:
    """mappings list names every table, and how many of its values are known in which way."""
    shown = run("mappings", "list").stdout

    assert [] == [word for word in ("drugs.toml", "criteria/consensus.toml", "needs-review", "our-choice") if word not in shown]


def test_the_values_of_one_table_are_listed() -> None:
    """mappings list TABLE shows the values of that table, and only of that."""
    shown = run("mappings", "list", "drugs").stdout

    assert "sertraline" in shown
    assert "phq-9" not in shown


def test_the_values_of_one_mark_are_listed() -> None:
    """mappings list --mark shows the values known in that way, and no other."""
    shown = run("mappings", "list", "drugs", "--mark", "our-choice").stdout

    assert "our-choice" in shown
    assert "recalled" not in shown


def test_an_entry_is_shown_with_its_sources() -> None:
    """mappings show names the value, unit, mark, source and check date of every value of an entry."""
    shown = run("mappings", "show", "sertraline").stdout

    assert [] == [word for word in ("50 mg/day", "mgh-atrq-form-2023", "SSRI", "2026-") if word not in shown]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["show", "aspirin"], "fhir-trd: found no entry 'aspirin', wanted one that `fhir-trd mappings list TABLE` shows\n"),
        (["list", "drinks"], "fhir-trd: found no table 'drinks', wanted one that `fhir-trd mappings list` shows\n"),
    ],
)
def test_what_is_not_there_is_refused(asked: list[str], told: str) -> None:
    """An entry or a table that does not exist is a mistake of the caller."""
    ran = run("mappings", *asked)

    assert (2, "", told) == (ran.exit_code, ran.stdout, ran.stderr)


def test_valid_tables_are_said_to_be_valid() -> None:
    """mappings check counts the values and tables on stderr, and writes nothing where nothing was asked for."""
    ran = run("mappings", "check")

    assert (0, "") == (ran.exit_code, ran.stdout)
    assert ran.stderr.endswith(" tables are valid\n")


def test_the_list_for_a_clinician_to_sign_goes_file_by_file() -> None:
    """--mark needs-review shows each file with its values, units, sources and places, and a line to sign below it."""
    shown = run("mappings", "check", "--mark", "needs-review")
    heads = [line for line in shown.stdout.splitlines() if line.startswith("What")]
    one = shown.stdout.partition("criteria/delphi.toml: ")[2].partition("Compared with the sources by ____")[0]

    assert {("What", "Value", "Unit", "Source", "Place", "Checked")} == {tuple(line.split()) for line in heads}
    assert [] == [word for word in ("distinct_by", "ingredient", "word", "sforzini-2022", "table 1", "2026-") if word not in one]
    assert "criteria/consensus.toml" not in shown.stdout


def test_values_due_for_another_look_are_listed() -> None:
    """--older-than lists the values whose last check is longer ago than that."""
    late = run("mappings", "check", "--older-than", "365d", "--as-of", "2036-01-01")
    soon = run("mappings", "check", "--older-than", "36500d", "--as-of", "2036-01-01")

    assert "Checked" in late.stdout
    assert ("", "0 of them need another look") == (soon.stdout, soon.stderr.splitlines()[-1])


def test_an_age_is_a_number_of_days() -> None:
    """An age that is no number of days is a mistake of the caller."""
    ran = run("mappings", "check", "--older-than", "a year")

    assert 2 == ran.exit_code
    assert "found 'a year', wanted a number of days such as 365d" in ran.stderr


def test_faults_of_a_users_table_are_all_named(tmp_path: Path) -> None:
    """mappings check of a faulty folder ends with code 4 and names every fault."""
    (tmp_path / "scales.toml").write_text("[one]\nname = 1\n[two]\nname = 2\n")

    ran = run("mappings", "check", "--mappings", tmp_path)

    assert 4 == ran.exit_code
    assert "scales.toml.one." in ran.stderr
    assert "scales.toml.two." in ran.stderr


def test_a_set_that_cannot_be_evaluated_is_refused_with_the_reason() -> None:
    """Asking for a set whose table nobody could read is a usage error that says so; nothing is judged."""
    ran = run("evaluate", MET, "--criteria", "athf-sf")
    told = (
        "fhir-trd: found the criteria set 'athf-sf', which cannot be evaluated: its table of minimum doses could not be read; "
        "it is filled in once a person with the paper has done so\n"
    )
    assert (2, "", told) == (ran.exit_code, ran.stdout, ran.stderr)


@pytest.mark.parametrize("name", ["athf-sf", "athf-lf"])
def test_a_set_that_cannot_be_evaluated_is_listed_with_the_reason(name: str) -> None:
    """A refused criteria set stands in the list of the sets and can be shown: why, and what it waits for."""
    listed = [row for row in list_entries("criteria") if row.name == "refused"]
    assert name in [row.table.rpartition("/")[2].removesuffix(".toml") for row in listed]
    ran = run("mappings", "show", name)
    assert 0 == ran.exit_code
    assert "about refused" in ran.stdout
    assert "could not be read" in " ".join(ran.stdout.split())
