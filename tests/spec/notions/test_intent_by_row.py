"""The intent filter row by row: the usual other reasons for each drug, recorded, or only there beside it."""

import pytest

from fhir_trd.model.trials import Purpose
from tests.factory.judging import adequate, trial, trials
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import MDD, spec
from tests.factory.table import rows

LOW = rows("""
    drug          | mg/day
    trazodone     | 100
    amitriptyline | 75
    nortriptyline | 50
    imipramine    | 75
    doxepin       | 75
    doxepin       | 6
    mirtazapine   | 7.5
    """)

# With an active depression: what the recorded reason leaves, and what the condition leaves that nobody gave as the reason.
REASONS = rows("""
    drug          | mg/day | reason  | with reason | beside it
    bupropion     | 300    | Z72.0   | other       | unknown
    bupropion     | 300    | Z87.891 | other       | unknown
    duloxetine    | 60     | G62.9   | other       | unknown
    duloxetine    | 60     | M54.5   | other       | unknown
    duloxetine    | 60     | N39.3   | other       | unknown
    milnacipran   | 100    | M79.7   | other       | unknown
    venlafaxine   | 150    | N95.1   | other       | unknown
    paroxetine    | 20     | N95.1   | other       | unknown
    clomipramine  | 150    | F42.2   | unknown     | unknown
    fluvoxamine   | 100    | F42.2   | unknown     | unknown
    sertraline    | 200    | F42.2   | unknown     | unknown
    fluoxetine    | 60     | F50.2   | unknown     | unknown
    fluoxetine    | 20     | F32.81  | other       | unknown
    sertraline    | 50     | F32.81  | other       | unknown
    paroxetine    | 25     | F32.81  | other       | unknown
    sertraline    | 100    | F41.0   | unknown     | unknown
    sertraline    | 100    | F43.10  | unknown     | unknown
    escitalopram  | 10     | F40.10  | unknown     | unknown
    imipramine    | 150    | N39.44  | other       | unknown
    imipramine    | 150    | F98.0   | other       | unknown
    amitriptyline | 150    | K58.9   | other       | unknown
    """)


def purpose(row: dict[str, str], reason: str, conditions: str) -> Purpose:
    """What three months of a drug were for."""
    found = spec(
        f"""
        drug          | from       | to         | mg/day          | for
        {row["drug"]} | 2024-01-01 | 2024-03-31 | {row["mg/day"]} | {reason}
        """,
        conditions=conditions,
    )
    return trial(found, row["drug"]).intent.purpose


@pytest.mark.parametrize("row", LOW, ids=lambda row: f"{row['drug']} {row['mg/day']}")
def test_the_usual_dose_for_another_purpose_is_never_adequate(row: dict[str, str]) -> None:
    """Doses for sleep, pain, appetite or nausea are below the minimum, whatever the reason."""
    found = spec(f"""
        drug          | from       | to         | mg/day
        {row["drug"]} | 2024-01-01 | 2024-03-31 | {row["mg/day"]}
        """)
    assert adequate(found, row["drug"]) == (0, 0)


@pytest.mark.parametrize("row", REASONS, ids=lambda row: f"{row['drug']}, {row['reason']}")
def test_a_recorded_reason_decides_row_by_row(row: dict[str, str]) -> None:
    """A reason that is never depression rules it out; one that the same drug treats beside depression leaves it open."""
    assert purpose(row, row["reason"], MDD) == Purpose(row["with reason"])


@pytest.mark.parametrize("row", REASONS, ids=lambda row: f"{row['drug']}, {row['reason']}")
def test_a_condition_beside_the_drug_leaves_the_purpose_open(row: dict[str, str]) -> None:
    """Where no reason is recorded and both conditions are there, nobody knows."""
    assert purpose(row, "", f"{MDD}; {row['reason']} onset 2023-01-01") == Purpose(row["beside it"])


@pytest.mark.parametrize("row", REASONS, ids=lambda row: f"{row['drug']}, {row['reason']}")
def test_without_depression_another_reason_rules_it_out(row: dict[str, str]) -> None:
    """With a depression that began only later, the reason alone decides."""
    assert purpose(row, row["reason"], "F33.1 onset 2024-06-01") == Purpose.OTHER


@pytest.mark.parametrize("row", REASONS, ids=lambda row: f"{row['drug']}, {row['reason']}")
def test_a_depression_reason_outweighs_row_by_row(row: dict[str, str]) -> None:
    """A depression given as the reason decides, whatever else is there."""
    assert purpose(row, "F33.1", f"{MDD}; {row['reason']} onset 2023-01-01") == Purpose.DEPRESSION


def test_an_obesity_tablet_is_for_obesity() -> None:
    """Bupropion with naltrexone was given for the weight."""
    assert purpose({"drug": "bupropion", "mg/day": "300"}, "E66.9", MDD) == Purpose.OTHER


def test_the_small_doxepin_tablet_is_for_sleep_by_its_code() -> None:
    """The 3 mg tablet needs no brand to tell what it is for."""
    tablet: Json = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "completed",
        "subject": PATIENT,
        "medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "966787"}]},
        "effectivePeriod": {"start": "2024-01-01", "end": "2024-03-31"},
    }
    assert trial(spec("", more=(tablet,)), "doxepin").intent.purpose == Purpose.OTHER


def test_dapoxetine_is_no_antidepressant_trial() -> None:
    """A drug taken on demand for something else makes no trial."""
    found = spec("""
        drug       | from       | to         | mg/day | by
        dapoxetine | 2024-01-01 | 2024-03-31 | 30     | text
        """)
    assert found.history.trials == ()


@pytest.mark.parametrize(("second", "expected"), [("2024-06-29", Purpose.OTHER), ("2024-06-30", Purpose.ASSUMED)])
def test_a_sibling_lends_its_reason_for_ninety_days(second: str, expected: Purpose) -> None:
    """The reason of a course that ended on 31 March holds for one begun within 90 days, and no longer."""
    found = spec(f"""
        drug        | from       | to         | mg/day | for
        duloxetine  | 2024-01-01 | 2024-03-31 | 60     | M54.5
        duloxetine  | {second}   | 2024-09-30 | 60     |
        """)
    assert trials(found, "duloxetine")[-1].intent.purpose == expected
