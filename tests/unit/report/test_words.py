"""Every code that a person could meet has words."""

from enum import StrEnum

import pytest

from fhir_trd.model.records import StopReason
from fhir_trd.model.trials import AugmentationAnswer, Link, Place, Purpose, Response
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Result
from fhir_trd.report import words

CODES = (
    "dose_below_min", "dose_unknown", "too_short", "duration_unknown", "ongoing_insufficient", "intent_other",
    "intent_unknown", "previous_episode", "episode_unknown", "responded", "remitted", "partial_only", "intolerance",
    "not_taken", "adherence_poor", "adherence_unknown", "outcome_unknown", "same_ingredient_as", "same_class_as",
    "loss_of_response", "non_oral", "dose_age", "as_needed", "outcome_confounded", "low_baseline", "combination",
    "diagnosis_unconfirmed", "dose_from_text", "ongoing_failed", "not_a_trial_drug", "outcome_conflict",
)  # fmt: skip
"""The reason codes of the JSON contract, and those that the rules give besides."""


@pytest.mark.parametrize("code", CODES)
def test_every_reason_code_of_the_contract_has_words(code: str) -> None:
    """No reason code is shown as it stands."""
    assert code in words.REASONS


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (Result, words.RESULTS),
        (Response, words.RESPONSES),
        (StopReason, words.STOPS),
        (Truth, words.ANSWERS),
        (Truth, words.HOLDS),
        (Link, words.LINKS),
        (Place, words.PLACES),
        (Purpose, words.PURPOSES),
        (AugmentationAnswer, words.AUGMENTATIONS),
    ],
)
def test_every_member_of_an_enum_has_words(kind: type[StrEnum], table: dict[StrEnum, str]) -> None:
    """Each table of words covers its enum."""
    assert set(kind) == set(table)


def test_the_other_trial_is_named() -> None:
    """A reason that points to another trial keeps its name."""
    assert "same class as sertraline-1; outcome not recorded" == words.reasons(("same_class_as:sertraline-1", "outcome_unknown"))
