"""Bad records: what cannot be is named with its place, and read as unknown; it is never guessed and never lost in silence."""

import pytest

from fhir_trd.model.trials import Response
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Assessment
from tests.factory.findings import answered_questionnaire, score
from tests.factory.judging import adequate, judgement, outcome, trial
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import spec
from tests.factory.table import rows

SERTRALINE: Json = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "312941"}]}
ONGOING: Json = {"status": "active", "effectivePeriod": {"start": "2024-01-01"}}
DAILY: Json = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}


def issues(found: Assessment) -> list[tuple[str, str]]:
    """The kind of each issue and the record it names."""
    return [(issue.kind, issue.origin.resource) for issue in found.issues]


def statement(**more: object) -> Json:
    """A completed statement about sertraline."""
    return {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "completed",
        "subject": PATIENT,
        "medicationCodeableConcept": SERTRALINE,
        "effectivePeriod": {"start": "2024-01-01", "end": "2024-03-31"},
        **more,
    }


def dispense(days: float, **more: object) -> Json:
    """One tablet of 50 mg a day for so many days, handed over on 1 January 2024."""
    return {
        "resourceType": "MedicationDispense",
        "id": "d",
        "status": "completed",
        "subject": PATIENT,
        "medicationCodeableConcept": SERTRALINE,
        "whenHandedOver": "2024-01-01",
        "daysSupply": {"value": days, "code": "d"},
        "dosageInstruction": [{"timing": DAILY, "doseAndRate": [{"doseQuantity": {"value": 50, "unit": "mg"}}]}],
        **more,
    }


def dosed(quantity: Json, drug: str = "") -> Json:
    """A statement with one dose."""
    return statement(dosage=[{"timing": DAILY, "doseAndRate": [quantity]}])


@pytest.mark.parametrize(
    ("days", "kind"), [(9999, "absurd-supply"), (367, "absurd-supply"), (0, "impossible-quantity"), (-30, "impossible-quantity")]
)
def test_days_supply_that_cannot_be_is_unknown(days: int, kind: str) -> None:
    """A supply of 9999 days, of none or of minus thirty says nothing about how long the drug was taken."""
    found = spec("", more=(dispense(days),))
    assert issues(found) == [(kind, "MedicationDispense/d")]
    least, most = adequate(found, "sertraline")
    assert least <= 1 < most


def test_a_year_of_supply_is_believed() -> None:
    """Supplies of up to a year are handed out."""
    found = spec("", more=(dispense(366),))
    assert (issues(found), adequate(found, "sertraline")) == ([], (366, 366))


def test_more_pieces_than_a_supply_can_hold_say_nothing() -> None:
    """A hundred thousand tablets, one a day, are a slip of the pen."""
    found = spec("", more=(dispense(30, quantity={"value": 99999}) | {"daysSupply": {}},))
    assert ("absurd-supply", "MedicationDispense/d") in issues(found)


@pytest.mark.parametrize(
    ("quantity", "kind"),
    [
        ({"doseQuantity": {"value": 0, "unit": "mg"}}, "impossible-dose"),
        ({"doseQuantity": {"value": -50, "unit": "mg"}}, "impossible-dose"),
        ({"doseRange": {"low": {"value": 100, "unit": "mg"}, "high": {"value": 50, "unit": "mg"}}}, "impossible-dose"),
        ({"doseQuantity": {"value": 20000, "unit": "mg"}}, "absurd-dose"),
        ({"doseQuantity": {"value": 50, "unit": "g"}}, "absurd-dose"),
        ({"doseQuantity": {"value": 1001, "unit": "mg"}}, "absurd-dose"),
    ],
)
def test_a_dose_that_cannot_be_is_unknown(quantity: Json, kind: str) -> None:
    """A dose of nothing, a negative one, a range upside down, or many times the highest: the days at the minimum are open."""
    found = spec("", more=(dosed(quantity),))
    assert issues(found) == [(kind, "MedicationStatement/s")]
    assert (trial(found, "sertraline").max_dose, adequate(found, "sertraline")) == (None, (0, 91))
    assert judgement(found, "sertraline").answer == Truth.MAYBE


def test_a_high_dose_is_taken_as_written() -> None:
    """A dose above the label, but not many times it, is unusual and no error."""
    found = spec("", more=(dosed({"doseQuantity": {"value": 400, "unit": "mg"}}),))
    assert (issues(found), trial(found, "sertraline").max_dose) == ([], 400)


def test_an_absurd_dose_of_an_added_drug_is_unknown() -> None:
    """Liothyronine in milligrams instead of micrograms is no adequate augmentation, and no silent one."""
    found = spec("""
        drug         | from       | to         | mg/day
        sertraline   | 2024-01-01 | 2024-06-30 | 100
        liothyronine | 2024-03-01 | 2024-05-31 | 25
        """)
    assert issues(found) == [("absurd-dose", "MedicationStatement/liothyronine-2")]
    assert [added.max_dose for added in trial(found, "sertraline").augmentations] == [None]


