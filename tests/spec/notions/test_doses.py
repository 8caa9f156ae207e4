"""Doses: what reaches the minimum, and what several records of one drug add up to."""

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.chart import Chart
from tests.factory.courses import courses_in
from tests.factory.judging import adequate, judge, judgement, knowledge, trial
from tests.factory.spec import MDD, spec
from tests.factory.table import rows

MINIMA = rows("""
    drug           | below | mgh-atrq | label
    citalopram     | 10    | 20       | 20
    escitalopram   | 5     | 10       | 10
    fluoxetine     | 10    | 20       | 20
    paroxetine     | 10    | 20       | 20
    sertraline     | 25    | 50       | 50
    venlafaxine    | 37.5  | 150      | 75
    desvenlafaxine | 25    | 50       | 50
    duloxetine     | 30    | 60       | 40
    vortioxetine   | 2.5   | 10       | 5
    bupropion      | 100   | 300      | 150
    mirtazapine    | 7.5   | 15       | 15
    trazodone      | 100   | 300      | 150
    phenelzine     | 15    | 45       | 45
    moclobemide    | 150   | 300      | 300
    agomelatine    | 12.5  | 25       | 25
    nortriptyline  | 25    | 75       | 75
    """)


def sixty_days(drug: str, dose: str, *, born: str = "1980-06-15", dose_table: str | None = None) -> tuple[int, int]:
    """The days at the minimum dose in a course of sixty days."""
    table = f"""
        drug   | from       | to         | mg/day | stop
        {drug} | 2024-01-01 | 2024-02-29 | {dose} | lack
        """
    return adequate(spec(table, born=born, dose_table=dose_table), drug)


@pytest.mark.parametrize("table", ["mgh-atrq", "label"])
@pytest.mark.parametrize("row", MINIMA, ids=lambda row: row["drug"])
def test_the_minimum_dose_makes_a_day_adequate(row: dict[str, str], table: str) -> None:
    """Days at the minimum of the dose table are adequate, days below it are not."""
    found = sixty_days(row["drug"], row["below"], dose_table=table), sixty_days(row["drug"], row[table], dose_table=table)
    assert found == ((0, 0), (60, 60))


@pytest.mark.parametrize("dose", ["?", "25-50", "100 prn"])
def test_a_dose_that_may_reach_the_minimum_makes_days_possible(dose: str) -> None:
    """A dose that is unknown, a range across the minimum, or taken only when needed: between no day and all."""
    assert sixty_days("sertraline", dose) == (0, 60)


@pytest.mark.parametrize(("born", "days"), [("1959-01-01", (0, 60)), ("1959-01-02", (0, 0))])
def test_half_the_adult_minimum_may_do_from_sixty_five(born: str, days: tuple[int, int]) -> None:
    """From 65 years on the first day of the trial, half of the adult minimum is left open; the day before it is not."""
    assert sixty_days("sertraline", "25", born=born) == days


def test_an_open_dose_for_age_says_so() -> None:
    """A low dose in an older person is a maybe, with its own reason."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-02-29 | 25     | lack
        """,
        born="1950-01-01",
    )
    said = judgement(found, "sertraline")
    assert (said.answer, "dose_age" in said.reasons) == (Truth.MAYBE, True)


def test_the_highest_dose_of_an_older_person_is_adequate() -> None:
    """Citalopram 20 mg is the most an older person should get, and enough."""
    assert sixty_days("citalopram", "20", born="1954-01-01") == (60, 60)


@pytest.mark.parametrize(("age", "highest"), [(60, 40.0), (61, 20.0)])
def test_the_ceiling_holds_above_its_age(age: int, highest: float) -> None:
    """The lower ceiling of citalopram holds above 60 years, not at 60."""
    assert knowledge().formulary.drugs[("citalopram", "")].highest_dose_at(age) == highest


def test_two_strengths_over_the_same_days_add_up() -> None:
    """37.5 mg and 112.5 mg over the same days are 150 mg a day."""
    found = spec("""
        drug        | from       | to         | mg/day
        venlafaxine | 2024-01-01 | 2024-02-29 | 37.5
        venlafaxine | 2024-01-01 | 2024-02-29 | 112.5
        """)
    assert (trial(found, "venlafaxine").max_dose, adequate(found, "venlafaxine")) == (150, (60, 60))


def test_a_later_record_replaces_the_one_before() -> None:
    """75 mg followed by 112.5 mg from a later day is never 187.5 mg."""
    found = spec("""
        drug        | from       | to         | mg/day
        venlafaxine | 2024-01-01 | 2024-03-31 | 75
        venlafaxine | 2024-02-01 | 2024-04-30 | 112.5
        """)
    assert (trial(found, "venlafaxine").max_dose, adequate(found, "venlafaxine")) == (112.5, (0, 0))


def test_an_order_and_a_statement_of_one_course_are_one_dose() -> None:
    """The same course ordered and reported is not twice the dose."""
    found = spec("""
        drug        | from       | to         | mg/day | as
        venlafaxine | 2024-01-01 | 2024-02-29 | 75     | statement
        venlafaxine | 2024-01-01 | 2024-02-29 | 75     | request
        """)
    assert (trial(found, "venlafaxine").max_dose, adequate(found, "venlafaxine")) == (75, (0, 0))


def test_a_taper_has_its_adequate_days_before_it() -> None:
    """Only the days at or above the minimum count, however the course is stepped down."""
    found = spec("""
        drug       | from       | to         | mg/day | stop
        paroxetine | 2024-01-01 | 2024-03-15 | 40     |
                   | 2024-03-16 | 2024-03-22 | 20     |
                   | 2024-03-23 | 2024-03-31 | 10     | lack
        """)
    assert adequate(found, "paroxetine") == (82, 82)


def test_a_strength_in_the_words_of_the_drug_is_a_strength() -> None:
    """One tablet a day of what the text calls a 100 mg tablet is 100 mg a day, and the history notes where that came from."""
    (course,) = courses_in("""
        drug                     | from       | to         | mg/day | by
        Sertraline 100 mg tablet | 2024-01-01 | 2024-02-29 | ?      | text
        """)
    tablet = {"doseQuantity": {"value": 1, "unit": "tablet"}}
    once_daily = {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}, "doseAndRate": [tablet]}
    found = judge(Chart(as_of="2024-12-31", conditions=MDD, courses=(course.with_extra(dosage=[once_daily]),)))
    only = trial(found, "sertraline")
    assert (only.max_dose, adequate(found, "sertraline")) == (100, (60, 60))
    assert "dose_from_text" in only.notes
