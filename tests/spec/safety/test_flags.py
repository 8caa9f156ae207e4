"""Safety: which recorded facts raise which flag, how urgent it is, and what it is about."""

import pytest

from fhir_trd.fhir.write.careplan import care_plan_for
from fhir_trd.fhir.write.observation import observation_for
from fhir_trd.model.verdicts import Flag, Severity
from fhir_trd.report.contract import assessment_json
from tests.factory.chart import Chart
from tests.factory.judging import judge
from tests.factory.medication import PATIENT, Json
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

BY_CONDITION = rows("""
    condition | severity | about
    I71.40    | BLOCK    | esketamine
    I72.0     | BLOCK    | esketamine
    I67.1     | BLOCK    | ketamine
    Q28.2     | BLOCK    | esketamine
    I61.9     | BLOCK    | esketamine
    Z86.79    | BLOCK    | esketamine
    Z33.1     | BLOCK    | esketamine
    O09.90    | BLOCK    | esketamine
    Z39.1     | BLOCK    | esketamine
    O09.90    | BLOCK    | valproate
    F53.0     | REVIEW   | diagnosis
    F33.3     | CAUTION  | rtms
    F33.3     | CAUTION  | esketamine
    G30.9     | REVIEW   | diagnosis
    G30.9     | CAUTION  | ect
    F10.20    | REVIEW   | diagnosis
    F10.20    | CAUTION  | esketamine
    F10.230   | BLOCK    | bupropion
    Z91.148   | REVIEW   | adequacy
    E03.9     | REVIEW   | diagnosis
    D50.9     | REVIEW   | diagnosis
    G47.33    | CAUTION  | esketamine
    G20       | REVIEW   | diagnosis
    F43.10    | REVIEW   | diagnosis
    F50.02    | BLOCK    | bupropion
    G40.909   | BLOCK    | bupropion
    G40.909   | CAUTION  | rtms
    C71.9     | BLOCK    | bupropion
    Z96.21    | BLOCK    | rtms
    Z96.82    | BLOCK    | rtms
    Z95.0     | BLOCK    | rtms
    Z95.810   | BLOCK    | rtms
    I10       | CAUTION  | esketamine
    I10       | CAUTION  | snri
    G93.2     | CAUTION  | ect
    D35.00    | CAUTION  | ect
    H33.20    | CAUTION  | ect
    K74.60    | BLOCK    | duloxetine
    H40.20X0  | CAUTION  | tricyclic
    I44.2     | CAUTION  | tricyclic
    E87.1     | CAUTION  | ssri
    I45.81    | CAUTION  | citalopram
    R45.851   | STOP     | suicide-risk
    T14.91XA  | STOP     | suicide-risk
    X78.0XXA  | STOP     | suicide-risk
    Z91.51    | STOP     | suicide-risk
    """)

BY_VALUE = rows("""
    code    | value | unit   | said | severity | about
    8480-6  | 165   | mm[Hg] |      | CAUTION  | esketamine
    8462-4  | 98    | mm[Hg] |      | CAUTION  | snri
    3016-3  | 9.1   | m[IU]/L | H   | REVIEW   | diagnosis
    718-7   | 9     | g/dL   | L    | REVIEW   | diagnosis
    2951-2  | 128   | mmol/L |      | CAUTION  | ssri
    8636-3  | 510   | ms     |      | BLOCK    | citalopram
    """)

SILENT = rows("""
    code    | value | unit
    8480-6  | 140   | mm[Hg]
    8480-6  | 165   | kPa
    2951-2  | 130   | mmol/L
    8636-3  | 500   | ms
    3016-3  | 9.1   | m[IU]/L
    """)


def measured(code: str, value: float, unit: str, said: str = "", day: str = "2024-05-20") -> Json:
    """A measurement as an Observation, with the laboratory's word for it."""
    word: Json = {"interpretation": [{"coding": [{"code": said}]}]} if said else {}
    plain: Json = {
        "resourceType": "Observation",
        "id": f"measured-{code}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": PATIENT,
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": unit, "code": unit},
    }
    return plain | word


def flags(conditions: str = "", *more: Json, born: str = "1980-06-15", drugs: str = "") -> tuple[Flag, ...]:
    """The flags of somebody with these facts on 1 June 2024."""
    return judge(Chart(as_of="2024-06-01", conditions=conditions, more=more, born=born, drugs=drugs)).flags


def lines(found: tuple[Flag, ...]) -> set[tuple[str, str]]:
    """Severity and subject of each flag."""
    return {(str(flag.severity), flag.about) for flag in found}


@pytest.mark.parametrize("row", BY_CONDITION, ids=lambda row: f"{row['condition']}: {row['severity']} {row['about']}")
def test_a_recorded_condition_raises_its_flag(row: dict[str, str]) -> None:
    """A condition that is on record raises the flag of its row, with the Condition as evidence."""
    found = flags(row["condition"])
    raised = [flag for flag in found if (str(flag.severity), flag.about) == (row["severity"], row["about"])]
    assert {"Condition/condition-1"} == {origin.resource for flag in raised for origin in flag.evidence}


