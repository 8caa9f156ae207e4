"""Filled questionnaires: the answers and the total of a known scale, and single questions that ask for caution."""

import re
from collections.abc import Iterator

from msgspec import Raw, field

from fhir_trd.fhir.read.codes import TEXT, words_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.scores import NO_DAY, NO_SCORE, NO_VALUE, PANEL, TOTAL, Reported, facts_of, unusable
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.values import WorthCoding, number_of, points_of
from fhir_trd.fhir.slices import NOTHING, CodingSlice, ConceptSlice, Element, Reference
from fhir_trd.fhir.slices_resources import QuestionnaireResponseSlice
from fhir_trd.model.codes import Coding
from fhir_trd.model.dates import When
from fhir_trd.model.flagging import MeasureCode
from fhir_trd.model.knowledge import ScoreCode
from fhir_trd.model.records import Measurement

COMPLETED = frozenset({"completed", "amended"})
LOINC = "loinc"
_LOINC_CODE = re.compile(r"\d{1,5}-\d")
_LAST_NUMBER = re.compile(r"(\d{1,2})\D*\Z")


class AnswerSlice(Element, frozen=True):
    """One answer."""

    value_coding: WorthCoding | None = None
    value_boolean: bool | None = None
    value_integer: Raw = NOTHING
    value_decimal: Raw = NOTHING
    value_string: Raw = NOTHING
    value_quantity: Raw = NOTHING
    item: list["ItemSlice"] = field(default_factory=list)


class ItemSlice(Element, frozen=True):
    """One question or group of questions."""

    link_id: str = ""
    definition: str = ""
    text: str = ""
    answer: list[AnswerSlice] = field(default_factory=list)
    item: list["ItemSlice"] = field(default_factory=list)


ITEMS = list[ItemSlice]


def read_questionnaire(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The total and answers of a questionnaire of a known scale, and its answers to single questions of interest."""
    filled = sheet.slice
    assert isinstance(filled, QuestionnaireResponseSlice)
    items = list(_all_items(margin.element(ITEMS, filled.item, "item") or []))
    hint = _scale_in_name(filled.questionnaire, desk, margin)
    told = [(code, item) for item in items if (code := _code_of(item, hint, desk)) is not None]
    scales = sorted({code.scale for code, _ in told})
    asked = [(question, item) for item in items if (question := _question_of(item, desk)) is not None]
    if not scales and not asked:
        return Aside(NO_SCORE)
    refused = unusable(filled.status, COMPLETED)
    if refused:
        return refused
    when = desk.days.day(filled.authored, "authored", margin)
    margin.happened(when)
    facts: list[Fact] = [] if when is None else [_answered(question, item, when, desk, margin) for question, item in asked]
    asides: list[Aside] = [] if when else [Aside(NO_DAY)]
    for scale in scales:
        total, answers = _told(scale, told, desk, margin)
        if when is None or (total is None and not answers):
            asides.append(Aside(NO_VALUE if when else NO_DAY))
            continue
        found = facts_of(Reported(origin=margin.origin, scale=scale, when=when, total=total, items=answers), desk, margin)
        asides.extend([found] if isinstance(found, Aside) else [])
        facts.extend(() if isinstance(found, Aside) else found)
    return tuple(facts) if facts else asides[0]


def _question_of(item: ItemSlice, desk: Desk) -> MeasureCode | None:
    """Which single question of interest was answered: by a LOINC code in its link, else by its whole text."""
    if not item.answer:
        return None
    known = desk.vocabulary.terms.measures
    coded = (known.get((LOINC, code)) for code in _LOINC_CODE.findall(f"{item.link_id} {item.definition}"))
    return next(filter(None, coded), None) or known.get((TEXT, item.text.strip().lower()))


def _answered(code: MeasureCode, item: ItemSlice, when: When, desk: Desk, margin: Margin) -> Measurement:
    answer, results = item.answer[0], desk.vocabulary.terms.results
    coding = answer.value_coding or WorthCoding()
    concept = ConceptSlice((CodingSlice(coding.system, coding.code, coding.display),))
    said = [meaning for _, meaning in desk.vocabulary.meanings(results, concept)]
    texts = (str(answer.value_boolean), *words_of(concept), margin.element(str, answer.value_string, "valueString") or "")
    said += filter(None, (results.meaning(Coding(TEXT, text.strip().lower())) for text in texts))
    value, _ = _value_of(answer, desk, margin)
    plain = code.units[0] if "" in code.units else ""
    result = next(iter(said), "")
    return Measurement(origin=margin.origin, kind=code.kind, when=when, value=value, unit=plain, beyond=result)


def _all_items(items: list[ItemSlice]) -> Iterator[ItemSlice]:
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(reversed([*item.item, *(inner for answer in item.answer for inner in answer.item)]))


def _scale_in_name(raw: Raw, desk: Desk, margin: Margin) -> str:
    """The scale that the questionnaire's address names ("…/Questionnaire/phq-9")."""
    if bytes(raw)[:1] == b"{":
        reference = margin.element(Reference, raw, "questionnaire") or Reference()
        name = f"{reference.reference} {reference.display}"
    else:
        name = margin.element(str, raw, "questionnaire") or ""
    loinc = next((code for code in _loinc_codes(name, desk)), None)
    return loinc.scale if loinc else desk.score_words.first_in(name) or ""


def _loinc_codes(text: str, desk: Desk) -> Iterator[ScoreCode]:
    for code in _LOINC_CODE.findall(text):
        known = desk.knowledge.terms.scores.get((LOINC, code))
        if known:
            yield known


def _code_of(item: ItemSlice, hint: str, desk: Desk) -> ScoreCode | None:
    """Which item of which scale this is: by a LOINC code in its link, else by its number in a questionnaire of a known scale."""
    known = next(_loinc_codes(f"{item.link_id} {item.definition}", desk), None)
    if known or not hint:
        return known
    if "total" in item.link_id.lower() or "score" in item.link_id.lower():
        return ScoreCode(hint)
    number = _LAST_NUMBER.search(item.link_id)
    if number is None:
        return None
    # A scale without codes for its items still has a number for the one on suicidal thoughts, which must not be missed.
    asked, alarming = ScoreCode(hint, number[1].lstrip("0")), desk.knowledge.scales[hint].alarm_item
    return asked if asked.item == alarming or asked in desk.knowledge.terms.scores.values() else None


def _told(
    scale: str, told: list[tuple[ScoreCode, ItemSlice]], desk: Desk, margin: Margin
) -> tuple[float | None, tuple[tuple[str, int], ...]]:
    """The stated total and the single answers."""
    total: float | None = None
    answers: dict[str, int] = {}
    for code, item in told:
        if code.scale != scale or not item.answer:
            continue
        number, points = _value_of(item.answer[0], desk, margin)
        if code.item in (TOTAL, PANEL):
            total = number if total is None else total
        elif points is not None:
            answers[code.item] = points
    return total, tuple(sorted(answers.items()))


def _value_of(answer: AnswerSlice, desk: Desk, margin: Margin) -> tuple[float | None, int | None]:
    number = number_of(answer, margin)
    if number is not None:
        return number, int(number) if number.is_integer() else None
    return None, points_of(answer.value_coding, desk.vocabulary) if answer.value_coding else None
