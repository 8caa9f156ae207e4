"""Two dose tables: where they differ, one answers and the other stands beside it, on the page and as JSON."""

import json

from fhir_trd.report.contract import assessment_json
from fhir_trd.report.page import Line
from fhir_trd.report.sheets import assessment_page
from tests.factory.judging import cell, judge
from tests.spec.vignettes.charts import CHARTS

CHART = CHARTS["V05 dose table"]
SETS = ("consensus", "fda")


def test_the_other_table_stands_beside_the_answer_as_json() -> None:
    """Venlafaxine 75 mg is too little by the form and enough by the label: the JSON holds both answers."""
    found = judge(CHART, criteria=SETS)
    lines = json.loads(json.dumps(assessment_json(found)))["sensitivity"]
    assert [cell(found, one) for one in SETS] == ["not-met 1/1", "not-met 1/1"]
    assert [(one["criteria"], one["dose_table"], one["result"], one["least"]) for one in lines] == [
        ("consensus", "label", "met", 2),
        ("fda", "label", "met", 2),
    ]


def test_the_other_table_stands_beside_the_answer_on_the_page() -> None:
    """The page says what the label table would answer."""
    lines = [block.text for block in assessment_page(judge(CHART, criteria=SETS)) if isinstance(block, Line)]
    assert [line for line in lines if "with the dose table label" in line] == [
        "with the dose table label, consensus: MET (2)",
        "with the dose table label, fda: MET (2)",
    ]


def test_the_other_way_round_the_form_stands_beside_the_label() -> None:
    """Asked with the label table, the answer of the form is the other one."""
    found = judge(CHART, criteria=SETS, dose_table="label")
    assert [(one.dose_table, str(one.result)) for one in found.sensitivity] == [("mgh-atrq", "not-met")] * len(SETS)


def test_where_the_tables_agree_nothing_is_said() -> None:
    """Only a difference is worth a line."""
    assert judge(CHARTS["V01 textbook"], criteria=SETS).sensitivity == ()
