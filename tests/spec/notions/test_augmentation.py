"""Augmentation: another kind of drug on top of an antidepressant, and what it does to the outcome."""

import pytest

from fhir_trd.model.trials import AugmentationAnswer
from fhir_trd.model.truth import Truth
from tests.factory.judging import cell, improvement, judgement, outcome, trial
from tests.factory.spec import spec


def with_aripiprazole(until: str, *, sertraline: str = "100") -> tuple[str, ...]:
    """The augmentations of a sertraline trial to which aripiprazole was added in March."""
    found = spec(f"""
        drug         | from       | to         | mg/day
        sertraline   | 2024-01-01 | 2024-06-30 | {sertraline}
        aripiprazole | 2024-03-01 | {until}    | 5
        """)
    return tuple(one.drug.ingredient for one in trial(found, "sertraline").augmentations)


@pytest.mark.parametrize(("until", "added"), [("2024-03-13", ()), ("2024-03-14", ("aripiprazole",))])
def test_two_weeks_together_make_an_augmentation(until: str, added: tuple[str, ...]) -> None:
    """An added drug is an augmentation from 14 days together."""
    assert with_aripiprazole(until) == added


def test_only_an_adequate_antidepressant_can_be_augmented() -> None:
    """On top of a dose below the minimum nothing is augmented."""
    assert with_aripiprazole("2024-05-31", sertraline="25") == ()


@pytest.mark.parametrize(
    ("until", "dose", "answer"),
    [
        ("2024-05-31", "1", AugmentationAnswer.INADEQUATE_DOSE),
        ("2024-03-20", "5", AugmentationAnswer.INADEQUATE_DURATION),
        ("2024-05-31", "5", AugmentationAnswer.ADEQUATE_FAILED),
    ],
)
def test_an_augmentation_is_judged_by_dose_and_time(until: str, dose: str, answer: AugmentationAnswer) -> None:
    """Too low a dose, too short a time, or an adequate failure: each has its name."""
    found = spec(
        f"""
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-06-30 | 100    |
        aripiprazole | 2024-03-01 | {until}    | {dose} | lack
        """,
        scores="2023-12-31 = 22; 2024-02-28 = 18; 2024-05-30 = 17",
    )
    (added,) = trial(found, "sertraline").augmentations
    assert added.answer == answer


def test_quetiapine_for_sleep_is_no_augmentation() -> None:
    """A drug with another indication of its own is not counted as an augmentation."""
    found = spec("""
        drug       | from       | to         | mg/day | for
        sertraline | 2024-01-01 | 2024-06-30 | 100    |
        quetiapine | 2024-03-01 | 2024-05-31 | 50     | insomnia
        """)
    answers = {one.answer for one in trial(found, "sertraline").augmentations}
    assert answers <= {AugmentationAnswer.OTHER_INDICATION}


@pytest.mark.parametrize(("day", "percent"), [("2024-03-05", 10.0), ("2024-03-06", None)])
@pytest.mark.parametrize(
    ("row", "treatment"),
    [("aripiprazole | 2024-02-20 | 2024-05-31 | 5", ""), ("", "ect 2024-02-20"), ("", "psychotherapy 2024-02-20 2024-05-31")],
    ids=["aripiprazole", "ect", "psychotherapy"],
)
def test_a_second_treatment_clouds_the_outcome(row: str, treatment: str, day: str, percent: float | None) -> None:
    """A score more than 14 days after another treatment began no longer tells of the drug alone."""
    found = spec(
        f"""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-05-31 | 100
        {row}
        """,
        scores=f"2023-12-31 = 20; {day} = 18",
        treatments=treatment,
    )
    assert improvement(found, "sertraline") == percent


def test_a_clouded_outcome_is_a_maybe_even_if_the_reason_says_failure() -> None:
    """A confounded outcome leaves the trial open, whatever the reason for stopping."""
    found = spec(
        """
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-05-31 | 100    | lack
        aripiprazole | 2024-02-20 | 2024-05-31 | 5      |
        """,
        scores="2023-12-31 = 20; 2024-03-20 = 18",
    )
    said = judgement(found, "sertraline")
    assert (said.answer, "outcome_confounded" in said.reasons) == (Truth.MAYBE, True)
    assert outcome(found, "sertraline").because == "outcome_confounded"


def test_an_augmentation_is_no_second_trial() -> None:
    """A failed augmentation does not make one failed antidepressant two."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-06-30 | 100    | lack
        lithium    | 2024-03-01 | 2024-06-30 | 900    | lack
        """,
        scores="2023-12-31 = 20; 2024-02-28 = 18",
    )
    assert (cell(found, "consensus"), cell(found, "fda")) == ("not-met 1/1", "not-met 1/1")
