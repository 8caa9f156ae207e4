"""Adherence: how it is known, and which sets ask for it."""

import pytest

from fhir_trd.model.records import Adherence
from fhir_trd.model.truth import Truth
from tests.factory.drugs import drug_concept
from tests.factory.judging import SIX, judgement, trial
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import spec

COURSE = """
    drug       | from       | to         | mg/day | stop
    sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
    """

# 90 days of supply in 110 days: 82 percent
WELL_COVERED = """
    drug       | from       | to         | mg/day | as
    sertraline | 2024-01-01 | 2024-01-30 | 100    | dispense 30
    sertraline | 2024-02-10 | 2024-03-10 | 100    | dispense 30
    sertraline | 2024-03-21 | 2024-04-19 | 100    | dispense 30
    """

# 90 days of supply in 118 days: 76 percent
ILL_COVERED = """
    drug       | from       | to         | mg/day | as
    sertraline | 2024-01-01 | 2024-01-30 | 100    | dispense 30
    sertraline | 2024-02-14 | 2024-03-14 | 100    | dispense 30
    sertraline | 2024-03-29 | 2024-04-27 | 100    | dispense 30
    """

SCORES = "2023-12-31 = 20; 2024-04-15 = 18"


@pytest.mark.parametrize("criteria", SIX)
def test_poor_adherence_counts_nowhere(criteria: str) -> None:
    """A drug that is known not to have been taken as directed is no failed trial in any set."""
    said = judgement(spec(COURSE, adherence="poor", scores="2023-12-31 = 20; 2024-03-15 = 19"), "sertraline", criteria)
    assert (said.answer, "adherence_poor" in said.reasons) == (Truth.NO, True)


@pytest.mark.parametrize("criteria", SIX)
def test_only_one_set_asks_for_proven_adherence(criteria: str) -> None:
    """Where nobody wrote how the drug was taken, the set that needs it affirmed says maybe, the others yes."""
    said = judgement(spec(COURSE, adherence="unknown", scores="2023-12-31 = 20; 2024-03-15 = 19"), "sertraline", criteria)
    assert said.answer == (Truth.MAYBE if criteria == "ema" else Truth.YES)
    assert "adherence_unknown" in said.reasons


def test_a_statement_alone_tells_nothing_about_adherence() -> None:
    """That a drug was stated does not say how well it was taken."""
    assert trial(spec(COURSE, adherence="unknown"), "sertraline").adherence.answer == Adherence.UNKNOWN


def test_enough_dispensed_days_are_good_adherence() -> None:
    """Supply for at least 80 percent of the days is good adherence, enough for the set that asks for it."""
    found = spec(WELL_COVERED, scores=SCORES)
    assert trial(found, "sertraline").adherence.answer == Adherence.GOOD
    assert judgement(found, "sertraline", "ema").answer == Truth.YES


def test_too_few_dispensed_days_are_poor_adherence() -> None:
    """Supply for less than 80 percent of the days is poor adherence, and the trial does not count."""
    found = spec(ILL_COVERED, scores=SCORES)
    assert trial(found, "sertraline").adherence.answer == Adherence.POOR
    assert judgement(found, "sertraline").answer == Truth.NO


def test_a_pause_between_statements_is_no_poor_adherence() -> None:
    """Days without a record lower the days at the minimum dose, not the adherence that was reported."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-01-30 | 100    |
        sertraline | 2024-02-25 | 2024-04-30 | 100    | lack
        """)
    assert trial(found, "sertraline").adherence.answer == Adherence.GOOD


def test_sessions_in_a_clinic_are_no_poor_adherence() -> None:
    """Eight sessions of a spray that is given twice a week are not a drug taken on eight days of 25."""
    sessions = tuple(_session(number, day) for number, day in enumerate((1, 4, 8, 11, 15, 18, 22, 25), start=1))
    assert trial(spec("drug | from | to", more=sessions), "esketamine").adherence.answer != Adherence.POOR


def _session(number: int, day: int) -> Json:
    return {
        "resourceType": "MedicationAdministration",
        "id": f"session-{number}",
        "status": "completed",
        "medicationCodeableConcept": drug_concept("esketamine", "rxnorm", with_strength=False),
        "subject": PATIENT,
        "effectiveDateTime": f"2024-07-{day:02d}",
        "dosage": {"dose": {"value": 84, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}},
    }
