"""Eras: records joined by a published rule that decides no more than that."""

from datetime import date

import pytest

from fhir_trd.history.eras import eras_of
from fhir_trd.model.eras import Eras
from fhir_trd.report.eras import eras_json
from tests.factory.chart import Chart
from tests.factory.judging import knowledge, record_of
from tests.factory.table import rows

CMS128 = rows("""
    case                                  | filled                               | acute | continuation
    84 days of treatment                  | 2025-01-01 for 84                    | 84 yes | 84 no
    180 days of treatment                 | 2025-01-01 for 180                   | 115 yes | 180 yes
    nursing facility visit                | 2025-01-01 for 10; 2025-03-01 for 10 | 20 no | 20 no
    annual wellness visit                 | 2025-01-01 for 10; 2025-03-01 for 10 | 20 no | 20 no
    hospice, no discharge                 | 2025-01-01 for 10; 2025-03-01 for 10 | 20 no | 20 no
    hospice observed                      | 2025-01-01 for 10; 2025-03-01 for 10 | 20 no | 20 no
    hospice diagnosis                     | 2025-01-01 for 10; 2025-03-01 for 10 | 20 no | 20 no
    telephone visit                       | 2025-01-01 for 10; 2025-03-01 for 10 | 20 no | 20 no
    diagnosis within 60 days              | 2025-01-01 for 10                    | 10 no | 10 no
    earlier order ends 105 days before    | 2025-01-01 for 10                    | 10 no | 10 no
    annual wellness visit, next edition   | 2026-01-01 for 10; 2026-03-01 for 10 | 20 no | 20 no
    nursing facility visit, next edition  | 2026-01-01 for 10; 2026-03-01 for 10 | 20 no | 20 no
    telephone visit, next edition         | 2026-01-01 for 10; 2026-03-01 for 10 | 20 no | 20 no
    """)
"""The test patients of the measure that belong to its denominator: the facts of each, and both numerators."""


def eras(drugs: str, rule: str, as_of: str = "2026-12-31") -> Eras:
    """The eras of a table of drugs under one rule."""
    record = record_of(Chart(as_of=as_of, drugs=drugs, conditions="F33.1 onset 2020-01-01", scores="").body())
    return eras_of(record, knowledge().eras[rule], as_of=date.fromisoformat(as_of))


def filled(text: str) -> str:
    """A table of dispensings from "day for days" phrases."""
    lines = ["drug | from | to | mg/day | as"]
    for phrase in text.split("; "):
        day, days = phrase.split(" for ")
        last = date.fromordinal(date.fromisoformat(day).toordinal() + int(days) - 1)
        lines.append(f"desipramine | {day} | {last} | 75 | dispense {days}")
    return "\n".join(lines)


@pytest.mark.parametrize("row", CMS128, ids=lambda row: row["case"])
def test_both_numerators_of_the_quality_measure(row: dict[str, str]) -> None:
    """Every test patient of the measure has its days covered in both windows, and is in a numerator or not, as published."""
    found = eras(filled(row["filled"]), "cms128")
    said = {one.goal: f"{one.days} {'yes' if one.enough else 'no'}" for one in found.reached}
    assert {"acute": row["acute"], "continuation": row["continuation"]} == said


def test_the_first_dispensing_is_the_index_date() -> None:
    """The windows of the measure open on the day of the first dispensing, and orders open none."""
    found = eras(
        """
        drug        | from       | to         | mg/day | as
        desipramine | 2023-01-01 | 2024-09-18 | 75     | request
        desipramine | 2025-01-01 | 2025-01-10 | 75     | dispense 10
        """,
        "cms128",
    )
    assert found.index_date == date(2025, 1, 1)


def test_days_abandoned_at_a_refill_are_not_carried_over() -> None:
    """Four exposures on days 1 to 5, 3 to 7, 11 to 13 and 16 to 20 are one era of 20 days with 5 gap days."""
    found = eras(
        """
        drug       | from       | to         | mg/day | as
        sertraline | 2025-01-01 | 2025-01-05 | 50     | dispense 5
        sertraline | 2025-01-03 | 2025-01-07 | 50     | dispense 5
        sertraline | 2025-01-11 | 2025-01-13 | 50     | dispense 3
        sertraline | 2025-01-16 | 2025-01-20 | 50     | dispense 5
        """,
        "ohdsi",
    )
    assert [(era.days, era.gap_days) for era in found.eras] == [(20, 5)]


@pytest.mark.parametrize(("then", "expected"), [("2025-03-01", 1), ("2025-03-02", 2)])
@pytest.mark.parametrize("rule", ["fife", "ohdsi"])
def test_thirty_days_without_supply_join_two_eras(rule: str, then: str, expected: int) -> None:
    """Thirty uncovered days are bridged, thirty-one are not."""
    assert len(eras(filled(f"2025-01-01 for 29; {then} for 30"), rule).eras) == expected


def test_records_of_vague_days_are_named_and_left_out() -> None:
    """A record of which only the year is known makes no era."""
    found = eras("drug | from | to | mg/day\nsertraline | 2024 | 2024 | 50", "ohdsi")
    assert (found.eras, len(found.left_out)) == ((), 1)


def test_eras_as_json() -> None:
    """The measure adds its index date and both windows to the eras."""
    found = eras_json(eras(filled("2025-01-01 for 84"), "cms128"))
    del found["patient"]
    era = {"drug": "any antidepressant", "start": "2025-01-01", "end": "2025-03-25", "days": 84, "gap_days": 0}
    windows = {"acute_days": 84, "acute": True, "continuation_days": 84, "continuation": False}
    assert {"eras": [era], "index_date": "2025-01-01", **windows, "left_out": [], "not_asked": {}} == found


@pytest.mark.parametrize("until", ["2024-06-30", "ongoing"])
def test_eras_end_with_the_death(until: str) -> None:
    """What outlasts its taker, or is begun after the death, is in no era."""
    drugs = f"drug | from | to | mg/day\nsertraline | 2024-01-01 | {until} | 50\nfluoxetine | 2024-08-01 | 2024-09-30 | 20"
    record = record_of(Chart(as_of="2026-12-31", drugs=drugs, died="2024-03-10").body())
    found = eras_of(record, knowledge().eras["ohdsi"], as_of=date(2026, 12, 31))
    assert [("sertraline", 70)] == [(era.drug, era.days) for era in found.eras]


def test_records_that_the_measure_does_not_look_at_are_counted() -> None:
    """Without a dispensing the measure has no index date and judges no window; what is only reported is counted by kind."""
    found = eras_json(eras("drug | from | to | mg/day\nsertraline | 2024-01-01 | 2024-06-30 | 50", "cms128"))
    del found["patient"]
    windows = {"acute_days": 0, "acute": None, "continuation_days": 0, "continuation": None}
    assert {"eras": [], "index_date": None, **windows, "left_out": [], "not_asked": {"reported": 1}} == found
