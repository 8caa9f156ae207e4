"""One patient under one criteria set with its disputed numbers changed: the sensitivity grid, each cell judged anew."""

from datetime import date

import pytest

from fhir_trd.errors import UsageError
from fhir_trd.model.grid import AXES, Cell, SensitivityGrid
from fhir_trd.variation import expect_variable, grid_of
from tests.factory.chart import Chart
from tests.factory.judging import cell as answer
from tests.factory.judging import judge, knowledge, record_of
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

MATTERS = rows("""
    vignette             | matters
    V01 textbook         |
    V02 same class twice |
    V05 dose table       | dose_table
    V10b dispensed       |
    V11 restarted        |
    V16b years suffice   | improvement_below
    V17 partial          | improvement_below
    """)

FIVE_WEEKS = Chart(
    as_of="2024-06-05",
    conditions="F33.1 onset 2023-12-20",
    drugs="""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-02-04 | 100    | lack
        venlafaxine | 2024-02-05 | 2024-05-30 | 150    | lack
        """,
    scores="2024-01-01 = 20; 2024-02-03 = 18; 2024-05-30 = 16",
)
"""A first trial of 35 days: long enough for four weeks, too short for six."""

INTERRUPTED = Chart(
    as_of="2024-09-30",
    conditions="F33.1 onset 2023-12-20",
    drugs="""
        drug        | from       | to         | mg/day | stop
        sertraline  | 2024-01-01 | 2024-02-25 | 100    | lack
        sertraline  | 2024-03-17 | 2024-05-31 | 100    | nausea
        venlafaxine | 2024-06-01 | 2024-09-15 | 150    | lack
        """,
    scores="2024-06-01 = 20; 2024-09-14 = 19",
)
"""Twenty days without sertraline: one exposure that ended for side effects, or two of which the first failed."""


@pytest.mark.parametrize("row", MATTERS, ids=lambda row: row["vignette"])
def test_the_axes_that_matter(row: dict[str, str]) -> None:
    """An axis matters only where one of its steps changes the answer or the count while the others stand still."""
    assert row["matters"] == ", ".join(grid(CHARTS[row["vignette"]]).matters)


def test_a_lower_dose_of_the_label_turns_the_answer() -> None:
    """Venlafaxine 75 mg is adequate by the label and not by the questionnaire, at every length, failure and gap (V05)."""
    found = grid(CHARTS["V05 dose table"])
    assert {("mgh-atrq", "not-met"), ("label", "met")} == {(cell.dose_table, str(cell.result)) for cell in found.cells}


def test_four_weeks_suffice_where_six_do_not() -> None:
    """A trial of 35 days counts where four weeks are asked, and does not where six or eight are."""
    found = grid(FIVE_WEEKS)
    assert {(28, "met"), (42, "not-met"), (56, "not-met")} == {(one.adequate_days, str(one.result)) for one in half(found)}


def test_a_gap_makes_one_exposure_or_two() -> None:
    """Twenty days without supply make two exposures where fourteen are joined: the first of them then failed by itself."""
    found = grid(INTERRUPTED)
    assert {(14, "met"), (30, "not-met"), (98, "not-met")} == {
        (one.exposure_gap, str(one.result)) for one in half(found) if one.adequate_days == 42
    }


def test_a_stated_reason_is_no_quarter() -> None:
    """Below a quarter of improvement a stated lack of efficacy without any score leaves the answer open (R-230)."""
    found = grid(CHARTS["V16b years suffice"])
    assert {(25, "indeterminate"), (50, "met")} == {(one.improvement_below, str(one.result)) for one in found.cells}


@pytest.mark.parametrize("vignette", CHARTS)
@pytest.mark.parametrize("criteria", ["consensus", "cigna-esketamine", "bcbsnd-esketamine"])
def test_the_numbers_of_the_set_itself_are_among_the_cells(vignette: str, criteria: str) -> None:
    """Exactly one cell has the set's own numbers, and it says what ``evaluate`` says."""
    (own,) = [cell for cell in grid(CHARTS[vignette], criteria).cells if cell.own]
    assert answer(judge(CHARTS[vignette], criteria=(criteria,)), criteria) == f"{own.result} {own.least}/{own.most}"


def test_every_combination_is_one_cell() -> None:
    """The grid holds every combination of the steps once."""
    cells = grid(CHARTS["V01 textbook"]).cells
    assert 3 * 2 * 2 * 3 == len(cells) == len({tuple(cell.at(axis) for axis in AXES) for cell in cells})


def test_a_set_without_such_numbers_is_refused() -> None:
    """An algorithm that counts treatments has no such numbers to change."""
    with pytest.raises(UsageError, match=r"found the criteria set 'cepeda', .*wanted one with a rule of failed trials"):
        expect_variable(knowledge().criteria["cepeda"])


def grid(chart: Chart, criteria: str = "consensus") -> SensitivityGrid:
    """The grid of a chart on the chart's own day."""
    return grid_of(record_of(chart.body()), knowledge(), as_of=date.fromisoformat(chart.as_of), criteria=criteria)


def half(found: SensitivityGrid) -> list[Cell]:
    """The cells that call less than half of improvement a failure, by the questionnaire's doses."""
    return [cell for cell in found.cells if cell.improvement_below == 50 and cell.dose_table == "mgh-atrq"]
