"""What vague dates around a trial leave open: treatments, scores, refusals, fills, and what came later than the day asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fhir_trd.model.records import StopReason
from fhir_trd.model.trials import Response
from fhir_trd.model.truth import Truth
from tests.factory.judging import judgement, outcome, trial
from tests.factory.spec import spec

ROOT = Path(__file__).parents[3]
SERTRALINE = """
    drug       | from       | to         | mg/day | stop
    sertraline | 2024-01-10 | 2024-04-30 | 100    |
    """


@pytest.mark.parametrize(
    ("treated", "answer"),
    [("2024-01-20", Truth.MAYBE), ("2024-01", Truth.MAYBE), ("2023-11-01", Truth.YES)],
)
def test_a_treatment_that_may_have_begun_meanwhile_leaves_the_outcome_open(treated: str, answer: Truth) -> None:
    """A treatment dated only to the month of the start may explain the scores; one of the autumn before does not."""
    found = spec(SERTRALINE, scores="2024-01-09 = 20; 2024-04-01 = 18", treatments=f"ect {treated}")
    assert judgement(found, "sertraline").answer == answer


def test_two_scores_of_which_one_is_vague_have_no_order() -> None:
    """A score known to the month and one after it may stand in either order, so that neither is the last."""
    found = spec(SERTRALINE, scores="2024-01-09 = 24; 2024-03 = 10; 2024-03-20 = 18")
    assert outcome(found, "sertraline").response == Response.UNKNOWN
    assert judgement(found, "sertraline").answer == Truth.MAYBE


def test_a_breakthrough_drug_is_judged_by_the_scores_since_it_was_raised() -> None:
    """Scores of an earlier episode say nothing of a dose raised in this one: here the raised dose brought remission."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2022-01-01 | 2023-12-15 | 50     |
        sertraline | 2023-12-16 | 2024-06-30 | 150    |
        """,
        scores="2022-01-01 = 24; 2022-03-01 = 23; 2023-12-16 = 21; 2024-03-01 = 4",
    )
    assert judgement(found, "sertraline").answer == Truth.NO


def test_what_stopped_a_drug_later_is_not_known_yet() -> None:
    """On a day before its end a drug still goes on, and nobody knows why it will stop."""
    table = SERTRALINE.replace("100    |", "100    | lack")
    found = trial(spec(table, as_of="2024-03-31"), "sertraline")
    assert (found.ongoing, found.stop_reason) == (True, None)
    assert trial(spec(table), "sertraline").stop_reason == StopReason.LACK_OF_EFFICACY


def test_the_age_of_the_first_day_holds_through_the_trial() -> None:
    """Whoever begins at 64 is judged by the adult dose, also after the birthday."""
    table = SERTRALINE.replace("100", "25 ")
    assert "dose_below_min" in judgement(spec(table, born="1959-03-01"), "sertraline").reasons
    assert "dose_age" in judgement(spec(table, born="1959-01-01"), "sertraline").reasons


def test_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    """The order of a hash in one process never reaches the output."""
    script = "from fhir_trd.cli.main import main; main()"
    command = [sys.executable, "-c", script, "history", "sample_bundles", "--format", "json"]
    seeds = ("0", "1", "2")
    outputs = {
        subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in seeds
    }
    assert len(outputs) == 1