def test_an_end_before_the_start_is_unknown() -> None:
    """A drug that ended before it began has an unknown end."""
    found = spec("", more=(statement(effectivePeriod={"start": "2024-03-01", "end": "2024-01-01"}),))
    assert issues(found) == [("end-before-start", "MedicationStatement/s")]
    assert adequate(found, "sertraline")[1] > 100


@pytest.mark.parametrize("resource", ["Procedure", "Encounter"])
def test_a_treatment_or_stay_that_ends_before_it_begins_is_named(resource: str) -> None:
    """An end before the start is named, whatever the record."""
    period = {"start": "2024-03-01", "end": "2024-01-01"}
    told: dict[str, Json] = {
        "Procedure": {"status": "completed", "code": {"text": "electroconvulsive therapy"}, "performedPeriod": period},
        "Encounter": {"status": "finished", "class": {"code": "IMP"}, "period": period},
    }
    found = spec("", more=({"resourceType": resource, "id": "x", "subject": PATIENT, **told[resource]},))
    assert issues(found) == [("end-before-start", f"{resource}/x")]


def test_a_condition_that_ends_before_it_begins_has_no_known_end() -> None:
    """A depression that is said to be over before it began is named."""
    found = spec("", conditions="F33.1 onset 2024-01-01 abated 2023-01-01")
    assert issues(found) == [("end-before-start", "Condition/condition-1")]


@pytest.mark.parametrize("start", ["1901-01-01", "1902-02-02", "1903-03-03", "1900-01-01"])
def test_a_start_that_stands_for_unknown_is_unknown(start: str) -> None:
    """Dates that systems write for want of one prove no day of use."""
    found = spec("", more=(statement(effectivePeriod={"start": start, "end": "2024-03-31"}),))
    assert ("sentinel-date", "MedicationStatement/s") in issues(found)
    assert adequate(found, "sertraline")[0] <= 1


@pytest.mark.parametrize("end", ["2037-07-07", "2037-12-31", "2099-12-31", "9999-12-31"])
def test_an_end_that_stands_for_unknown_is_unknown(end: str) -> None:
    """A drug until the year 9999 has an end that nobody recorded."""
    found = spec("", more=(statement(effectivePeriod={"start": "2024-01-01", "end": end}),))
    assert issues(found) == [("sentinel-date", "MedicationStatement/s")]
    least, most = adequate(found, "sertraline")
    assert least <= 1
    assert most == 366


@pytest.mark.parametrize("end", ["2037-12-31", "9999-12-31"])
def test_an_active_drug_until_the_end_of_time_goes_on(end: str) -> None:
    """An end in the year 9999, or in the last that old clocks hold, means on an active record that it has none; it is named."""
    found = spec("", more=(statement(status="active", effectivePeriod={"start": "2024-01-01", "end": end}),))
    assert issues(found) == [("sentinel-date", "MedicationStatement/s")]
    assert trial(found, "sertraline").ongoing


def test_a_start_before_the_birth_is_unknown() -> None:
    """A drug said to have begun before its taker was born began nobody knows when."""
    found = spec("", born="1980-06-15", more=(statement(effectivePeriod={"start": "1974-01-01", "end": "2024-03-31"}),))
    assert issues(found) == [("before-birth", "MedicationStatement/s")]
    assert adequate(found, "sertraline")[0] <= 1


def test_a_score_before_the_birth_is_left_out() -> None:
    """Nobody filled in a questionnaire before being born."""
    found = spec("", scores="1979-01-01 = 20")
    assert (issues(found), found.history.scores) == ([("before-birth", "Observation/score-1")], ())


def test_a_birth_to_come_tells_no_age() -> None:
    """A birth after the day of assessment is an error, and the age unknown."""
    found = spec("", born="2030-01-01")
    assert (issues(found), found.history.age) == ([("birth-to-come", "Patient/p")], None)


def test_a_drug_begun_after_the_death_is_left_out() -> None:
    """Nobody takes a drug for the first time after having died."""
    late = statement(effectivePeriod={"start": "2024-05-01", "end": "2024-08-31"})
    found = spec("", died="2024-03-10T04:00:00Z", more=(late,))
    assert (issues(found), found.history.trials) == ([("after-death", "MedicationStatement/s")], ())


def test_a_score_after_the_death_is_left_out() -> None:
    """Nobody fills in a questionnaire after having died."""
    found = spec("", scores="2024-04-01 = 20", died="2024-03-10")
    assert (issues(found), found.history.scores) == ([("after-death", "Observation/score-1")], ())


