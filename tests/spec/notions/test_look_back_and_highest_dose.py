"""How far back a payer looks, whether the dose was the highest, and what a partial response at that dose is worth."""

import pytest

from fhir_trd.model.truth import Truth
from tests.factory.judging import judgement, verdict
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import spec
from tests.factory.table import rows

NAUSEA: Json = {
    "resourceType": "AllergyIntolerance",
    "id": "nausea",
    "patient": PATIENT,
    "code": {"text": "sertraline"},
    "recordedDate": "2024-02-20",
}

PAST = rows("""
    from       | to         | counts
    2019-12-01 | 2020-03-31 | yes
    2019-09-01 | 2020-02-24 | yes
    2019-09-01 | 2020-02-23 | no
    2019-09-01 | 2020-03    | yes
    2019-09-01 | 2020-02    | maybe
    2019-09-01 | 2019-12-31 | no
    """)


@pytest.mark.parametrize("row", PAST, ids=lambda row: f"{row['from']} to {row['to']}")
def test_only_what_lies_in_the_last_five_years_counts(row: dict[str, str]) -> None:
    """On 29 December 2024 this payer looks back to 31 December 2019: eight weeks of the trial must lie after it."""
    found = spec(
        f"""
        drug       | from          | to          | mg/day | stop
        sertraline | {row["from"]} | {row["to"]} | 200    | lack
        """,
        conditions="F33.1 onset 2019-08-01",
        criteria=("carefirst-esketamine",),
        as_of="2024-12-29",
    )
    said = judgement(found, "sertraline", "carefirst-esketamine")
    assert (said.answer, "before_look_back" in said.reasons) == (Truth(row["counts"]), row["counts"] != "yes")


def line(dose: str, *more: Json) -> tuple[Truth, str]:
    """How the line about the highest dose stands for one failed trial of sertraline."""
    found = spec(
        f"""
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | {dose} | lack
        """,
        criteria=("carefirst-esketamine",),
        more=more,
    )
    (said,) = [one for one in verdict(found, "carefirst-esketamine").findings if one.rule == "maximum-dose"]
    return said.truth, said.because


def test_the_highest_dose_of_the_label_is_documented() -> None:
    """Sertraline 200 mg is the highest dose of the label."""
    assert line("200") == (Truth.YES, "raised to the highest labelled dose: sertraline")


def test_a_lower_dose_leaves_the_line_missing() -> None:
    """Below it nobody knows from the record what was tolerated; the line is never contradicted."""
    assert line("100") == (Truth.MAYBE, "raised to the highest labelled dose: none; lower: sertraline")


def test_recorded_side_effects_stand_beside_the_line() -> None:
    """Side effects that may have limited the dose are named, and a person decides."""
    truth, words = line("100", NAUSEA)
    assert (truth, words.endswith("side effects recorded with sertraline")) == (Truth.MAYBE, True)


PARTLY = rows("""
    dose | to         | last | counts
    200  | 2024-03-31 | 14   | yes
    200  | 2024-03-31 | 19   | yes
    100  | 2024-03-31 | 14   | maybe
    ?    | 2024-03-31 | 14   | maybe
    100  | 2024-03-31 | 19   | yes
    200  | 2024-03-31 | 9    | no
    200  | 2024-02-20 | 14   | no
    """)


@pytest.mark.parametrize("row", PARTLY, ids=lambda row: f"{row['dose']} mg to {row['to']}, 20 to {row['last']}")
def test_a_partial_response_counts_after_eight_weeks_at_the_highest_dose(row: dict[str, str]) -> None:
    """No response fails after four weeks at any adequate dose; a partial one after eight weeks at the highest."""
    found = spec(
        f"""
        drug       | from       | to          | mg/day
        sertraline | 2024-01-01 | {row["to"]} | {row["dose"]}
        """,
        scores=f"2023-12-31 = 20; 2024-02-15 = {row['last']}",
        criteria=("bcbsnd-esketamine",),
    )
    assert judgement(found, "sertraline", "bcbsnd-esketamine").answer == Truth(row["counts"])
