"""The payers' lists: what each asks to be documented, and how each line stands."""

from typing import Any

import pytest

from fhir_trd.model.verdicts import Assessment
from fhir_trd.report.contract import assessment_json
from tests.factory.judging import verdict
from tests.factory.spec import spec
from tests.factory.table import rows

DRUGS = """
    drug         | from       | to         | mg/day | stop
    sertraline   | 2024-01-01 | 2024-03-25 | 100    | lack
    venlafaxine  | 2024-04-01 | ongoing    | 225    |
    """
SCORES = "2023-12-31 = 21; 2024-03-20 = 20; 2024-03-31 = 21; 2024-06-20 = 20"
TWO_ADDED = """
    aripiprazole | 2024-07-01 | 2024-09-15 | 10     | lack
    lithium      | 2024-09-25 | 2024-12-20 | 900    | lack
    """
THERAPY = "psychotherapy 2024-02-01 2024-05-01"

FIRST = rows("""
    criteria               | trials | lacks
    evicore-esketamine     | met           | -
    wha-esketamine         | met           | -
    ahcccs-esketamine      | met           | -
    carefirst-esketamine   | indeterminate | documentation
    qualchoice-esketamine  | not-met       | -
    bcbsnd-esketamine      | not-met       | -
    lcd-l34998             | met           | -
    lcd-l34522             | met           | -
    lcd-l33398             | met           | -
    lcd-l36469             | met           | -
    ncd-160-18             | not-met       | -
    lcd-l37086             | indeterminate | documentation
    centene-tms            | indeterminate | documentation
    hcsc-tms               | indeterminate | documentation
    ndbh-2016              | not-met       | -
    connecticare-tms       | met           | -
    """)


@pytest.mark.parametrize("row", FIRST, ids=lambda row: row["criteria"])
def test_what_two_failed_classes_are_enough_for(row: dict[str, str]) -> None:
    """Two failed classes meet some lists; others lack a third drug, an augmentation or psychotherapy, and ask for it."""
    said = verdict(spec(DRUGS, scores=SCORES, criteria=(row["criteria"],)), row["criteria"])
    facts = sorted({question.fact for question in said.would_settle}) or ["-"]
    assert (row["trials"], row["lacks"]) == (str(said.result), " ".join(facts))


@pytest.mark.parametrize(
    ("criteria", "answer"),
    [
        ("carefirst-esketamine", "met"),
        ("centene-tms", "met"),
        ("lcd-l37086", "indeterminate"),
        ("hcsc-tms", "indeterminate"),
    ],
)
def test_psychotherapy_in_the_episode_fills_the_gap(criteria: str, answer: str) -> None:
    """Documented psychotherapy meets the lists that ask for it; where it must have failed, a person is asked (R-155)."""
    drugs = """
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-03-25 | 100    | lack
        venlafaxine | 2024-04-01 | 2024-07-30 | 225    | lack
        """
    before = spec(drugs, criteria=(criteria,), treatments="psychotherapy 2020-02-01 2020-05-01")
    inside = spec(drugs, criteria=(criteria,), treatments="psychotherapy 2024-08-01 2024-10-01")
    assert ("indeterminate", answer) == (str(verdict(before, criteria).result), str(verdict(inside, criteria).result))


def test_one_severity_is_looked_for_within_four_weeks() -> None:
    """A PHQ-9 of 15 counts for four weeks; an older one is missing, a lower one contradicts (qualchoice-esketamine)."""
    criteria = "qualchoice-esketamine"
    found = [
        spec(DRUGS, scores=f"{day}", criteria=(criteria,)) for day in ("2024-12-10 = 16", "2024-11-10 = 16", "2024-12-10 = 9")
    ]
    assert ["documented", "missing", "contradicted"] == [status(one, "phq-9-total") for one in found]


@pytest.mark.parametrize(
    ("condition", "shown"),
    [("F33.2", "documented"), ("F33.2 provisional", "missing"), ("F33.1", "contradicted")],
)
def test_a_severity_that_is_only_suspected_is_missing(condition: str, shown: str) -> None:
    """A provisional severe depression documents no severity beside a low score, nor does it contradict one (R-271)."""
    found = spec(DRUGS, scores="2024-12-10 = 9", conditions=f"{condition} onset 2023-12-01", criteria=("lcd-l34998",))
    assert shown == status(found, "episode-severity")


