"""Observations and questionnaires as scores."""

import pytest

from tests.unit.fhir_read.making import SOMEONE, Json, issues, record, set_aside

LOINC = "http://loinc.org"
TOTAL, PANEL, ITEM_9 = "44261-6", "44249-1", "44260-8"
ITEMS = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
ONCE_A_WEEK = {"system": LOINC, "code": "LA6569-3"}


def observation(code: str = TOTAL, **more: object) -> Json:
    """An observation of 1 May 2024 with a LOINC code."""
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": SOMEONE,
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": "2024-05-01",
        **more,
    }


def questionnaire(answers: dict[str, Json], **more: object) -> Json:
    """A filled questionnaire of 1 May 2024."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "subject": SOMEONE,
        "authored": "2024-05-01T10:00:00Z",
        "item": [{"linkId": link, "answer": [answer]} for link, answer in answers.items()],
        **more,
    }


def scores(*resources: Json) -> list[tuple[str, float]]:
    """Scale and total of each score."""
    return [(score.scale, score.value) for score in record(*resources).scores]


VALUES = [
    {"valueInteger": 14},
    {"valueQuantity": {"value": 14, "unit": "{score}"}},
    {"valueString": "14"},
    {"valueQuantity": {"value": "14"}},
    {"component": [{"code": {"coding": [{"system": LOINC, "code": TOTAL}]}, "valueInteger": 14}]},
]


@pytest.mark.parametrize("value", VALUES)
def test_a_total_is_read_in_every_form(value: Json) -> None:
    """A total may be an integer, a quantity, digits in a string, or a component."""
    assert [("phq-9", 14)] == scores(observation(**value))


def test_a_scale_may_be_named_in_words_only() -> None:
    """A score without any code is known by the name of its scale."""
    assert [("phq-9", 14)] == scores({**observation(valueInteger=14), "code": {"text": "PHQ-9 total score"}})


@pytest.mark.parametrize("name", ["MADRS item 3", "PHQ-9 question 9", "PHQ-9, Item #2", "EPDS item no. 10"])
def test_a_question_named_in_words_is_no_total(name: str) -> None:
    """The points of one question, named by its number, are never taken for the total of the scale."""
    assert ["not a score of interest"] == set_aside({**observation(valueInteger=4), "code": {"text": name}})


def test_a_total_under_the_code_of_the_panel_is_noted() -> None:
    """Real records put totals under the code of the whole questionnaire: they count, and say so."""
    (score,) = record(observation(PANEL, valueInteger=14)).scores
    assert ("total_under_panel_code",) == score.notes


REFUSED = [
    (observation(valueInteger=14, status="cancelled"), "not a final result: status cancelled"),
    (observation(valueInteger=14, status="preliminary"), "not a final result: status preliminary"),
    (observation(valueInteger=14, status="entered-in-error"), "entered in error"),
    (observation(), "a score without a value"),
    (observation(valueBoolean=True), "a score without a value"),
    (observation(valueInteger=14, effectiveDateTime=""), "a score without a date"),
    (observation("8867-4", valueInteger=72), "not a score of interest"),
    (questionnaire({TOTAL: {"valueInteger": 14}}, status="in-progress"), "not a final result: status in-progress"),
    (questionnaire({"1": {"valueString": "yes"}}), "not a score of interest"),
]


@pytest.mark.parametrize(("resource", "reason"), REFUSED)
def test_what_is_no_usable_score_is_set_aside(resource: Json, reason: str) -> None:
    """Only final results with a value and a day count; others are set aside with the reason."""
    assert [reason] == set_aside(resource)


def test_a_total_the_scale_does_not_have_is_noted() -> None:
    """A PHQ-9 of 300 is an issue, not a score."""
    impossible = observation(valueInteger=300)
    assert ([("score-out-of-range", "value")], ["score out of range"]) == (issues(impossible), set_aside(impossible))


@pytest.mark.parametrize("answer", [{"valueCoding": ONCE_A_WEEK}, {"valueInteger": 1}, {"valueDecimal": 1.0}])
def test_the_answers_of_a_questionnaire_make_its_total(answer: Json) -> None:
    """Nine answers, coded or counted, are a total."""
    (score,) = record(questionnaire(dict.fromkeys(ITEMS, answer))).scores
    assert (9, ("total_from_items",), 9) == (score.value, score.notes, len(score.items))


def test_an_answer_may_carry_its_worth() -> None:
    """A coded answer that no table knows counts what its extension says."""
    worth = [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 2}]
    answer = {"valueCoding": {"code": "often", "extension": worth}}
    assert [("phq-9", 18)] == scores(questionnaire(dict.fromkeys(ITEMS, answer)))


def test_questions_are_known_by_number_in_a_known_questionnaire() -> None:
    """Where the questionnaire is named, the number of a question is enough."""
    answers = {f"phq9-{number}": {"valueInteger": 2} for number in range(1, 10)}
    assert [("phq-9", 18)] == scores(questionnaire(answers, questionnaire="https://example.test/Questionnaire/PHQ-9"))


def test_groups_of_questions_are_opened() -> None:
    """Questions inside groups count like any other."""
    inner = questionnaire({TOTAL: {"valueDecimal": 12}})["item"]
    assert [("phq-9", 12)] == scores(questionnaire({}, item=[{"linkId": "group", "item": inner}]))


def test_a_total_that_is_not_the_sum_of_its_answers_is_no_score() -> None:
    """Where total and answers contradict, neither is right for sure."""
    wrong = questionnaire({**{item: {"valueInteger": 1} for item in ITEMS}, TOTAL: {"valueInteger": 20}})
    assert ([], [("total-not-sum", "")]) == (scores(wrong), issues(wrong))


def test_the_same_total_told_twice_is_one_score() -> None:
    """An observation and a questionnaire of one day with one total are one score: the one with the answers."""
    filled = questionnaire({**{item: {"valueInteger": 1} for item in ITEMS}, TOTAL: {"valueInteger": 9}})
    (score,) = record(observation(valueInteger=9), filled).scores
    assert ("QuestionnaireResponse/q", 9) == (score.origin.resource, len(score.items))


def test_answers_join_the_total_of_their_day() -> None:
    """A single answer of the same day is held by the total."""
    (score,) = record(observation(valueInteger=14), observation(ITEM_9, id="i", valueInteger=2)).scores
    assert (("9", 2),) == score.items


def test_a_lone_answer_stays_an_answer() -> None:
    """An answer without a total is not a score, and is not lost."""
    lone = observation(ITEM_9, valueCodeableConcept={"coding": [ONCE_A_WEEK]})
    (answer,) = record(lone).answers
    assert ((), "phq-9", "9", 1) == (record(lone).scores, answer.scale, answer.item, answer.value)


def test_single_observations_of_all_answers_make_a_total() -> None:
    """Nine observations of one day are a total."""
    nine = [observation(code, id=f"i{number}", valueInteger=2) for number, code in enumerate(ITEMS)]
    assert [("phq-9", 18)] == scores(*nine)


def test_a_score_of_a_month_is_a_month_wide() -> None:
    """A score that is known to the month could be of any day of it."""
    (score,) = record(observation(valueInteger=14, effectiveDateTime="2024-05")).scores
    assert ("2024-05-01", "2024-05-31") == (str(score.when.earliest), str(score.when.latest))
