"""The clinical and regulatory sets: what each asks, and the rule that sets it apart from the default."""

import pytest

from fhir_trd.errors import UsageError
from tests.factory.judging import cell, knowledge, verdict
from tests.factory.spec import spec
from tests.factory.table import rows

TWO_CLASSES = """
    drug        | from       | to         | mg/day | stop
    sertraline  | 2024-01-01 | {first}    | 100    | lack
    {second}    | 2024-04-01 | {last}     | {dose} | lack
    """

CASES = rows("""
    criteria                   | two classes | one class | four weeks | a third better | adherence not known
    consensus                  | met         | not-met   | not-met    | met            | met
    fda-olanzapine-fluoxetine  | met         | met       | not-met    | met            | met
    eu-esketamine              | met         | met       | not-met    | met            | met
    canada                     | met         | met       | met        | met            | met
    world-psychiatry           | met         | met       | not-met    | met            | indeterminate
    mgh-atrq                   | met         | met       | not-met    | met            | met
    va-dod                     | met         | met       | not-met    | met            | met
    canmat                     | met         | met       | met        | met            | indeterminate
    nice-ta854                 | met         | met       | not-met    | met            | met
    """)


def answers(criteria: str) -> dict[str, str]:
    """The result of one set in each of the cases that set the definitions apart."""
    ours = (criteria,)
    plain = TWO_CLASSES.format(first="2024-03-25", second="venlafaxine", last="2024-06-30", dose="225")
    alike = TWO_CLASSES.format(first="2024-03-25", second="citalopram", last="2024-06-30", dose="40")
    short = TWO_CLASSES.format(first="2024-01-28", second="venlafaxine", last="2024-04-28", dose="225")
    orders = "\n".join(f"{line} | {'as' if 'drug' in line else 'request'}" for line in plain.strip().splitlines())
    third = "2023-12-31 = 21; 2024-03-20 = 14; 2024-03-31 = 21; 2024-06-20 = 14"
    found = {
        "two classes": spec(plain, criteria=ours),
        "one class": spec(alike, criteria=ours),
        "four weeks": spec(short, criteria=ours),
        "a third better": spec(plain, criteria=ours, scores=third),
        "adherence not known": spec(orders, criteria=ours, adherence="unknown"),
    }
    return {case: str(verdict(one, criteria).result) for case, one in found.items()}


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["criteria"])
def test_each_definition_draws_its_own_line(row: dict[str, str]) -> None:
    """Classes, weeks, improvement and adherence: each definition takes two failed trials, and differs in what it asks of them."""
    assert row == {"criteria": row["criteria"]} | answers(row["criteria"])


@pytest.mark.parametrize(
    ("score", "result"), [("", "indeterminate"), ("MADRS 2024-07-05 = 22", "met"), ("MADRS 2024-07-05 = 21", "not-met")]
)
def test_the_european_group_asks_for_a_score_after_the_trials(score: str, result: str) -> None:
    """Two failed trials are resistance for the European group only with a MADRS of 22 or more (gsrd-2018)."""
    drugs = TWO_CLASSES.format(first="2024-03-25", second="venlafaxine", last="2024-06-30", dose="225")
    assert result == str(verdict(spec(drugs, criteria=("gsrd",), scores=score), "gsrd").result)


@pytest.mark.parametrize(("score", "result"), [("14", "met"), ("13", "not-met")])
def test_one_drug_is_enough_in_british_primary_care(score: str, result: str) -> None:
    """One antidepressant taken for six weeks and a BDI-II of 14 or more are what the study of 2013 asks for (thomas-2013)."""
    found = spec(
        "drug | from | to | mg/day | stop\nsertraline | 2024-01-01 | 2024-02-11 | 100 | lack",
        criteria=("uk-primary-care",),
        scores=f"BDI-II 2024-02-11 = {score}",
    )
    assert result == str(verdict(found, "uk-primary-care").result)


@pytest.mark.parametrize("criteria", ["athf-sf", "athf-lf"])
def test_a_form_whose_table_nobody_read_is_refused(criteria: str) -> None:
    """A set whose table of doses could not be read is refused with the reason, and answers nothing."""
    with pytest.raises(UsageError, match=f"'{criteria}', which cannot be evaluated: its table of .* could not be read"):
        spec("drug | from | to | mg/day\nsertraline | 2024-01-01 | 2024-02-11 | 100", criteria=(criteria,))


def test_a_set_in_need_of_review_says_so_with_its_verdict() -> None:
    """What was not readable in its source stands beside every verdict of the set."""
    unsure = {one for one, found in knowledge().criteria.items() if found.needs_review and not found.refused}
    assert {"canada", "canmat", "gsrd", "va-dod", "lcd-l33398"} <= unsure
    assert verdict(spec("", criteria=("canada",)), "canada").needs_review
    assert cell(spec("", criteria=("canada",)), "canada") == "not-met 0/0"
