"""The scores of one patient, settled: one for each scale and day, with its answers, and only if total and answers agree."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.model.dates import When
from fhir_trd.model.issues import Issue
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Answer, Score
from fhir_trd.model.scales import Scale

TOTAL_FROM_ITEMS, PRORATED = "total_from_items", "prorated"
Items = dict[str, int]


class Settled(Struct, frozen=True):
    """Scores that can be relied on, answers that no score holds, and what was wrong with others."""

    scores: tuple[Score, ...]
    answers: tuple[Answer, ...]
    issues: tuple[Issue, ...]


NOTHING_TOLD = Settled((), (), ())


def items_of_scales(knowledge: Knowledge) -> Mapping[str, frozenset[str]]:
    """The numbers of the single questions of each scale."""
    items: dict[str, set[str]] = {}
    for code in knowledge.terms.scores.values():
        if code.item.isdecimal():
            items.setdefault(code.scale, set()).add(code.item)
    return {scale: frozenset(numbers) for scale, numbers in items.items()}


class Totals:
    """Settles scores and answers with the scales of the tables."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._scales = knowledge.scales
        self._questions = items_of_scales(knowledge)

    def settled(self, scores: Iterable[Score], answers: Iterable[Answer]) -> Settled:
        """All scores and answers of a patient, settled day by day."""
        days: dict[tuple[str, When], tuple[list[Score], list[Answer]]] = {}
        for score in scores:
            days.setdefault((score.scale, score.when), ([], []))[0].append(score)
        for answer in answers:
            days.setdefault((answer.scale, answer.when), ([], []))[1].append(answer)
        if not days:
            return NOTHING_TOLD
        found = [
            _settled_day(totals, singles, self._questions.get(scale, frozenset()), self._scales[scale])
            for (scale, _), (totals, singles) in days.items()
        ]
        return Settled(
            tuple(score for one in found for score in one.scores),
            tuple(answer for one in found for answer in one.answers),
            tuple(issue for one in found for issue in one.issues),
        )


def _settled_day(totals: list[Score], singles: list[Answer], questions: frozenset[str], scale: Scale) -> Settled:
    """One scale on one day."""
    if len(totals) == 1 and not (singles or totals[0].items):
        return Settled((totals[0],), (), ())  # By far the most days have one total and no more.
    items = _agreed(singles)
    if not totals:
        return _of_answers(singles, items, questions, scale)
    distinct = _one_of_each(totals)
    if len(distinct) == 1 and items and not distinct[0].items:
        distinct = [replace(distinct[0], items=tuple(sorted(items.items())))]
    wrong = [score for score in distinct if _contradicts(score, questions)]
    kept = tuple(score for score in distinct if score not in wrong)
    rest = tuple(answer for answer in singles if not any(score.items for score in kept))
    apart = kept if len(kept) > 1 else ()
    return Settled(kept, rest, (*(_issue(score) for score in wrong), *(_apart(score) for score in apart)))


def _of_answers(singles: list[Answer], items: Items, questions: frozenset[str], scale: Scale) -> Settled:
    """The total that the answers make; none where they contradict each other, or come to what the scale does not have."""
    if not items:
        return Settled((), tuple(singles), (_contradicting(singles[0]),))
    composed = _composed(singles, items, questions, scale.may_miss)
    if composed is not None and not scale.lowest <= composed.value <= scale.highest:
        return Settled((), (), (_beyond(composed),))
    return Settled((composed,), (), ()) if composed else Settled((), tuple(singles), ())


def _agreed(singles: list[Answer]) -> Items:
    """The answers by question; none at all if one question was answered in two ways."""
    items: Items = {}
    for answer in singles:
        if items.setdefault(answer.item, answer.value) != answer.value:
            return {}
    return items


def _one_of_each(totals: list[Score]) -> list[Score]:
    """The same total told by an observation and a questionnaire is one score: the one that holds more answers."""
    by_value: dict[float, Score] = {}
    for score in sorted(totals, key=lambda score: (-len(score.items), score.origin.resource)):
        by_value.setdefault(score.value, score)
    return [by_value[value] for value in sorted(by_value)]


def _contradicts(score: Score, questions: frozenset[str]) -> bool:
    items = dict(score.items)
    return bool(questions) and questions <= items.keys() and sum(items[number] for number in questions) != score.value


def _composed(singles: list[Answer], items: Items, questions: frozenset[str], may_miss: int) -> Score | None:
    """A total made of the answers, estimated in proportion if the scale lets a few of them be missing."""
    answered = questions & items.keys()
    missing = len(questions) - len(answered)
    if not answered or missing > may_miss:
        return None
    first = min(singles, key=lambda answer: answer.origin.resource)
    return Score(
        origin=first.origin,
        scale=first.scale,
        value=sum(items[number] for number in answered) * len(questions) / len(answered),
        when=first.when,
        items=tuple(sorted(items.items())),
        notes=(PRORATED,) if missing else (TOTAL_FROM_ITEMS,),
    )


def _apart(score: Score) -> Issue:
    return Issue(
        kind="contradicting-totals",
        origin=score.origin,
        found="two different totals of one scale on one day",
        effect="both kept; an outcome that rests on one of them is not known",
    )


def _contradicting(answer: Answer) -> Issue:
    return Issue(
        kind="contradicting-answers",
        origin=answer.origin,
        found="two different answers to one question on one day",
        effect="no total made of them",
    )


def _beyond(score: Score) -> Issue:
    return Issue(
        kind="score-out-of-range",
        origin=score.origin,
        found="answers that come to no total of the scale",
        effect="score left out",
    )


def _issue(score: Score) -> Issue:
    return Issue(
        kind="total-not-sum", origin=score.origin, found="a total that is not the sum of its answers", effect="score left out"
    )
