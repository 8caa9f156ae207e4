"""A payer's list on the page: every item documented, missing or contradicted, with the records that say so."""

from io import StringIO

import pytest

from fhir_trd.report.checklist import is_checklist
from fhir_trd.report.plain import paint
from fhir_trd.report.sheets import assessment_page
from fhir_trd.report.words import DOCUMENTED
from tests.factory.judging import judge, knowledge, verdict
from tests.spec.vignettes.charts import CHARTS

PAYERS = [one.id for one in knowledge().criteria.values() if one.group in ("payer", "medicare") and not one.refused]


def page(name: str, vignette: str = "V02 same class twice") -> str:
    """The page of a vignette under one set, in one line."""
    stream = StringIO()
    paint(assessment_page(judge(CHARTS[vignette], criteria=(name,))), stream)
    return " ".join(stream.getvalue().split())


@pytest.mark.parametrize("name", PAYERS)
def test_every_item_of_a_payer_says_how_it_stands(name: str) -> None:
    """The page of each payer set has a line for every item: its state, its name, and the records behind it."""
    found = verdict(judge(CHARTS["V02 same class twice"], criteria=(name,)), name)
    shown = page(name)
    wanted = [f"{DOCUMENTED[one.truth]}: {one.rule.replace('-', ' ')}: {' '.join(one.because.split())}" for one in found.findings]
    assert is_checklist(found)
    assert [] == [line for line in wanted if line not in shown]


@pytest.mark.parametrize("name", PAYERS)
def test_a_payer_set_in_need_of_review_says_so(name: str) -> None:
    """The page says needs-review beside the name of a set whose source was not read in full, and only there."""
    assert knowledge().criteria[name].needs_review == ("(needs-review:" in page(name))


def test_the_records_behind_an_item_are_named() -> None:
    """An item that a record speaks to names that record."""
    assert "contradicted: phq 9 total: the latest phq-9 total does not reach the severity asked for [Observation/" in page(
        "centene-tms"
    )


def test_an_item_that_no_record_answers_asks_a_person() -> None:
    """What no record holds is missing, with the question to ask."""
    assert "missing: prescriber: not in the record; ask: whether a psychiatrist prescribes it" in page("cigna-esketamine")