@pytest.mark.parametrize("row", BY_VALUE, ids=lambda row: f"{row['code']} {row['value']}")
def test_a_measured_value_raises_its_flag(row: dict[str, str]) -> None:
    """A value beyond its limit, or called so by the laboratory, raises the flag of its row."""
    found = flags("", measured(row["code"], float(row["value"]), row["unit"], row["said"]))
    assert (row["severity"], row["about"]) in lines(found)


@pytest.mark.parametrize("row", SILENT, ids=lambda row: f"{row['code']} {row['value']} {row['unit']}")
def test_a_value_at_its_limit_or_in_another_unit_raises_nothing(row: dict[str, str]) -> None:
    """A limit is passed only beyond it, in its own unit; without the laboratory's word a value without a limit says nothing."""
    assert () == flags("", measured(row["code"], float(row["value"]), row["unit"]))


def test_only_the_last_value_counts() -> None:
    """A normal blood pressure lifts an earlier high one."""
    later = measured("8480-6", 120, "mm[Hg]", day="2024-05-28") | {"id": "later"}
    assert () == flags("", measured("8480-6", 165, "mm[Hg]"), later)


@pytest.mark.parametrize(
    ("value", "unit", "severity"), [(0.53, "s", "CAUTION"), (53, "", "CAUTION"), (520, "ms", "BLOCK"), (430, "ms", None)]
)
def test_a_later_value_that_cannot_be_compared_hides_nothing(value: float, unit: str, severity: str | None) -> None:
    """After a very long QT interval a value in another unit leaves it standing, if no longer surely; a normal one lifts it."""
    later = measured("8636-3", value, unit, day="2024-05-28") | {"id": "later"}
    found = {flag.severity for flag in flags("", measured("8636-3", 520, "ms"), later) if flag.about == "citalopram"}
    assert found == ({Severity(severity)} if severity else set())


def test_an_earlier_value_that_cannot_be_compared_changes_nothing() -> None:
    """The last value is in its own unit and blocks."""
    earlier = measured("8636-3", 0.4, "s", day="2024-05-10") | {"id": "earlier"}
    assert ("BLOCK", "citalopram") in lines(flags("", earlier, measured("8636-3", 520, "ms")))


def test_a_panel_holds_both_pressures() -> None:
    """A blood pressure panel is read by its components."""
    panel = measured("85354-9", 0, "") | {
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
                "valueQuantity": {"value": 165, "unit": "mmHg", "code": "mm[Hg]"},
            }
        ]
    }
    assert ("CAUTION", "esketamine") in lines(flags("", panel))


def test_nothing_recorded_raises_nothing() -> None:
    """A record that holds only the depression raises no flag."""
    assert () == flags("F33.1 onset 2024-01-01")


@pytest.mark.parametrize("word", ["refuted", "entered-in-error"])
def test_a_denied_condition_raises_nothing(word: str) -> None:
    """What was ruled out or entered in error speaks against nothing."""
    assert () == flags(f"I71.40 {word}")


def test_a_suspected_condition_asks_for_a_closer_look() -> None:
    """An aneurysm that is only provisional is a caution, not a block."""
    assert ("CAUTION", "esketamine") in lines(flags("I71.40 provisional"))
    assert "BLOCK" not in {severity for severity, _ in lines(flags("I71.40 provisional"))}


def test_what_is_over_no_longer_counts_unless_it_counts_for_life() -> None:
    """A pregnancy that has resolved blocks nothing; an aneurysm or a bleeding in the past still does."""
    assert () == flags("Z33.1 resolved")
    assert ("BLOCK", "esketamine") in lines(flags("I61.9 resolved"))


def test_an_old_heart_attack_is_not_recent() -> None:
    """A heart attack cautions against convulsions for six weeks; without a date it may be recent."""
    assert ("CAUTION", "ect") in lines(flags("I21.9 onset 2024-05-01"))
    assert ("CAUTION", "ect") not in lines(flags("I21.9 onset 2024-01-01"))
    assert ("CAUTION", "ect") in lines(flags("I21.9"))


@pytest.mark.parametrize(
    ("born", "line", "raised"),
    [
        ("2007-01-01", ("BLOCK", "esketamine"), True),
        ("2001-01-01", ("CAUTION", "antidepressants"), True),
        ("1999-01-01", ("CAUTION", "antidepressants"), False),
        ("1954-01-01", ("CAUTION", "tricyclic"), True),
    ],
)
def test_age_raises_its_flags(born: str, line: tuple[str, str], raised: bool) -> None:
    """Under 18, under 25 and over 65 have flags of their own."""
    assert raised is (line in lines(flags(born=born)))


def test_an_mao_inhibitor_forbids_a_serotonergic_start() -> None:
    """An MAO inhibitor within two weeks blocks the start of a serotonergic drug."""
    table = "drug | from | to | mg/day\n phenelzine | 2024-01-01 | {} | 45"
    assert ("BLOCK", "serotonergic-start") in lines(flags(drugs=table.format("2024-05-25")))
    assert ("BLOCK", "serotonergic-start") not in lines(flags(drugs=table.format("2024-05-01")))