@pytest.mark.parametrize(
    ("born", "shown"),
    [("1980-06-15", "documented"), ("1950-06-15", "contradicted"), ("2006-12-31", "documented"), ("2007-01-01", "contradicted")],
)
def test_an_age_between_two_limits(born: str, shown: str) -> None:
    """From 18 to 65 years on the day of assessment (qualchoice-esketamine)."""
    assert shown == status(spec(DRUGS, born=born, criteria=("qualchoice-esketamine",)), "age")


@pytest.mark.parametrize(
    ("conditions", "shown"),
    [
        ("", "documented"),
        ("; F29 provisional", "missing"),
        ("; F29", "contradicted"),
        ("; F29 resolved", "documented"),
        ("; F29 inactive", "documented"),
    ],
)
def test_a_diagnosis_that_should_not_stand(conditions: str, shown: str) -> None:
    """An active psychosis contradicts the line, a suspected one leaves it open, and neither decides (medicare-lcd-l34998)."""
    found = spec(DRUGS, scores=SCORES, conditions=f"F33.1 onset 2023-12-01{conditions}", criteria=("lcd-l34522",))
    assert (shown, "met") == (status(found, "no-psychosis"), str(verdict(found, "lcd-l34522").result))


@pytest.mark.parametrize(("last", "shown"), [("ongoing", "documented"), ("2024-06-30", "contradicted")])
def test_an_antidepressant_beside_it(last: str, shown: str) -> None:
    """An oral antidepressant that goes on is documented; one that ended is not taken beside it (evicore-esketamine)."""
    found = spec(DRUGS.replace("ongoing", last), criteria=("evicore-esketamine",))
    assert shown == status(found, "oral-antidepressant")


def test_what_only_a_person_can_answer_is_missing_with_the_question() -> None:
    """No record tells whether the prescriptions were looked up: the line is missing, asks, and does not decide."""
    line = lines(spec(DRUGS, scores=SCORES, criteria=("evicore-esketamine",)))["drug-monitoring"]
    asks = "not in the record; ask: whether the programme that monitors prescriptions was looked at"
    assert ("missing", asks, "evicore-esketamine") == (line["status"], line["because"], line["source"])


def test_two_augmentations_are_counted_by_agent() -> None:
    """Two agents that were added for four weeks each and failed are two augmentations; one is not enough."""
    scores = f"{SCORES}; 2024-09-10 = 20; 2024-12-10 = 20"
    none, one, two = (
        spec(DRUGS + more, scores=scores, criteria=("qualchoice-esketamine",))
        for more in ("", TWO_ADDED.rpartition("lithium")[0], TWO_ADDED)
    )
    assert ("contradicted", "contradicted") == (status(none, "failed-augmentations"), status(one, "failed-augmentations"))
    assert status(two, "failed-augmentations") in {"documented", "missing"}


def test_three_drugs_of_which_one_in_this_episode() -> None:
    """Three failures in a life count only with one in the current episode (bcbsnd-esketamine)."""
    drugs = """
        drug        | from       | to         | mg/day | stop | for
        sertraline  | 2020-01-01 | 2020-03-25 | 100    | lack | depression
        venlafaxine | 2020-04-01 | 2020-07-30 | 225    | lack | depression
        mirtazapine | {year}-08-05 | {year}-10-30 | 30 | lack | depression
        """
    found = [spec(drugs.format(year=year), criteria=("bcbsnd-esketamine",)) for year in ("2020", "2024")]
    assert [("documented", "contradicted"), ("documented", "documented")] == [
        (status(one, "failed-trials"), status(one, "one-in-this-episode")) for one in found
    ]


def lines(assessment: Assessment) -> dict[str, Any]:
    """The lines of the checklist of the first verdict, by their name."""
    written: Any = assessment_json(assessment)
    return {line["item"]: line for line in written["verdicts"][0]["checklist"]}


def status(assessment: Assessment, item: str) -> str:
    """How one line of the checklist stands."""
    return str(lines(assessment)[item]["status"])
