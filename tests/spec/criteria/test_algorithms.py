"""The published algorithms, each where it draws its line: drugs counted, courses in turn, switches, mentions."""

import pytest

from tests.factory.judging import cell, knowledge, verdict
from tests.factory.spec import spec
from tests.factory.table import rows

PRESETS = (
    "cepeda",
    "claims-three-course",
    "fabbri",
    "fabbri-every-drug",
    "gibson",
    "gronemann",
    "kim",
    "kubitz",
    "lundberg",
    "mood",
    "ohdsi-1009",
    "two-antidepressant-episodes",
)

THREE_IN_TURN = """
    drug         | from       | to         | mg/day
    sertraline   | 2024-01-01 | 2024-02-15 | 100
    venlafaxine  | 2024-02-20 | 2024-04-10 | 225
    mirtazapine  | 2024-04-15 | {last}     | 30
    """


def answer(criteria: str, drugs: str, **more: str) -> str:
    """The result of one algorithm for a table of drugs."""
    return str(verdict(spec(drugs, criteria=(criteria,), **more), criteria).result)


@pytest.mark.parametrize("criteria", PRESETS)
def test_every_algorithm_says_what_it_ignores(criteria: str) -> None:
    """Every published algorithm names what it does not look at, the outcome among it."""
    assert "outcome" in knowledge().criteria[criteria].ignores


@pytest.mark.parametrize("criteria", PRESETS)
def test_nobody_is_resistant_who_took_one_drug(criteria: str) -> None:
    """One antidepressant meets none of the algorithms."""
    found = answer(criteria, "drug | from | to | mg/day\nsertraline | 2024-01-01 | 2024-12-31 | 100")
    assert found == "not-met"


@pytest.mark.parametrize("criteria", PRESETS)
def test_a_confirmed_bipolar_disorder_excludes_from_every_algorithm(criteria: str) -> None:
    """A confirmed bipolar disorder excludes, whatever was taken."""
    found = answer(criteria, THREE_IN_TURN.format(last="2024-06-30"), conditions="F33.1 onset 2023-12-01; F31.81")
    assert found == "excluded"


THIRD = rows("""
    criteria                    | two weeks of the third | eight weeks of the third
    cepeda                      | met                    | met
    claims-three-course         | met                    | met
    fabbri                      | met                    | met
    fabbri-every-drug           | not-met                | met
    gronemann                   | met                    | met
    kim                         | met                    | met
    kubitz                      | met                    | met
    lundberg                    | not-met                | met
    mood                        | met                    | met
    ohdsi-1009                  | met                    | met
    two-antidepressant-episodes | met                    | met
    """)


@pytest.mark.parametrize("row", THIRD, ids=lambda row: row["criteria"])
def test_how_long_the_third_drug_must_last(row: dict[str, str]) -> None:
    """The start of a third drug is enough for most algorithms; two of them want it to last."""
    short = answer(row["criteria"], THREE_IN_TURN.format(last="2024-04-28"))
    long = answer(row["criteria"], THREE_IN_TURN.format(last="2024-06-10"))
    assert {"two weeks of the third": short, "eight weeks of the third": long, "criteria": row["criteria"]} == row


GAPS = rows("""
    case                             | criteria            | second     | third      | result
    180 days between two courses     | claims-three-course | 2024-08-14 | 2024-10-30 | met
    181 days between two courses     | claims-three-course | 2024-08-15 | 2024-10-30 | not-met
    98 days from one to the next     | fabbri              | 2024-05-23 | 2024-10-30 | met
    99 days from one to the next     | fabbri              | 2024-05-24 | 2024-10-30 | not-met
    the second shift on day 365      | gronemann           | 2024-08-14 | 2024-11-30 | met
    the second shift on day 366      | gronemann           | 2024-08-14 | 2024-12-01 | not-met
    """)


@pytest.mark.parametrize("row", GAPS, ids=lambda row: row["case"])
def test_how_far_apart_the_drugs_may_lie(row: dict[str, str]) -> None:
    """Courses, switches and shifts count up to the last day that the algorithm allows, and not one day longer."""
    found = answer(
        row["criteria"],
        f"""
        drug        | from            | to         | mg/day
        sertraline  | 2024-01-01      | 2024-02-15 | 100
        venlafaxine | {row["second"]} | 2024-10-20 | 225
        mirtazapine | {row["third"]}  | 2024-12-31 | 30
        """,
    )
    assert found == row["result"]


def test_two_years_hold_all_courses_of_the_claims_algorithm() -> None:
    """A third course that begins more than 730 days after the first one meets nothing."""
    table = """
        drug        | from       | to         | mg/day
        sertraline  | 2022-01-01 | 2022-12-15 | 100
        venlafaxine | 2023-01-01 | 2023-12-20 | 225
        mirtazapine | {third}    | 2024-12-31 | 30
        """
    first = answer("claims-three-course", table.format(third="2024-01-01"))
    then = answer("claims-three-course", table.format(third="2024-01-02"))
    assert (first, then) == ("met", "not-met")