def test_three_serotonergic_drugs_are_a_load() -> None:
    """Three serotonergic drugs at once raise a caution; two do not."""
    table = "drug | from | to | mg/day\n sertraline | 2024-01-01 | ongoing | 100\n trazodone | 2024-01-01 | ongoing | 100\n"
    assert ("CAUTION", "serotonin-syndrome") not in lines(flags(drugs=table))
    assert ("CAUTION", "serotonin-syndrome") in lines(flags(drugs=f"{table} lithium | 2024-01-01 | ongoing | 900"))


def test_too_much_citalopram_for_the_age() -> None:
    """More than 20 mg of citalopram over 60 years is a caution, as is more than 40 mg at any age."""
    table = "drug | from | to | mg/day\n citalopram | 2024-01-01 | ongoing | {}"
    assert ("CAUTION", "citalopram") in lines(flags(drugs=table.format(40), born="1954-02-20"))
    assert ("CAUTION", "citalopram") not in lines(flags(drugs=table.format(40)))
    assert ("CAUTION", "citalopram") in lines(flags(drugs=table.format(60)))


def other_drug(name: str, status: str = "active", **when: str) -> Json:
    """A statement about a drug that is no treatment of depression."""
    return {
        "resourceType": "MedicationStatement",
        "id": "other",
        "status": status,
        "medicationCodeableConcept": {"text": name},
        "subject": PATIENT,
        "effectivePeriod": when or {"start": "2023-01-01"},
    }


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Prednisone 10 MG Oral Tablet", ("REVIEW", "diagnosis")),
        ("metoprolol tartrate 50 mg", ("REVIEW", "diagnosis")),
        ("phenytoin 100 mg", ("REVIEW", "adequacy")),
        ("lorazepam 1 mg", ("CAUTION", "esketamine")),
    ],
)
def test_an_interfering_drug_raises_its_flag(name: str, line: tuple[str, str]) -> None:
    """A drug that can cause depression, weaken the treatment or sedate raises its flag while it is taken."""
    assert line in lines(flags("", other_drug(name)))


def test_an_interfering_drug_of_long_ago_raises_nothing() -> None:
    """A drug that ended more than 90 days ago, or was not taken, bears on nothing."""
    assert () == flags("", other_drug("Prednisone 10 MG", "completed", start="2023-01-01", end="2023-02-01"))
    assert () == flags("", other_drug("Prednisone 10 MG", "not-taken"))


def test_tramadol_or_linezolid_beside_an_antidepressant() -> None:
    """Linezolid beside one serotonergic antidepressant, or tramadol beside two, raises a caution; tramadol alone does not."""
    one = "drug | from | to | mg/day\n sertraline | 2024-01-01 | ongoing | 100\n"
    two = f"{one} trazodone | 2024-01-01 | ongoing | 150\n"
    assert ("CAUTION", "serotonin-syndrome") in lines(flags("", other_drug("linezolid 600 mg"), drugs=one))
    assert ("CAUTION", "serotonin-syndrome") in lines(flags("", other_drug("tramadol 50 mg"), drugs=two))
    assert ("CAUTION", "serotonin-syndrome") not in lines(flags("", other_drug("tramadol 50 mg"), drugs=""))


def test_all_the_flags_of_the_safety_vignette() -> None:
    """An alarming answer, an aneurysm, a pacemaker and a high pressure raise all their flags, the alarm first."""
    chart = CHARTS["V19 safety"]
    high = measured("8480-6", 165, "mm[Hg]")
    found = judge(Chart(**{**vars(chart), "more": (*chart.more, high)})).flags
    expected = {
        ("STOP", "suicide-risk"), ("BLOCK", "esketamine"), ("BLOCK", "rtms"), ("CAUTION", "esketamine"), ("CAUTION", "snri"),
    }  # fmt: skip
    assert expected <= lines(found)
    assert Severity.STOP is found[0].severity


def test_what_is_urgent_comes_first_in_every_output() -> None:
    """The alarm stands before everything but the head in JSON, and before all other words in both narratives."""
    found = judge(CHARTS["V19 safety"])
    keys = list(assessment_json(found))
    observation, plan = (str(write(found)["text"]) for write in (observation_for, care_plan_for))
    assert ["patient", "as_of", "flags"] == keys[:3]
    assert plan.index("STOP") < min(map(plan.index, ("BLOCK", "Goals", "Suggested", "consensus")))
    assert observation.index("STOP") < min(map(observation.index, ("BLOCK", "Criteria", "citalopram")))


def test_bipolar_disorder_cautions_against_monotherapy_and_bright_light() -> None:
    """Bipolar disorder excludes, and cautions against an antidepressant alone, bright light and SAMe."""
    found = lines(judge(CHARTS["V13 bipolar"]).flags)
    assert {
        ("EXCLUDE", "criteria"),
        ("CAUTION", "antidepressant-monotherapy"),
        ("CAUTION", "light-therapy"),
        ("CAUTION", "nutrition"),
    } <= found
