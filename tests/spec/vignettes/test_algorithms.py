"""Every vignette under the two published algorithms whose answers were worked out by hand."""

import pytest

from tests.factory.judging import cells, judge, verdict
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

TWO = ("claims-three-course", "cepeda")
EXPECTED = rows("""
    vignette             | doses    | claims-three-course | cepeda
    V01 textbook         | mgh-atrq | not-met 2/2         | not-met 2/2
    V01b orders only     | mgh-atrq | not-met 2/2         | not-met 2/2
    V02 same class twice | mgh-atrq | not-met 2/2         | not-met 2/2
    V03 not tolerated    | mgh-atrq | not-met 1/1         | not-met 2/2
    V04 below minimum    | mgh-atrq | not-met 1/1         | not-met 2/2
    V05 dose table       | mgh-atrq | not-met 1/1         | not-met 2/2
    V05 dose table       | label    | not-met 2/2         | not-met 2/2
    V06 cross-taper      | mgh-atrq | not-met 2/2         | not-met 2/2
    V07 augmentation     | mgh-atrq | not-met 2/2         | met 1/1
    V08 previous episode | mgh-atrq | not-met 2/2         | not-met 1/1
    V09 missing dose     | mgh-atrq | not-met 1/2         | not-met 2/2
    V10a missing end     | mgh-atrq | not-met 1/2         | not-met 2/2
    V10b dispensed       | mgh-atrq | not-met 2/2         | not-met 2/2
    V11 restarted        | mgh-atrq | not-met 2/2         | not-met 2/2
    V12 for smoking      | mgh-atrq | not-met 2/2         | not-met 2/2
    V13 bipolar          | mgh-atrq | excluded 2/2        | excluded 2/2
    V14 response lost    | mgh-atrq | not-met 2/2         | not-met 2/2
    V15 third too young  | mgh-atrq | met 2/2             | met 3/3
    V16a a year each     | mgh-atrq | not-met 0/2         | not-met 0/1
    V16b years suffice   | mgh-atrq | not-met 1/2         | not-met 0/1
    V17 partial          | mgh-atrq | not-met 2/2         | not-met 2/2
    V18 low doses        | mgh-atrq | not-met 1/1         | met 3/3
    V19 safety           | mgh-atrq | not-met 2/2         | not-met 2/2
    """)


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['vignette']} ({row['doses']})")
def test_both_algorithms_give_the_answer_worked_out_by_hand(row: dict[str, str]) -> None:
    """Both algorithms give each vignette the answer that was worked out by hand."""
    found = cells(judge(CHARTS[row["vignette"]], criteria=TWO, dose_table=row["doses"]))
    assert found == {criteria: row[criteria] for criteria in TWO}


def test_the_claims_algorithm_is_met_on_the_day_the_third_course_begins() -> None:
    """The claims algorithm is met on the first day of the third course, however young that course is."""
    met_on = verdict(judge(CHARTS["V15 third too young"], criteria=TWO), "claims-three-course").met_on
    assert met_on is not None
    assert (met_on.earliest.isoformat(), met_on.is_exact) == ("2024-06-24", True)


def test_every_vignette_is_judged() -> None:
    """No chart is left without an expected answer."""
    assert {row["vignette"] for row in EXPECTED} == set(CHARTS)
