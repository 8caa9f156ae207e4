"""Purpose: the same drug may be taken for something else than depression."""

import pytest

from fhir_trd.model.trials import Purpose
from fhir_trd.model.truth import Truth
from tests.factory.judging import judgement, trial
from tests.factory.spec import MDD, spec
from tests.factory.table import rows

RECORDED = rows("""
    drug          | mg/day | for               | depression | purpose
    sertraline    | 100    | F33.1             | yes        | depression
    sertraline    | 100    | F33.1             | no         | depression
    sertraline    | 100    | depression        | yes        | depression
    sertraline    | 100    |                   | yes        | depression-assumed
    sertraline    | 100    |                   | no         | unknown
    sertraline    | 100    | F41.1             | yes        | unknown
    bupropion     | 300    |                   | yes        | depression-assumed
    bupropion     | 300    | F17.210           | yes        | other
    bupropion     | 300    | smoking cessation | yes        | other
    bupropion     | 300    | F33.1             | yes        | depression
    duloxetine    | 60     | M79.7             | yes        | other
    amitriptyline | 150    | neuropathic pain  | yes        | other
    trazodone     | 300    | insomnia          | yes        | other
    clomipramine  | 150    | F42.2             | yes        | unknown
    clomipramine  | 150    | F42.2             | no         | other
    fluoxetine    | 60     | F50.2             | yes        | unknown
    fluoxetine    | 60     | F50.2             | no         | other
    fluoxetine    | 20     | F32.81            | yes        | other
    paroxetine    | 20     | N95.1             | yes        | other
    """)

COMPETING = rows("""
    drug       | mg/day | also active | purpose
    bupropion  | 300    | F17.210     | unknown
    duloxetine | 60     | M79.7       | unknown
    sertraline | 100    | M79.7       | depression-assumed
    sertraline | 100    | F41.1       | unknown
    """)

BRANDS = rows("""
    brand     | ingredient
    Zyban     | bupropion
    Sarafem   | fluoxetine
    Brisdelle | paroxetine
    Silenor   | doxepin
    Contrave  | bupropion
    """)


def purpose_of(drug: str, dose: str, reason: str, conditions: str) -> Purpose:
    """What a three-month course was taken for."""
    found = spec(
        f"""
        drug   | from       | to         | mg/day | stop | for
        {drug} | 2024-01-01 | 2024-03-31 | {dose} | lack | {reason}
        """,
        conditions=conditions,
    )
    return trial(found, drug).intent.purpose


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row['drug']}, {row['for'] or 'none'}, {row['depression']}")
def test_the_recorded_reason_decides(row: dict[str, str]) -> None:
    """The reason on the record decides; without one an active depression is assumed to be it; else the purpose is unknown."""
    found = purpose_of(row["drug"], row["mg/day"], row["for"], MDD if row["depression"] == "yes" else "")
    assert found == Purpose(row["purpose"])


@pytest.mark.parametrize("row", COMPETING, ids=lambda row: f"{row['drug']}, {row['also active']}")
def test_a_competing_condition_leaves_the_purpose_open(row: dict[str, str]) -> None:
    """An active condition for which the drug is also used leaves the purpose open, if no reason is recorded."""
    found = purpose_of(row["drug"], row["mg/day"], "", f"{MDD}; {row['also active']} onset 2023-06-01")
    assert found == Purpose(row["purpose"])


@pytest.mark.parametrize("row", BRANDS, ids=lambda row: row["brand"])
def test_a_brand_for_another_use_tells_the_purpose(row: dict[str, str]) -> None:
    """Some brands are sold for one purpose only, which is not depression."""
    found = spec(f"""
        drug           | from       | to         | mg/day | by
        {row["brand"]} | 2024-01-01 | 2024-03-31 | 20     | text
        """)
    assert trial(found, row["ingredient"]).intent.purpose == Purpose.OTHER


def test_a_recorded_depression_outweighs_the_brand() -> None:
    """A smoking-cessation brand given for depression was given for depression."""
    found = spec("""
        drug  | from       | to         | mg/day | by   | for
        Zyban | 2024-01-01 | 2024-03-31 | 300    | text | F33.1
        """)
    assert trial(found, "bupropion").intent.purpose == Purpose.DEPRESSION


def test_anxiety_before_the_depression_began_is_another_purpose() -> None:
    """An SSRI begun for anxiety alone, before any depression, was not taken for depression."""
    assert purpose_of("sertraline", "100", "F41.1", "F33.1 onset 2024-03-20") == Purpose.OTHER


def test_the_reason_on_a_sibling_record_speaks_for_it() -> None:
    """A reason written on the order also holds for the statement of the same drug."""
    found = spec("""
        drug      | from       | to         | mg/day | for     | as
        bupropion | 2024-01-01 | 2024-03-31 | 300    | F17.210 | request
        bupropion | 2024-01-03 | 2024-03-31 | 300    |         | statement
        """)
    assert trial(found, "bupropion").intent.purpose == Purpose.OTHER


@pytest.mark.parametrize("doubt", ["provisional", "differential", "unconfirmed"])
def test_a_depression_not_yet_confirmed_leaves_the_purpose_open(doubt: str) -> None:
    """Under an unconfirmed diagnosis the purpose is unknown, and the reason says so."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
        """,
        conditions=f"F33.1 onset 2023-12-01 {doubt}",
    )
    said = judgement(found, "sertraline")
    assert trial(found, "sertraline").intent.purpose == Purpose.UNKNOWN
    assert (said.answer, "diagnosis_unconfirmed" in said.reasons) == (Truth.MAYBE, True)


@pytest.mark.parametrize("voided", ["refuted", "entered-in-error"])
def test_a_refuted_depression_is_as_if_absent(voided: str) -> None:
    """A refuted diagnosis, or one entered in error, explains no drug."""
    assert purpose_of("sertraline", "100", "", f"F33.1 onset 2023-12-01 {voided}") == Purpose.UNKNOWN


def test_a_drug_for_another_purpose_never_counts() -> None:
    """A trial for another purpose is a no, with that reason."""
    found = spec("""
        drug      | from       | to         | mg/day | stop | for
        bupropion | 2024-01-01 | 2024-03-31 | 300    | lack | F17.210
        """)
    said = judgement(found, "bupropion")
    assert (said.answer, said.reasons) == (Truth.NO, ("intent_other",))