def test_an_augmentation_is_a_course_of_the_claims_algorithm() -> None:
    """An augmentation begun after two adequate courses is the third one, at any dose."""
    found = answer(
        "claims-three-course",
        """
        drug         | from       | to         | mg/day
        sertraline   | 2024-01-01 | 2024-02-15 | 100
        venlafaxine  | 2024-02-20 | 2024-06-10 | 225
        aripiprazole | 2024-05-01 | 2024-05-10 | 1
        """,
    )
    assert found == "met"


def test_a_year_holds_the_drugs_that_a_prediction_from_claims_counts() -> None:
    """A drug last taken 365 days before the day of assessment no longer counts; one day later it does."""
    table = """
        drug        | from       | to         | mg/day
        sertraline  | 2023-01-01 | {to}       | 12.5
        venlafaxine | 2024-02-20 | 2024-02-21 | 37.5
        trazodone   | 2024-05-01 | 2024-05-02 | 25
        """
    last = [answer("cepeda", table.format(to=to)) for to in ("2024-01-01", "2024-01-02")]
    assert last == ["not-met", "met"]


@pytest.mark.parametrize("criteria", ["cepeda", "kubitz", "ohdsi-1009"])
def test_an_antipsychotic_counts_where_the_algorithm_says_so(criteria: str) -> None:
    """An antipsychotic alone, as a regimen, or after an antidepressant, is what three of the algorithms look for."""
    found = answer(
        criteria,
        """
        drug         | from       | to         | mg/day
        sertraline   | 2024-01-01 | 2024-02-15 | 100
        venlafaxine  | 2024-02-20 | 2024-06-10 | 225
        aripiprazole | 2024-05-01 | 2024-06-10 | 5
        """,
    )
    assert found == "met"


def test_stimulation_counts_as_a_treatment_of_the_regional_model_only() -> None:
    """Electroconvulsive therapy is the second treatment for one of the two register algorithms."""
    drugs = "drug | from | to | mg/day\nsertraline | 2024-01-01 | 2024-03-31 | 100"
    assessed = spec(drugs, treatments="ect 2024-05-01", criteria=("kim", "lundberg"))
    assert (cell(assessed, "kim"), cell(assessed, "lundberg")) == ("met 2/2", "not-met 1/1")


def test_a_drug_left_twice_is_one_switch() -> None:
    """Going back and leaving the same drug again adds no switch."""
    found = spec(
        """
        drug        | from       | to         | mg/day
        sertraline  | 2023-01-01 | 2023-02-20 | 100
        venlafaxine | 2023-02-25 | 2023-03-10 | 225
        sertraline  | 2023-11-01 | 2023-12-20 | 100
        mirtazapine | 2023-12-25 | 2024-01-10 | 30
        """,
        criteria=("fabbri",),
    )
    assert cell(found, "fabbri") == "not-met 1/1"


def test_a_mention_of_the_second_drug_inside_the_first_course_spoils_the_pair() -> None:
    """Two drugs taken at once are not one after the other."""
    found = answer(
        "two-antidepressant-episodes",
        """
        drug        | from       | to         | mg/day
        sertraline  | 2024-01-01 | 2024-03-31 | 100
        venlafaxine | 2024-02-01 | 2024-04-30 | 225
        """,
    )
    assert found == "not-met"


@pytest.mark.parametrize("criteria", PRESETS)
def test_dates_known_to_the_year_settle_nothing_they_might_not(criteria: str) -> None:
    """Three drugs of which only the year is known leave every algorithm open that asks for their order or their days."""
    found = spec(
        """
        drug        | from | to   | mg/day
        sertraline  | 2024 | 2024 | 100
        venlafaxine | 2024 | 2024 | 225
        mirtazapine | 2024 | 2024 | 30
        """,
        criteria=(criteria,),
    )
    said = verdict(found, criteria)
    assert (str(said.result), bool(said.would_settle)) in {("indeterminate", True), ("met", False)}
    assert str(said.result) == ("met" if criteria in {"kubitz", "mood"} else "indeterminate")


def test_vague_ends_leave_open_whether_a_drug_was_begun_again() -> None:
    """Going back to a drug is a shift; where its first end is vague, it may never have been left, and the answer is open."""
    table = """
        drug       | from       | to         | mg/day
        bupropion  | 2024-01-01 | {end}      | 300
        fluoxetine | 2024-01-02 | 2024-01-20 | 20
        bupropion  | 2024-05-02 | 2024-06-02 | 300
        """
    found = [answer("gronemann", table.format(end=end)) for end in ("2024-01-01", "2024")]
    assert found == ["met", "indeterminate"]
