"""Kidneys and liver: with either impaired, half the adult minimum dose is left open instead of denied."""

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.judging import adequate, judgement
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import MDD, spec


def filtration(value: float, day: str, number: int = 1) -> Json:
    """An estimated filtration rate on a day."""
    return {
        "resourceType": "Observation",
        "id": f"egfr-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
        "subject": PATIENT,
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "code": "mL/min/{1.73_m2}"},
    }


def days(dose: str, conditions: str = "", *more: Json) -> tuple[int, int]:
    """The days at an adequate dose of sixty days of sertraline."""
    table = f"""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-02-29 | {dose}
        """
    return adequate(spec(table, conditions=f"{MDD}; {conditions}", more=more), "sertraline")


@pytest.mark.parametrize("code", ["K72.10", "K74.60", "K70.30", "N18.4", "N18.5", "N18.6"])
def test_half_the_minimum_is_open_with_an_impaired_organ(code: str) -> None:
    """Cirrhosis, failure of the liver or severe kidney disease: 25 mg may be enough, 12.5 mg is not."""
    impaired = f"{code} onset 2020-01-01"
    assert (days("25", impaired), days("12.5", impaired), days("50", impaired)) == ((0, 60), (0, 0), (60, 60))


@pytest.mark.parametrize("code", ["K76.0", "N18.3", "K73.9"])
def test_a_milder_disease_changes_no_dose(code: str) -> None:
    """A fatty liver or a kidney disease of stage 3 leaves the adult minimum as it is."""
    assert days("25", f"{code} onset 2020-01-01") == (0, 0)


@pytest.mark.parametrize("status", ["inactive", "remission", "resolved"])
def test_an_organ_that_has_recovered_changes_no_dose(status: str) -> None:
    """Cirrhosis that is inactive, in remission or resolved leaves the adult minimum as it is."""
    assert days("25", f"K74.60 {status} onset 2020-01-01") == (0, 0)


@pytest.mark.parametrize(("value", "expected"), [(29, (0, 60)), (30, (0, 0))])
def test_a_filtration_rate_below_thirty_counts(value: float, expected: tuple[int, int]) -> None:
    """Below 30 the dose is open; at 30 the adult minimum holds."""
    assert days("25", "", filtration(value, "2023-12-01")) == expected


def test_a_low_rate_holds_until_the_next() -> None:
    """Once the kidneys have recovered the adult minimum holds again."""
    rates = (filtration(20, "2023-12-01"), filtration(60, "2024-01-31", number=2))
    assert days("25", "", *rates) == (0, 30)


@pytest.mark.parametrize(
    ("low", "recovered", "expected"),
    [
        ("2024-01", "2024-01-11", (0, 60)),
        ("2024-01", "2024-02-11", (0, 41)),
        ("2023", "2023-12-01", (0, 60)),
        ("2023-12-01", "2024-01", (0, 30)),
        ("2023-12-01", "2023-12-01", (0, 60)),
    ],
)
def test_a_low_rate_ends_only_at_one_that_surely_follows(low: str, recovered: str, expected: tuple[int, int]) -> None:
    """A normal rate that may have come before the low one, or on the same day, does not end it; a vague one ends it late."""
    assert days("25", "", filtration(20, low), filtration(60, recovered, number=2)) == expected


def test_the_reason_names_the_organs() -> None:
    """The judgement says why it stays open."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-29 | 25     | lack
        """,
        more=(filtration(20, "2023-12-01"),),
    )
    said = judgement(found, "sertraline")
    assert (said.answer, "dose_impaired" in said.reasons) == (Truth.MAYBE, True)