@pytest.mark.parametrize("told", [{"effectivePeriod": {"start": "2024-01-01", "end": "2024-08-31"}}, ONGOING])
def test_a_drug_that_outlasts_its_taker_ends_with_the_death(told: Json) -> None:
    """What was being taken is taken until the death and no longer."""
    found = spec("", died="2024-03-10", more=(statement(**told),))
    assert (issues(found), adequate(found, "sertraline")[1]) == ([], 70)
    assert not trial(found, "sertraline").ongoing


@pytest.mark.parametrize("period", [{"start": "2024-01-01", "end": "2024-02-29"}, {"start": "2024-01-01"}])
def test_a_death_moves_no_end_that_lies_before_it_or_that_nobody_knows(period: Json) -> None:
    """A death says nothing about a drug that was stopped before it, or of which nobody knows when it was."""
    alive, dead = (spec("", died=day, more=(statement(effectivePeriod=period),)) for day in ("", "2024-03-10"))
    assert alive.history.trials == dead.history.trials


def test_a_death_after_the_day_of_assessment_changes_nothing() -> None:
    """What was not known on the day counts for nothing."""
    found = spec("", died="2025-03-10", more=(statement(**ONGOING),))
    assert trial(found, "sertraline").ongoing


@pytest.mark.parametrize("phrase", ["2024-03-15 = 28", "2024-03-15 = -1", "MADRS 2024-03-15 = 61"])
def test_a_score_out_of_range_is_left_out(phrase: str) -> None:
    """A total that the scale does not have is named and not used."""
    found = spec("", scores=phrase)
    assert (issues(found), found.history.scores) == ([("score-out-of-range", "Observation/score-1")], ())


def test_a_total_that_its_answers_do_not_add_up_to_is_left_out() -> None:
    """Nine answers of 1 and a total of 20 cannot both be right."""
    wrong = score("2024-03-15 = 20", 1)
    found = spec("", more=(wrong, answered_questionnaire("2024-03-15", (1,) * 9, 1)))
    assert issues(found) == [("total-not-sum", "Observation/score-1")]


TOTALS = rows("""
    scores                                                    | response
    2023-12-31 = 20; 2024-03-15 = 18                          | non-response
    2023-12-31 = 20; 2024-03-15 = 18; 2024-03-15 = 5          | unknown
    2023-12-31 = 20; 2023-12-31 = 11; 2024-03-15 = 18         | unknown
    2023-12-31 = 20; 2023-12-31 = 20; 2024-03-15 = 18         | non-response
    """)


@pytest.mark.parametrize("row", TOTALS, ids=lambda row: row["scores"])
def test_two_totals_of_one_day_tell_no_outcome(row: dict[str, str]) -> None:
    """Where two totals of one day differ, neither is picked; the same total twice is one."""
    table = """
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-03-31 | 100
        """
    found = spec(table, scores=row["scores"])
    said = outcome(found, "sertraline")
    assert said.response == Response(row["response"])
    assert [kind for kind, _ in issues(found)] == (["contradicting-totals"] * 2 if row["response"] == "unknown" else [])


def test_two_answers_to_one_question_make_no_total() -> None:
    """Answers that contradict each other are named, and no total is made of them."""
    answers = [
        {
            "resourceType": "Observation",
            "id": f"item-{points}",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "44250-9"}]},
            "subject": PATIENT,
            "effectiveDateTime": "2024-03-15",
            "valueInteger": points,
        }
        for points in (0, 3)
    ]
    found = spec("", more=tuple(answers))
    assert ([kind for kind, _ in issues(found)], found.history.scores) == (["contradicting-answers"], ())


def test_a_statement_against_a_statement_proves_no_day() -> None:
    """One record says that it was taken and another of the same days that it was not: neither is believed alone."""
    found = spec("""
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-01 | 2024-03-31 | 100    | statement
        sertraline | 2024-01-01 | 2024-03-31 | 100    | not-taken
        """)
    assert adequate(found, "sertraline") == (0, 91)
    assert judgement(found, "sertraline", "consensus").answer is Truth.MAYBE


def test_two_doses_from_the_same_day_leave_the_dose_open() -> None:
    """Two statements that begin on one day with different doses and ends leave open which dose it was."""
    found = spec("""
        drug       | from       | to         | mg/day | as
        sertraline | 2024-01-01 | 2024-03-31 | 25     | statement
        sertraline | 2024-01-01 | 2024-03-30 | 100    | statement
        """)
    least, most = adequate(found, "sertraline")
    assert least == 0
    assert most >= 90


def test_nothing_that_is_wrong_is_told_with_the_words_of_the_record() -> None:
    """Issues name places and kinds, never what a patient's record holds."""
    found = spec("", born="1980-06-15", more=(dosed({"doseQuantity": {"value": 20000, "unit": "mg"}}),))
    told = " ".join(f"{issue.found} {issue.effect}" for issue in found.issues)
    assert "20000" not in told
    assert "1980" not in told
