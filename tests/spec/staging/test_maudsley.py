"""The Maudsley Staging Method: five kinds of points, from 3 to 15."""

import pytest

from fhir_trd.model.verdicts import Assessment
from tests.factory.judging import judge
from tests.factory.spec import spec
from tests.factory.story import chart_of
from tests.factory.table import rows
from tests.spec.staging.stages import staged
from tests.spec.vignettes.charts import CHARTS

NAMES = (
    "sertraline", "venlafaxine", "bupropion", "mirtazapine", "fluoxetine", "paroxetine", "duloxetine", "vortioxetine",
    "escitalopram", "vilazodone", "desvenlafaxine", "citalopram",
)  # fmt: skip
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "eight": 8, "eleven": 11, "twelve": 12}


def story(failed: str) -> str:
    """So many drugs that failed, each after six weeks at its minimum; with ``+`` an agent was added to the last."""
    drugs = [f"{name} 42d lack" for name in NAMES[: NUMBERS[failed.rstrip("+")]]]
    return "; ".join([*drugs, "aripiprazole 5mg 35d beside"] if failed.endswith("+") else drugs)


VECTORS = rows("""
    vector | failed  | conditions             | scores         | treatments     | as_of      | points
    M1     | two     | F33.1 onset 2024-01-01 |                |                | 2024-06-01 | 1+3+1+0+0 = 5 mild
    M2     | four+   | F33.2 onset 2023-06-01 |                |                | 2024-12-01 | 2+4+2+1+0 = 9 moderate
    M3     | eight+  | F33.3 onset 2021-09-01 |                | ect 2024-12-15 | 2025-01-01 | 3+5+4+1+1 = 14 severe
    M4     | three   | F33.0 onset 2024-01-01 |                |                | 2024-12-31 | 1+2+2+0+0 = 5 mild
    M5     | eleven+ | F33.9 onset 2023-04-01 | 2025-05-01 = 7 |                | 2025-05-01 | 3+1+5+1+0 = 10 moderate
    M6     | twelve+ | F33.3 onset 2022-12-01 |                | ect 2025-05-20 | 2025-06-01 | 3+5+5+1+1 = 15 severe
    M7     | one     | F33.9 onset 2024-01-01 | 2024-03-01 = 7 |                | 2024-03-02 | 1+1+1+0+0 = 3 mild
    """)
VIGNETTES = rows("""
    vignette             | points
    V01 textbook         | 1+3+1+0+0 = 5 mild
    V02 same class twice | 1+2+1+0+0 = 4 mild
    V03 not tolerated    | 1+3+1+0+0 = 5 mild
    V07 augmentation     | 1+4+1+1+0 = 7 moderate
    V08 previous episode | 1+3+1+0+0 = 5 mild
    V15 third too young  | 1+3+1+0+0 = 5 mild
    """)


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["vector"])
def test_the_points_of_every_worked_example(row: dict[str, str]) -> None:
    """Duration, severity, failed drugs, augmentation and ECT add up as the method says (fekadu-2018)."""
    assert row["points"] == points(judge(chart_of({**row, "story": story(row["failed"])})))


@pytest.mark.parametrize("row", VIGNETTES, ids=lambda row: row["vignette"])
def test_the_points_of_the_vignettes(row: dict[str, str]) -> None:
    """Every vignette gets the points that were worked out by hand."""
    assert row["points"] == points(judge(CHARTS[row["vignette"]]))


def test_it_does_not_apply_where_nothing_failed() -> None:
    """The scale begins at one failed drug: ten months of severe depression without one have no points."""
    row = {"story": "sertraline 10d nausea", "conditions": "F33.2 onset 2023-12-15", "as_of": "2024-10-15"}
    found = staged(judge(chart_of(row)), "maudsley")
    assert (None, None, "does not apply") == (found.least, found.most, found.answer)


def test_an_onset_nobody_recorded_leaves_the_duration_open() -> None:
    """Where the onset is only inferred from the first records, the episode may be older than they are (R-101)."""
    row = {"story": story("two"), "conditions": "F33.1 recorded 2024-01-01", "as_of": "2024-06-01"}
    found = staged(judge(chart_of(row)), "maudsley")
    assert (5, 7, "5 to 7 mild to moderate") == (found.least, found.most, found.answer)


def test_a_failure_that_may_be_none_leaves_the_least_without_points() -> None:
    """If the only trial may have failed, the scale may not apply at all."""
    found = staged(judge(CHARTS["V16a a year each"]), "maudsley")
    assert (None, "none, or up to 7 moderate") == (found.least, found.answer)


def test_severity_nobody_recorded_may_be_any_without_psychosis() -> None:
    """Without a code or a score the severity may be subsyndromal or severe (R-102)."""
    row = {"story": story("one"), "conditions": "F33.9 onset 2024-01-01", "as_of": "2024-03-02"}
    parts = {part.name: (part.least, part.most) for part in staged(judge(chart_of(row)), "maudsley").parts}
    assert (1, 4) == parts["severity"]


SEVERITIES = rows("""
    case                         | conditions                                        | scores                             | points
    the later of two codes       | F33.1 onset 2024-01-01; F33.2 onset 2024-06-01    | 2024-06-01 = 12                    | 4-4
    two codes, one without a day | F33.1 onset 2024-01-01; F33.2                     |                                    | 3-4
    a code of an earlier episode | F33.9 onset 2024-01-01; F33.2 recorded 2020-03-01 | 2024-06-01 = 12                    | 2-2
    a code only suspected        | F33.9 onset 2024-01-01; F33.2 provisional         | 2024-06-01 = 12                    | 2-2
    a severity with psychosis    | F33.3 onset 2024-01-01                            | 2024-06-01 = 12                    | 5-5
    the clinician's scale first  | F33.9 onset 2024-01-01                            | HAM-D17 2024-05 = 20; 2024-06 = 12 | 4-4
    two scores, either the last  | F33.9 onset 2024-01-01                            | 2024-06 = 12; 2024-06-10 = 21      | 2-4
    """)


@pytest.mark.parametrize("row", SEVERITIES, ids=lambda row: row["case"])
def test_the_last_word_on_severity(row: dict[str, str]) -> None:
    """The code goes first if it is confirmed and of this episode, then HAM-D17, then PHQ-9, each by its last record (R-102)."""
    found = staged(judge(chart_of({**row, "story": story("one"), "as_of": "2024-07-01"})), "maudsley")
    least, most = next((part.least, part.most) for part in found.parts if part.name == "severity")
    assert row["points"] == f"{least:g}-{most:g}"


def test_an_agent_stopped_before_the_onset_is_none_of_this_episode() -> None:
    """An agent added to a trial that straddles the onset counts only by its own days."""
    found = spec(
        """
        drug         | from       | to         | mg/day | stop
        sertraline   | 2023-09-01 | 2024-06-30 | 100    | lack
        aripiprazole | 2023-10-01 | 2023-12-15 | 5      | lack
        venlafaxine  | 2024-07-01 | 2024-09-30 | 225    | lack
        """,
        conditions="F33.1 onset 2024-03-01",
    )
    assert (0, 0) == next((part.least, part.most) for part in staged(found, "maudsley").parts if part.name == "augmentation")


def points(assessment: Assessment) -> str:
    """The points as a sum, with total and band."""
    found = staged(assessment, "maudsley")
    assert found.is_settled
    return f"{'+'.join(f'{part.least:g}' for part in found.parts)} = {found.answer}"
