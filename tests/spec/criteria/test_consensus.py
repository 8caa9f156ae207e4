"""The default criteria: two adequate oral antidepressants of two classes failed in the current episode."""

import pytest

from tests.factory.judging import cell, judgement, verdict
from tests.factory.spec import spec
from tests.factory.table import rows

PAIRS = rows("""
    first         | mg  | second        | mg again | consensus   | fda
    sertraline    | 100 | venlafaxine   | 150      | met 2/2     | met 2/2
    sertraline    | 100 | fluoxetine    | 40       | not-met 1/1 | met 2/2
    venlafaxine   | 150 | duloxetine    | 60       | not-met 1/1 | met 2/2
    mirtazapine   | 30  | bupropion     | 300      | met 2/2     | met 2/2
    sertraline    | 100 | vortioxetine  | 10       | met 2/2     | met 2/2
    moclobemide   | 300 | phenelzine    | 45       | not-met 1/1 | met 2/2
    nortriptyline | 75  | amitriptyline | 150      | not-met 1/1 | met 2/2
    """)


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: f"{row['first']}, {row['second']}")
def test_two_classes_are_asked_for_not_two_drugs(row: dict[str, str]) -> None:
    """Two failed drugs of one class are one distinct trial here, and two where drugs are counted."""
    found = spec(f"""
        drug            | from       | to         | mg/day            | stop
        {row["first"]}  | 2024-01-01 | 2024-03-31 | {row["mg"]}       | lack
        {row["second"]} | 2024-04-16 | 2024-06-30 | {row["mg again"]} | lack
        """)
    assert (cell(found, "consensus"), cell(found, "fda")) == (row["consensus"], row["fda"])


def test_the_counted_drugs_are_named() -> None:
    """A verdict names the drugs it counted."""
    found = spec("""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-03-31 | 100    | lack
        venlafaxine | 2024-04-01 | 2024-06-30 | 150    | lack
        """)
    assert verdict(found).counted == ("sertraline", "venlafaxine")


def test_a_nasal_spray_is_no_oral_trial() -> None:
    """Esketamine is never one of the two oral trials."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        esketamine | 2024-01-01 | 2024-03-31 | 84     | lack
        """)
    said = judgement(found, "esketamine")
    assert (str(said.answer), said.reasons) == ("no", ("non_oral",))


def test_nobody_is_met_without_a_trial() -> None:
    """Without any antidepressant the criteria are not met."""
    assert cell(spec("drug | from | to")) == "not-met 0/0"


def test_an_open_verdict_says_what_would_settle_it() -> None:
    """Every trial that is a maybe leads to a question."""
    found = spec("""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-03-31 | ?      | lack
        venlafaxine | 2024-04-01 | 2024-06-30 | 150    |
        """)
    said = verdict(found)
    assert f"{said.result} {said.least}/{said.most}" == "indeterminate 0/2"
    assert {question.trial for question in said.would_settle} == {one.trial for one in said.judgements}


def test_a_verdict_cites_its_sources() -> None:
    """Every finding that decides names the source of its rule."""
    found = spec("drug | from | to")
    assert all(finding.source for finding in verdict(found).findings)
