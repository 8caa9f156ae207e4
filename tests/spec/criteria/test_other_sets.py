"""Where the other sets differ from the default: adherence, duration, improvement, classes and intolerance."""

import pytest

from tests.factory.judging import cell, cells, judgement, verdict
from tests.factory.spec import spec
from tests.factory.table import rows

ONE_TRIAL = rows("""
    case                    | to         | last | stop        | consensus | fda | ema | delphi | cigna-esketamine | medicare-tms
    four weeks              | 2024-01-28 | 19   | lack        | no        | no  | no  | yes    | no               | no
    six weeks               | 2024-02-11 | 19   | lack        | yes       | yes | yes | yes    | yes              | yes
    a quarter better        | 2024-02-11 | 15   | lack        | yes       | yes | yes | no     | yes              | yes
    a third better          | 2024-02-11 | 13   | lack        | yes       | yes | yes | no     | no               | yes
    half better             | 2024-02-11 | 10   | lack        | no        | no  | no  | no     | no               | no
    not tolerated, day 10   | 2024-01-10 | 19   | intolerance | no        | no  | no  | no     | no               | yes
    not tolerated, week six | 2024-02-11 | 19   | intolerance | yes       | yes | yes | yes    | yes              | yes
    """)
SETS = ("consensus", "fda", "ema", "delphi", "cigna-esketamine", "medicare-tms")


@pytest.mark.parametrize("row", ONE_TRIAL, ids=lambda row: row["case"])
def test_each_set_judges_one_trial_by_its_own_rules(row: dict[str, str]) -> None:
    """Four or six weeks, half or a quarter better, tolerated or not: each set draws its own line."""
    found = spec(
        f"""
        drug       | from       | to          | mg/day | stop
        sertraline | 2024-01-01 | {row["to"]} | 100    | {row["stop"]}
        """,
        scores=f"2023-12-31 = 20; 2024-02-11 = {row['last']}",
    )
    assert {one: str(judgement(found, "sertraline", one).answer) for one in SETS} == {one: row[one] for one in SETS}


def test_one_failure_is_enough_for_magnetic_stimulation() -> None:
    """One failed or not tolerated drug meets the drug-trial part of the coverage rule, and none of the others."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
        """)
    assert {one: said.split()[0] for one, said in cells(found).items() if said.startswith("met")} == {"medicare-tms": "met"}


@pytest.mark.parametrize(("code", "severe"), [("F33.2", "yes"), ("F33.1", "no")])
def test_severity_is_a_line_of_the_checklist(code: str, severe: str) -> None:
    """Whether severe depression is documented is shown for the coverage rule and does not decide it."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
        """,
        conditions=f"{code} onset 2023-12-01",
        scores="2023-12-31 = 18; 2024-03-20 = 17",
    )
    (line,) = [finding for finding in verdict(found, "medicare-tms").findings if finding.informs_only]
    assert (str(line.truth), cell(found, "medicare-tms")) == (severe, "met 1/1")


def test_adherence_must_be_affirmed_for_the_european_guideline() -> None:
    """Orders alone leave the European guideline open where the others are met."""
    found = spec(
        """
        drug        | from       | to         | mg/day | stop | as
        sertraline  | 2024-01-01 | 2024-03-31 | 100    | lack | request
        venlafaxine | 2024-04-01 | 2024-06-30 | 150    | lack | request
        """,
        adherence="unknown",
    )
    assert (cell(found, "ema"), cell(found, "fda")) == ("indeterminate 0/2", "met 2/2")
