"""When the outcome must be unknown, what is only advice, and what a baseline may be."""

import json

import pytest

from fhir_trd.model.trials import Outcome
from fhir_trd.model.truth import Truth
from tests.factory.findings import PHQ9_ITEMS
from tests.factory.judging import improvement, judgement, outcome, trial
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import spec

SERTRALINE = """
    drug       | from       | to         | mg/day | stop
    sertraline | 2024-01-01 | 2024-03-31 | 100    | {stop}
    """


def went(scores: str, *, stop: str = "", more: tuple[Json, ...] = ()) -> Outcome:
    """The outcome of three months of sertraline."""
    return outcome(spec(SERTRALINE.format(stop=stop), scores=scores, more=more), "sertraline")


def answers(day: str, missing: int) -> tuple[Json, ...]:
    """A PHQ-9 of twos, answer by answer, with some of them missing."""
    return tuple(
        {
            "resourceType": "Observation",
            "id": f"item-{number}",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "subject": PATIENT,
            "effectiveDateTime": day,
            "valueInteger": 2,
        }
        for number, code in enumerate(PHQ9_ITEMS[missing:], start=missing + 1)
    )


@pytest.mark.parametrize(("missing", "percent"), [(0, 10.0), (1, 10.0), (2, 10.0), (3, None)])
def test_one_or_two_missing_answers_are_filled_in(missing: int, percent: float | None) -> None:
    """A PHQ-9 with up to two answers missing is estimated, with three it tells no total."""
    found = spec(SERTRALINE.format(stop=""), scores="2023-12-31 = 20", more=answers("2024-03-15", missing))
    assert improvement(found, "sertraline") == percent


def stay(reason: str) -> Json:
    """A stay in hospital in March 2024 for that reason."""
    return {
        "resourceType": "Encounter",
        "id": "stay",
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": PATIENT,
        "period": {"start": "2024-03-10", "end": "2024-03-20"},
        "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": reason}]}],
    }


@pytest.mark.parametrize(("reason", "percent"), [("S72.001A", None), ("F33.1", 10.0)])
def test_a_score_taken_in_hospital_for_something_else_tells_nothing(reason: str, percent: float | None) -> None:
    """A questionnaire filled in with a broken leg is not used; one of a stay for the depression is."""
    found = spec(SERTRALINE.format(stop=""), scores="2023-12-31 = 20; 2024-03-15 = 18", more=(stay(reason),))
    assert improvement(found, "sertraline") == percent


@pytest.mark.parametrize(
    ("stop", "last", "because"),
    [
        ("lack", 6, ""),
        ("lack", 5, "outcome_conflict"),
        ("remission", 14, ""),
        ("remission", 15, "outcome_conflict"),
        ("partial", 19, ""),
        ("partial", 20, "outcome_conflict"),
    ],
)
def test_a_reason_far_from_the_scores_is_a_conflict(stop: str, last: int, because: str) -> None:
    """A stated reason 25 points of percentage or more beyond the scores leaves the outcome unknown, by name."""
    assert went(f"2023-12-31 = 20; 2024-03-15 = {last}", stop=stop).because == because


def test_a_conflict_leaves_the_trial_open() -> None:
    """Neither the scores nor the reason is believed alone."""
    found = spec(SERTRALINE.format(stop="lack"), scores="2023-12-31 = 20; 2024-03-15 = 5")
    said = judgement(found, "sertraline")
    assert (said.answer, "outcome_conflict" in said.reasons) == (Truth.MAYBE, True)


def test_the_early_check_decides_nothing() -> None:
    """No improvement between day 14 and day 28 is advice to look; the later score tells the outcome."""
    assert went("2023-12-31 = 20; 2024-01-20 = 20; 2024-03-15 = 8").response == "response"
    assert went("2023-12-31 = 20; 2024-01-20 = 20").because == "outcome_unknown"


def test_the_last_score_of_one_trial_is_the_baseline_of_the_next() -> None:
    """A score within 30 days before the second drug opens it, whatever drug it was taken on."""
    found = spec(
        """
        drug        | from       | to         | mg/day
        sertraline  | 2024-01-01 | 2024-03-31 | 100
        venlafaxine | 2024-04-01 | 2024-06-30 | 150
        """,
        scores="2023-12-31 = 20; 2024-03-25 = 18; 2024-06-15 = 9",
    )
    assert (improvement(found, "sertraline"), improvement(found, "venlafaxine")) == (10.0, 50.0)


@pytest.mark.parametrize("percent", [100, 150])
def test_a_dose_raised_is_the_same_trial(percent: int) -> None:
    """Optimisation is no new trial, and the days at either dose count together."""
    found = spec(f"""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-02-15 | 50
                   | 2024-02-16 | 2024-03-31 | {percent}
        """)
    only = trial(found, "sertraline")
    assert (only.adequate.least, only.max_dose) == (91, percent)


def test_json_holds_what_a_vague_score_left_out() -> None:
    """A score known to the year is listed as a score, and tells no outcome."""
    found = spec(SERTRALINE.format(stop=""), scores="2023-12-31 = 20; 2024 = 18")
    assert (len(found.history.scores), outcome(found, "sertraline").response) == (2, "unknown")
    assert json.dumps([score.value for score in found.history.scores]) == "[20.0, 18.0]"
