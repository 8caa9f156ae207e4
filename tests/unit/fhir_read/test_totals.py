"""Scores of one day, settled."""

from datetime import date

from msgspec.structs import replace

from fhir_trd.fhir.read.totals import Totals
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Answer
from tests.unit.fhir_read.making import knowledge

DAY = When(date(2024, 5, 1), date(2024, 5, 1))


def lenient(may_miss: int) -> Knowledge:
    """The tables, with a PHQ-9 of which so many answers may be missing."""
    scales = {**knowledge().scales, "phq-9": replace(knowledge().scales["phq-9"], may_miss=may_miss)}
    return replace(knowledge(), scales=scales)


def answers(count: int) -> list[Answer]:
    """So many answers of two points."""
    return [
        Answer(origin=Origin("QuestionnaireResponse/q"), scale="phq-9", item=str(n), value=2, when=DAY)
        for n in range(1, count + 1)
    ]


def test_a_few_missing_answers_are_estimated() -> None:
    """Where the scale allows it, a total is estimated in proportion, and says so."""
    (score,) = Totals(lenient(2)).settled([], answers(7)).scores
    assert (18, ("prorated",)) == (score.value, score.notes)


def test_more_missing_answers_leave_no_total() -> None:
    """With more answers missing than the scale allows there is no total, but the answers stay."""
    found = Totals(lenient(2)).settled([], answers(6))
    assert ((), 6) == (found.scores, len(found.answers))


def test_one_question_answered_in_two_ways_makes_no_total() -> None:
    """Contradicting answers of one day are not added up."""
    twice = [*answers(9), replace(answers(1)[0], value=3)]
    assert () == Totals(lenient(0)).settled([], twice).scores
