"""Exclusions: diagnoses under which treatment-resistant depression is not a question."""

import pytest

from fhir_trd.model.verdicts import Assessment, Severity
from tests.factory.findings import condition
from tests.factory.judging import SIX, cell, cells, trial
from tests.factory.spec import MDD, spec

TWO_FAILURES = """
    drug        | from       | to         | mg/day | stop | for
    sertraline  | 2024-01-01 | 2024-03-31 | 100    | lack | F33.1
    venlafaxine | 2024-04-01 | 2024-06-30 | 150    | lack | F33.1
    """
ONE_FAILURE = """
    drug        | from       | to         | mg/day | stop | for
    sertraline  | 2024-01-01 | 2024-03-31 | 100    | lack | F33.1
    """
SCORES = "2023-12-31 = 20; 2024-03-20 = 19; 2024-06-20 = 18"


def with_also(diagnosis: str, drugs: str = TWO_FAILURES) -> Assessment:
    """Someone who also has this diagnosis."""
    return spec(drugs, conditions=f"{MDD}; {diagnosis}", scores=SCORES)


@pytest.mark.parametrize(
    "diagnosis",
    [
        "F31.81 onset 2020-01-01",
        "F31.9 onset 2010 resolved",
        "F30.2 onset 2012",
        "F34.0 onset 2012",
        "F20.0 onset 2015",
        "F25.1 onset 2015",
    ],
)
def test_a_confirmed_exclusion_dominates_every_set(diagnosis: str) -> None:
    """Bipolar disorder at any time, mania, cyclothymia and the schizophrenia spectrum exclude; the counts stay as they are."""
    assert cells(with_also(diagnosis)) == dict.fromkeys(SIX, "excluded 2/2")


def test_an_excluded_person_still_has_a_trial_table() -> None:
    """An exclusion does not hide the trials."""
    found = with_also("F31.81 onset 2020-01-01")
    assert [trial(found, drug).drug.ingredient for drug in ("sertraline", "venlafaxine")] == ["sertraline", "venlafaxine"]


@pytest.mark.parametrize("doubt", ["provisional", "differential", "unconfirmed"])
def test_a_suspected_exclusion_opens_what_was_met(doubt: str) -> None:
    """A suspected exclusion makes a met verdict indeterminate, and leaves one that is not met."""
    suspected = f"F31.81 onset 2020-01-01 {doubt}"
    assert cell(with_also(suspected)) == "indeterminate 2/2"
    assert cell(with_also(suspected, ONE_FAILURE)) == "not-met 1/1"


def test_a_suspected_exclusion_is_flagged() -> None:
    """A suspected bipolar disorder is shown to the clinician, not only left to the verdict."""
    found = with_also("F31.81 onset 2020-01-01 provisional")
    assert Severity.REVIEW in {flag.severity for flag in found.flags}


@pytest.mark.parametrize("voided", ["refuted", "entered-in-error"])
def test_a_refuted_exclusion_is_as_if_absent(voided: str) -> None:
    """A refuted diagnosis excludes nobody."""
    assert cell(with_also(f"F31.81 onset 2020-01-01 {voided}")) == "met 2/2"


def test_a_diagnosis_without_verification_is_confirmed() -> None:
    """A diagnosis that says nothing about its certainty is confirmed."""
    bare = {key: value for key, value in condition("F31.81 onset 2020-01-01", 9).items() if key != "verificationStatus"}
    assert cell(spec(TWO_FAILURES, scores=SCORES, more=(bare,))) == "excluded 2/2"


@pytest.mark.parametrize(
    "diagnosis", ["F41.1 onset 2020", "F10.20 onset 2019", "F03.90 onset 2023", "E03.9 onset 2018", "F60.3 onset 2010"]
)
def test_other_illnesses_do_not_exclude(diagnosis: str) -> None:
    """Anxiety, substance use, dementia, thyroid and personality disorders are no exclusions."""
    assert cell(with_also(diagnosis)) == "met 2/2"


def test_psychotic_depression_is_depression() -> None:
    """Depression with psychotic features is not excluded."""
    assert cell(spec(TWO_FAILURES, conditions="F33.3 onset 2023-12-01", scores=SCORES)) == "met 2/2"
