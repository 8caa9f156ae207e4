"""Every vignette under every clinical criteria set."""

import pytest

from tests.factory.judging import SIX, cells, judge, varied
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

EXPECTED = rows("""
    vignette             | doses    | consensus    | fda          | ema          | delphi       | cigna-esketamine | medicare-tms
    V01 textbook         | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    V01b orders only     | mgh-atrq | met 2/2      | met 2/2      | indet 0/2    | met 2/2      | met 2/2          | met 2/2
    V02 same class twice | mgh-atrq | not-met 1/1  | met 2/2      | met 2/2      | met 2/2      | not-met 1/1      | met 2/2
    V03 not tolerated    | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 2/2
    V04 below minimum    | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V05 dose table       | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V05 dose table       | label    | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    V06 cross-taper      | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    V07 augmentation     | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V08 previous episode | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V09 missing dose     | mgh-atrq | indet 1/2    | indet 1/2    | indet 1/2    | indet 1/2    | indet 1/2        | met 1/2
    V10a missing end     | mgh-atrq | indet 1/2    | indet 1/2    | indet 1/2    | indet 1/2    | indet 1/2        | met 1/2
    V10b dispensed       | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    V11 restarted        | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    V12 for smoking      | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V13 bipolar          | mgh-atrq | excluded 2/2 | excluded 2/2 | excluded 2/2 | excluded 2/2 | excluded 2/2     | excluded 2/2
    V14 response lost    | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V15 third too young  | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    V16a a year each     | mgh-atrq | indet 0/2    | indet 0/2    | indet 0/2    | indet 0/2    | indet 0/2        | indet 0/2
    V16b years suffice   | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | indet 0/2    | indet 0/2        | met 2/2
    V17 partial          | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | not-met 0/0  | not-met 0/0      | met 2/2
    V18 low doses        | mgh-atrq | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1  | not-met 1/1      | met 1/1
    V19 safety           | mgh-atrq | met 2/2      | met 2/2      | met 2/2      | met 2/2      | met 2/2          | met 2/2
    """)

LIFETIME = rows("""
    criteria         | answer
    consensus        | met 2/2
    fda              | met 3/3
    delphi           | indeterminate 1/3
    cigna-esketamine | indeterminate 1/2
    """)


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['vignette']} ({row['doses']})")
def test_every_criteria_set_gives_the_answer_worked_out_by_hand(row: dict[str, str]) -> None:
    """Every clinical criteria set gives each vignette the answer, and the least and most, that were worked out by hand."""
    found = cells(judge(CHARTS[row["vignette"]], dose_table=row["doses"]))
    assert found == {criteria: row[criteria].replace("indet ", "indeterminate ") for criteria in SIX}


@pytest.mark.parametrize("row", LIFETIME, ids=lambda row: row["criteria"])
def test_a_lifetime_scope_lets_trials_of_earlier_episodes_count(row: dict[str, str]) -> None:
    """With a lifetime scope the trials of an earlier episode count too, as far as their outcome is known."""
    criteria = row["criteria"]
    known = varied(criteria, scope="lifetime")
    found = cells(judge(CHARTS["V08 previous episode"], criteria=(criteria,), known=known))
    assert found == {criteria: row["answer"]}


def test_every_vignette_is_judged() -> None:
    """No chart is left without an expected answer."""
    assert {row["vignette"] for row in EXPECTED} == set(CHARTS)
