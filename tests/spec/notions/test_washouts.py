"""Washouts: drugs that must not meet, and what is said where they do on record."""

import json

import pytest

from fhir_trd.model.verdicts import Assessment, Severity
from fhir_trd.report.contract import assessment_json
from tests.factory.judging import trials
from tests.factory.spec import spec
from tests.factory.table import rows

APART = rows("""
    first            | then            | days
    sertraline       | phenelzine      | 14
    venlafaxine      | tranylcypromine | 14
    mirtazapine      | isocarboxazid   | 14
    fluoxetine       | phenelzine      | 35
    vortioxetine     | phenelzine      | 21
    clomipramine     | phenelzine      | 14
    imipramine       | phenelzine      | 14
    bupropion        | phenelzine      | 14
    phenelzine       | sertraline      | 14
    phenelzine       | bupropion       | 14
    phenelzine       | tranylcypromine | 14
    moclobemide      | sertraline      | 1
    """)


def conflicts(first: str, then: str, free: int) -> list[tuple[str, str, int, bool]]:
    """The conflicts between a drug that ended on 31 March and one begun so many free days later."""
    begins = f"2024-{4 + free // 30:02d}-{free % 30 + 1:02d}"
    found = spec(f"""
        drug    | from       | to         | mg/day
        {first} | 2024-01-01 | 2024-03-31 | 60
        {then}  | {begins}   | 2024-08-31 | 60
        """)
    return [(one.first.ingredient, one.then.ingredient, one.free_days.most, one.certain) for one in found.history.conflicts]


def said(found: Assessment) -> list[tuple[Severity, tuple[str, ...]]]:
    """The flags about drugs that meet, with the records behind them."""
    flags = [flag for flag in found.flags if flag.about == "safety-data-conflict"]
    return [(flag.severity, tuple(sorted(origin.resource for origin in flag.evidence))) for flag in flags]


@pytest.mark.parametrize("row", APART, ids=lambda row: f"{row['first']}, {row['then']}")
def test_too_few_free_days_are_a_conflict(row: dict[str, str]) -> None:
    """One day less than the table asks is a conflict; the days asked are none."""
    asked = int(row["days"]) if int(row["days"]) < 30 else 30
    short = conflicts(row["first"], row["then"], asked - 1)
    assert short == [(row["first"], row["then"], asked - 1, True)]
    if asked == int(row["days"]):
        assert conflicts(row["first"], row["then"], asked) == []


def test_five_weeks_free_of_fluoxetine_are_enough() -> None:
    """Thirty-four days are too few before an MAO inhibitor, thirty-five are not."""
    found = [
        spec(f"""
            drug       | from       | to         | mg/day
            fluoxetine | 2024-01-01 | 2024-03-31 | 20
            phenelzine | {day}      | 2024-08-31 | 60
            """).history.conflicts
        for day in ("2024-05-05", "2024-05-06")
    ]
    assert [len(one) for one in found] == [1, 0]


@pytest.mark.parametrize(
    ("first", "then"), [("sertraline", "bupropion"), ("sertraline", "lithium"), ("selegiline", "selegiline")]
)
def test_drugs_that_may_meet_raise_nothing(first: str, then: str) -> None:
    """Only the pairs of the table are a conflict, and a drug is none with itself."""
    assert conflicts(first, then, 0) == []


def test_a_conflict_is_flagged_with_both_records() -> None:
    """An MAO inhibitor beside a serotonergic drug is a caution that names both records."""
    found = spec("""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-05-31 | 100
        phenelzine | 2024-05-01 | 2024-08-31 | 60
        """)
    assert said(found) == [(Severity.CAUTION, ("MedicationStatement/phenelzine-2", "MedicationStatement/sertraline-1"))]


def words(*drugs: str) -> list[str]:
    """What is said about drugs that meet, each told as a row of name, first and last day."""
    table = "\n".join(("drug | from | to | mg/day", *(f"{drug} | 60" for drug in drugs)))
    return [flag.because for flag in spec(table).flags if flag.about == "safety-data-conflict"]


@pytest.mark.parametrize(
    ("earlier", "later"), [("sertraline", "phenelzine"), ("phenelzine", "sertraline"), ("phenelzine", "bupropion")]
)
def test_of_two_drugs_taken_together_the_one_started_first_must_go_first(earlier: str, later: str) -> None:
    """The days free of the earlier drug must come before the later one, whatever they are called."""
    (told,) = words(f"{earlier} | 2024-01-01 | 2024-02-29", f"{later} | 2024-02-20 | 2024-06-30")
    assert told.startswith(f"14 days free of {earlier} must come before {later}")


@pytest.mark.parametrize(
    ("begins", "said_of_it"),
    [
        ("2024-02-29", "they were taken together"),
        ("2024-03-01", "no day free is on record"),
        ("2024-03-02", "at most 1 are on record"),
    ],
)
def test_a_switch_without_a_gap_is_not_taken_together(begins: str, said_of_it: str) -> None:
    """Sertraline to 29 February: one shared day is together, the next day is no day free."""
    (told,) = words("sertraline | 2024-01-01 | 2024-02-29", f"phenelzine | {begins} | 2024-06-30")
    assert said_of_it in told


def test_vague_dates_only_ask_for_a_look() -> None:
    """Where the dates leave open whether the drugs met, the words are weaker and the severity is REVIEW."""
    found = spec("""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-04    | 100
        phenelzine | 2024-05-10 | 2024-08-31 | 60
        """)
    ((severity, records),) = said(found)
    assert (severity, len(records)) == (Severity.REVIEW, 2)
    assert "may have been fewer" in next(flag.because for flag in found.flags if flag.about == "safety-data-conflict")


def test_a_vague_date_that_is_surely_too_near_is_a_conflict() -> None:
    """An end known to the month is too near if even its first day leaves too few days free."""
    found = spec("""
        drug       | from       | to         | mg/day
        fluoxetine | 2024-01-01 | 2024-04    | 20
        phenelzine | 2024-05-01 | 2024-08-31 | 60
        """)
    (conflict,) = found.history.conflicts
    assert (conflict.certain, conflict.free_days.least, conflict.free_days.most) == (True, 0, 29)


def test_drugs_in_conflict_are_never_merged() -> None:
    """Both trials stay as recorded, and the output lists the conflict with both records."""
    found = spec("""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-05-31 | 100
        phenelzine | 2024-05-01 | 2024-08-31 | 60
        """)
    assert (len(trials(found, "sertraline")), len(trials(found, "phenelzine"))) == (1, 1)
    (issue,) = [one for one in json.loads(json.dumps(assessment_json(found)))["issues"] if one["kind"] == "safety-data-conflict"]
    assert {issue["resource"], *issue["beside"]} == {"MedicationStatement/phenelzine-2", "MedicationStatement/sertraline-1"}


def test_a_sleeping_dose_is_a_conflict_too() -> None:
    """The rule knows no dose: trazodone 50 mg beside an MAO inhibitor breaks it."""
    found = spec("""
        drug       | from       | to         | mg/day
        phenelzine | 2024-01-01 | 2024-08-31 | 60
        trazodone  | 2024-03-01 | 2024-03-31 | 50
        """)
    assert [severity for severity, _ in said(found)] == [Severity.CAUTION]
