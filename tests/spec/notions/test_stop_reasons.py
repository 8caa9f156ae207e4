"""Why a drug was stopped, and what that tells where scores don't."""

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.judging import SIX, judgement, trial
from tests.factory.medication import PATIENT
from tests.factory.spec import spec
from tests.factory.table import rows

WITHOUT_SCORES = rows("""
    stop        | consensus | fda   | ema   | delphi | cigna-esketamine | medicare-tms
    lack        | yes       | yes   | yes   | maybe  | maybe            | yes
    partial     | yes       | yes   | yes   | no     | no               | yes
    intolerance | no        | no    | no    | no     | no               | yes
    remission   | no        | no    | no    | no     | no               | no
    other       | maybe     | maybe | maybe | maybe  | maybe            | maybe
                | maybe     | maybe | maybe | maybe  | maybe            | maybe
    """)

WITH_SCORES = rows("""
    stop        | last | consensus | fda | ema | delphi | cigna-esketamine | medicare-tms
    lack        | 18   | yes       | yes | yes | yes    | yes              | yes
    other       | 18   | yes       | yes | yes | yes    | yes              | yes
                | 18   | yes       | yes | yes | yes    | yes              | yes
    intolerance | 18   | yes       | yes | yes | yes    | yes              | yes
    remission   | 18   | no        | no  | no  | no     | no               | no
    lack        | 15   | yes       | yes | yes | no     | yes              | yes
    lack        | 14   | yes       | yes | yes | no     | no               | yes
    lack        | 10   | no        | no  | no  | no     | no               | no
    lack        | 4    | no        | no  | no  | no     | no               | no
    """)


def answers(stop: str, scores: str = "") -> dict[str, str]:
    """What each set says about sertraline, taken for three months and stopped for this reason."""
    found = spec(
        f"""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | 100    | {stop}
        """,
        scores=scores,
    )
    return {criteria: str(judgement(found, "sertraline", criteria).answer) for criteria in SIX}


@pytest.mark.parametrize("row", WITHOUT_SCORES, ids=lambda row: row["stop"] or "none")
def test_the_reason_speaks_where_scores_are_missing(row: dict[str, str]) -> None:
    """Without scores the reason for stopping decides, as far as each set trusts it."""
    assert answers(row["stop"]) == {criteria: row[criteria] for criteria in SIX}


@pytest.mark.parametrize("row", WITH_SCORES, ids=lambda row: f"{row['stop'] or 'none'}, 20 to {row['last']}")
def test_scores_go_before_the_reason(row: dict[str, str]) -> None:
    """Where scores tell the outcome they decide; only a stop in remission is never a failure."""
    assert answers(row["stop"], f"2023-12-31 = 20; 2024-03-15 = {row['last']}") == {criteria: row[criteria] for criteria in SIX}


def test_a_mild_baseline_leaves_the_reason_to_speak() -> None:
    """Where the baseline was too mild for a percentage the reason is taken as written."""
    found = answers("lack", "2023-12-31 = 9; 2024-03-15 = 8")
    assert (found["consensus"], found["delphi"]) == ("yes", "maybe")


def test_an_unexplained_switch_is_not_taken_for_a_failure() -> None:
    """Another antidepressant right after it does not prove that a drug failed."""
    found = spec("""
        drug        | from       | to         | mg/day
        sertraline  | 2024-01-01 | 2024-03-31 | 100
        venlafaxine | 2024-04-01 | 2024-06-30 | 150
        """)
    said = judgement(found, "sertraline")
    assert (said.answer, "outcome_unknown" in said.reasons) == (Truth.MAYBE, True)


@pytest.mark.parametrize(("recorded", "reason"), [("2024-04-14", "intolerance"), ("2024-04-15", "None")])
def test_an_allergy_recorded_soon_after_the_stop_explains_it(recorded: str, reason: str) -> None:
    """An allergy to the drug recorded within 14 days of the stop is why it was stopped."""
    allergy: dict[str, object] = {
        "resourceType": "AllergyIntolerance",
        "id": "allergy",
        "patient": PATIENT,
        "code": {"text": "sertraline"},
        "recordedDate": recorded,
    }
    table = """
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-03-31 | 100
        """
    assert str(trial(spec(table, more=(allergy,)), "sertraline").stop_reason) == reason


@pytest.mark.parametrize(("first", "second"), [("lack", ""), ("", "lack")])
@pytest.mark.parametrize("form", ["statement", "request"])
def test_the_reason_counts_on_whichever_record_it_stands(first: str, second: str, form: str) -> None:
    """Of two records of one course, either may say why it was stopped."""
    found = spec(f"""
        drug       | from       | to         | mg/day | stop     | as
        sertraline | 2024-01-01 | 2024-03-31 | 100    | {first}  | statement
        sertraline | 2024-01-01 | 2024-03-31 | 100    | {second} | {form}
        """)
    assert str(trial(found, "sertraline").stop_reason) == "lack_of_efficacy"


def test_a_record_inside_a_longer_one_does_not_say_why_the_drug_was_stopped() -> None:
    """A drug that another record says was taken on did not stop for the reason of the shorter record."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-01-30 | 100    |
        sertraline | 2024-01-06 | 2024-01-11 | 50     | intolerance
        """)
    assert ((), Truth.NO) == (trial(found, "sertraline").possible_stops, judgement(found, "sertraline", "medicare-tms").answer)


def test_tablets_left_over_do_not_hide_the_reason() -> None:
    """An order stopped with a reason explains the stop, even if the last fill would have lasted some days longer."""
    found = spec("""
        drug       | from       | to         | mg/day | stop | as
        sertraline | 2024-01-01 | 2024-03-20 | 100    | lack | request
        sertraline | 2024-01-01 | 2024-03-30 | 100    |      | dispense 30
        """)
    assert str(trial(found, "sertraline").stop_reason) == "lack_of_efficacy"


@pytest.mark.parametrize(
    ("end", "stop", "last", "expected"),
    [
        ("2024-03-28", "lack", 3, Truth.NO),  # the score lies in the trial: remission
        ("2024-03-01", "lack", 3, Truth.YES),  # the score lies after it: the reason speaks
        ("2024-03", "lack", 3, Truth.MAYBE),
        ("2024-03-28", "intolerance", 19, Truth.YES),  # the score lies in the trial: it failed before it was stopped
        ("2024-03-01", "intolerance", 19, Truth.NO),  # the score lies after it
        ("2024-03", "intolerance", 19, Truth.MAYBE),
    ],
)
def test_a_score_that_only_may_lie_in_the_trial_leaves_it_open(end: str, stop: str, last: int, expected: Truth) -> None:
    """Where the end is known to the month and a score lies in the trial for some days of it only, the answer is open."""
    found = spec(
        f"""
        drug       | from       | to    | mg/day | stop
        sertraline | 2024-01-01 | {end} | 100    | {stop}
        """,
        scores=f"2023-12-31 = 20; 2024-03-25 = {last}",
    )
    assert judgement(found, "sertraline").answer == expected
