"""The page of a study: every number on it, and what it does not say where there is nothing to say."""

from collections.abc import Iterator
from datetime import date

from msgspec import structs

from fhir_trd.model.criteria import Mark, Parameter
from fhir_trd.model.study import CellCount, Prevalence, Published, Share, Step, Study
from fhir_trd.report.page import Grid, Line
from fhir_trd.report.study import study_page


def percent(value: float) -> Parameter:
    """A published number."""
    return Parameter(
        name="least", value=value, unit="percent", mark=Mark.READ, source="paper", place="p", checked=date(2026, 1, 1)
    )


def cell(*, days: int = 42, table: str = "mgh-atrq", own: bool = False, met: int = 2) -> CellCount:
    """A cell of ten people."""
    return CellCount(criteria="x", adequate_days=days, dose_table=table, improvement_below=50.0, exposure_gap=30, own=own,
                     people=10, met=met, not_met=7 - met, indeterminate=2, excluded=1)  # fmt: skip


STEP = Step(criteria="x", step=1, stage="dose", rule="r", says="enough", surely=1234, possibly=1240, removed=5, enough_surely=3,
            enough_possibly=4000)  # fmt: skip
SHARE = Share(criteria="x", among="treated", people=200, excluded=1, met=20, indeterminate=5)
PUBLISHED = (
    Published(name="a", where="here", among="people", least=percent(8.0)),
    Published(name="b", where="there", among="people", least=percent(13.0), most=percent(31.0), criteria="x"),
    Published(name="c", where="experts", among="people", least=percent(30.0), or_more=True),
)
STUDY = Study(
    people=5000, as_of="2024-12-31", steps=(STEP,), shares=(SHARE,),
    prevalence=Prevalence(shares=PUBLISHED, plausible_least=5.0, plausible_most=50.0),
    cells=(cell(own=True), cell(days=28, met=3), cell(table="label", met=1), cell(days=28, table="label", met=4)),
)  # fmt: skip


def grids(study: Study) -> Iterator[Grid]:
    """The tables on the page of a study."""
    return (block for block in study_page(study) if isinstance(block, Grid))


def said(study: Study) -> list[str]:
    """The lines on it."""
    return [block.text for block in study_page(study) if isinstance(block, Line) and block.text]


def test_a_step_shows_who_is_left_in_doubt_removed_and_with_enough_trials() -> None:
    """Counts have commas, bounds a dash; a step that asks nothing of a trial says nothing of enough, and zeros are left out."""
    plain = structs.replace(STEP, possibly=1234, removed=0, enough_surely=None, enough_possibly=None)
    (attrition, *_) = grids(structs.replace(STUDY, steps=(STEP, plain)))

    assert (("enough", "1,234", "6", "5", "3–4,000"), ("enough", "1,234", "", "", "")) == attrition.rows


def test_a_share_has_its_numbers_and_both_ends() -> None:
    """Ten to twelve and a half percent of two hundred; of nobody there is no share."""
    nobody = structs.replace(SHARE, people=0, met=0, indeterminate=0)
    (_, shares, *_) = grids(structs.replace(STUDY, shares=(SHARE, nobody)))

    assert ("x", "… and an antidepressant taken", "200", "20", "5", "10–12.5 %") == shares.rows[0]
    assert ("0", "0", "", "") == shares.rows[1][2:]


def test_a_published_share_is_one_number_two_or_a_lower_bound() -> None:
    """Each with where, among whom, the set that reads it, and its source."""
    (_, _, published, *_) = grids(STUDY)

    assert ["8 %", "13–31 %", "30 % or more"] == [row[0] for row in published.rows]
    assert ("13–31 %", "there", "people", "x", "paper") == published.rows[1]


def test_an_odd_share_is_pointed_out() -> None:
    """Below five and above fifty percent of treated people there is a word on it; between them, or partly, none."""
    low, high = structs.replace(SHARE, met=1, indeterminate=0), structs.replace(SHARE, met=150)
    partly = structs.replace(SHARE, met=1, indeterminate=20)

    lines = said(structs.replace(STUDY, shares=(low, high, partly, SHARE)))

    assert ["x: 0.5 %", "x: 75–77.5 %"] == [line.partition(" of ")[0] for line in lines if "outside the usual 5–50 %" in line]


def test_the_grid_shows_one_number_changed_at_a_time_and_the_range_of_all() -> None:
    """The own cell comes first, then those that differ in one number; the range is of all cells."""
    *_, varied = grids(STUDY)

    assert (("as it stands", "", "2", "2", "5", "1"), ("Days at dose", "28 days", "3", "2", "4", "1"),
            ("Dose table", "label", "1", "2", "6", "1")) == varied.rows  # fmt: skip
    assert "over all 4 combinations 1–4 meet it, 3–6 with those of whom the record does not tell" in said(STUDY)


def test_without_a_day_the_page_says_on_which_days() -> None:
    """A run without --as-of judged each person on a day of their own; without a grid there is none on the page."""
    bare = structs.replace(STUDY, as_of="", cells=())

    assert "5,000 people, each as of the latest day in the record" == said(bare)[0]
    assert 3 == len(list(grids(bare)))
