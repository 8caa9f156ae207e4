"""The stages of Thase and Rush: each adds a class, the tricyclics, the MAO inhibitors, then bilateral ECT."""

import pytest

from fhir_trd.model.staging import ThaseRushRules
from tests.factory.judging import judge, knowledge
from tests.factory.story import chart_of
from tests.factory.table import rows
from tests.spec.staging.sessions import sessions
from tests.spec.staging.stages import staged
from tests.spec.vignettes.charts import CHARTS

VECTORS = rows("""
    failed                                             | treatments     | strict  | literal
    sertraline                                         |                | I       | I
    sertraline, escitalopram                           |                | I       | I
    sertraline, bupropion                              |                | II      | II
    sertraline, nortriptyline                          |                | II      | III
    sertraline, venlafaxine, nortriptyline             |                | III     | III
    sertraline, venlafaxine, nortriptyline, phenelzine |                | IV      | IV
    sertraline, venlafaxine, nortriptyline, phenelzine | ect 2024-12-01 | IV to V | IV to V
    sertraline, venlafaxine                            | ect 2024-12-01 | II      | II
    sertraline, nortriptyline, phenelzine              |                | III     | IV
    """)
STRICT_OF_VIGNETTES = {
    "V01 textbook": "II",
    "V02 same class twice": "I",
    "V03 not tolerated": "I",
    "V07 augmentation": "I",
    "V08 previous episode": "I",
    "V09 missing dose": "I to II",
    "V15 third too young": "II",
}


FOUR = "sertraline 42d lack; venlafaxine 42d lack; nortriptyline 42d lack; phenelzine 42d lack"
COURSES = rows("""
    sessions        | kind           | score after    | strict
    six             | bilateral-ect  |                | V
    six             | bilateral-ect  | 2024-11-20 = 4 | IV
    six             | bilateral-ect  | 2024-11-20 = 9 | V
    six             | unilateral-ect |                | IV
    six             | ect            |                | IV to V
    five            | bilateral-ect  |                | IV to V
    """)


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['failed']} {row['treatments']}")
def test_the_stage_under_both_readings(row: dict[str, str]) -> None:
    """Strict asks for a tricyclic or MAO inhibitor beyond two other classes, literal does not (R-103).

    Whether one record of ECT is a bilateral course is not told, so that it only raises the most.
    """
    story = "; ".join(f"{drug} 42d lack" for drug in row["failed"].split(", "))
    assessment = judge(chart_of({"story": story, "treatments": row["treatments"]}))
    found = {reading: staged(assessment, "thase-rush", reading).answer for reading in ("strict", "literal")}
    assert {"strict": row["strict"], "literal": row["literal"]} == found


@pytest.mark.parametrize("row", COURSES, ids=lambda row: f"{row['sessions']} {row['kind']} {row['score after']}")
def test_the_last_stage_is_a_bilateral_course_in_vain(row: dict[str, str]) -> None:
    """Six bilateral sessions without remission in 30 days are stage V; what is not on record raises the most (R-103, R-104)."""
    given = sessions(row["kind"], {"five": 5, "six": 6}[row["sessions"]])
    assessment = judge(chart_of({"story": FOUR, "treatments": given, "scores": row["score after"]}))
    assert row["strict"] == staged(assessment, "thase-rush", "strict").answer


def test_a_drug_stopped_for_side_effects_is_no_stage() -> None:
    """A drug stopped on day 10 for nausea did not fail: stage 0."""
    assessment = judge(chart_of({"story": "sertraline 10d nausea"}))
    assert "0" == staged(assessment, "thase-rush", "strict").answer


@pytest.mark.parametrize(("vignette", "stage"), STRICT_OF_VIGNETTES.items(), ids=STRICT_OF_VIGNETTES)
def test_the_strict_stage_of_the_vignettes(vignette: str, stage: str) -> None:
    """Every vignette has the strict stage that was worked out by hand."""
    assert stage == staged(judge(CHARTS[vignette]), "thase-rush", "strict").answer


def test_the_table_holds_a_class_for_every_stage_but_the_last() -> None:
    """Stages I to IV each have a number of classes and a needed class; V is ECT."""
    rules: ThaseRushRules = knowledge().staging.thase_rush
    assert len(rules.classes) == len(rules.literal_classes) == len(rules.needed) == len(rules.stages) - 2
