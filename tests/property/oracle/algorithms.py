"""The published algorithms, as plainly as their words: every order of every choice of drugs is tried out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from fhir_trd.model.criteria import Rule
from fhir_trd.model.truth import Truth
from tests.property.oracle.life import Taken
from tests.property.oracle.spells import AGENTS, Spell, category, known_diagnoses, longest_run
from tests.property.oracle.verdicts import MAYBE, NO, YES, Asked, Known, Said, between, reaches


@dataclass(frozen=True)
class Turn:
    """A treatment as an algorithm sees it: what, from when to when, and its days at an adequate dose."""

    key: str
    first: int
    last: int
    least: int = 0
    most: int = 0


Fits = Callable[[tuple[Turn, ...], bool], bool]


def _turns(spells: Iterable[Spell]) -> list[Turn]:
    return [Turn(one.drug, one.first, one.last, longest_run(one.strong), longest_run(one.maybe_strong)) for one in spells]


def _antidepressants(known: Known) -> list[Turn]:
    return _turns(spell for spell in known.spells if spell.is_antidepressant)


def _tried(turns: Sequence[Turn], length: int, fits: Fits) -> tuple[bool, bool]:
    """Whether some order of so many treatments surely fits, and whether one possibly does."""
    orders = [order for order in permutations(turns, length) if _ascend(order) and fits(order, False)]
    return any(fits(order, True) for order in orders), bool(orders)


def _ascend(order: Sequence[Turn]) -> bool:
    return all(one.first < then.first for one, then in pairwise(order))


def _longest(turns: Sequence[Turn], needed: int, fits: Fits) -> tuple[int, int]:
    found = [_tried(turns, length, fits) for length in range(1, needed + 1)]
    sure = [length for length, (surely, _) in enumerate(found, start=1) if surely]
    possible = [length for length, (_, possibly) in enumerate(found, start=1) if possibly]
    return max(sure, default=0), max(possible, default=0)


def _differ(order: Sequence[Turn]) -> bool:
    return len({one.key for one in order}) == len(order)


def courses_then_another(known: Known, rule: Rule) -> Said:
    """Adequate courses of different drugs, then the start of another."""
    needed, gap = rule.whole("courses"), rule.whole("longest_gap")
    agents = _turns(spell for spell in known.spells if spell.drug in AGENTS) if rule.flag("augmentation_is_course") else []
    turns = [*_antidepressants(known), *agents]

    def fits(order: tuple[Turn, ...], surely: bool) -> bool:
        days = [one.least if surely else one.most for one in order[:needed]]
        close = all(then.first - one.last - 1 <= gap for one, then in pairwise(order))
        soon = len(order) <= needed or order[-1].first - order[0].first <= rule.whole("all_within")
        return _differ(order) and close and soon and all(one >= rule.whole("adequate_days") for one in days)

    return Said(between(*_tried(turns, needed + 1, fits)), _longest(turns, needed, fits))


def drugs_in_window(known: Known, rule: Rule) -> Said:
    """Different drugs on any day of the window."""
    days = set(range(known.life.as_of - rule.whole("window_days") + 1, known.life.as_of + 1))
    seen = {spell.drug for spell in known.spells if spell.days & days}
    count = len(seen - AGENTS.keys())
    antipsychotics = sum(AGENTS.get(drug) == "antipsychotic" for drug in seen)
    enough = count >= rule.whole("antidepressants") or antipsychotics >= rule.whole("antipsychotics")
    return Said(between(enough, False), (count, count))


def drugs_started(known: Known, rule: Rule) -> Said:
    """Different drugs begun, ever or in this episode."""
    counted = {drug for drug, kind in AGENTS.items() if kind == "antipsychotic" and rule.flag("antipsychotics_count")}
    asked = [one for one in _records(known) if one.drug not in AGENTS or one.drug in counted]
    if rule.word("scope") == "current" and known.onset is None:
        sure: set[str] = set()
        possible = {one.drug for one in asked}
    else:
        since = known.onset if rule.word("scope") == "current" and known.onset is not None else -(10**6)
        sure = possible = {one.drug for one in asked if one.first >= since}
    count = (len(sure), len(possible))
    return Said(reaches(rule.whole("drugs"), count), count)


def earliest_event(known: Known, rule: Rule) -> Said:
    """A further antidepressant, an antipsychotic after one, or a telling drug; within a year of a diagnosis."""
    turns, needed = _antidepressants(known), rule.whole("antidepressants")
    antipsychotics = _turns(spell for spell in known.spells if AGENTS.get(spell.drug) == "antipsychotic")
    orders = [order[-1].first for order in permutations(turns, needed) if _ascend(order) and _differ(order)]
    added = [then.first for one in turns for then in antipsychotics if one.first < then.first]
    telling = [one.first for one in turns if one.key in rule.words("telling_drugs")]
    answers = {_diagnosed(known, day, rule.whole("diagnosis_within")) for day in (*orders, *added, *telling)}
    count = max((n for n in range(1, needed + 1) if any(_ascend(o) and _differ(o) for o in permutations(turns, n))), default=0)
    return Said(between(YES in answers, MAYBE in answers), (count, count))


def _diagnosed(known: Known, event: int, within: int) -> Truth:
    answers = []
    for one in known_diagnoses(known.life):
        day = one.onset if one.onset is not None else one.recorded
        if category(one.code) == "depression" and (day is None or 0 <= event - day <= within):
            answers.append(YES if one.certainty == "confirmed" and day is not None else MAYBE)
    return between(YES in answers, bool(answers))


def shifts_after_diagnosis(known: Known, rule: Rule) -> Said:
    """Changes to another antidepressant after the first diagnosis."""
    needed, window = rule.whole("shifts"), rule.whole("window_days")
    confirmed = [
        one for one in known_diagnoses(known.life) if one.certainty == "confirmed" and category(one.code) == "depression"
    ]
    dated = [one.onset if one.onset is not None else one.recorded for one in confirmed]
    days = [day for day in dated if day is not None]

    def fits(order: tuple[Turn, ...], surely: bool) -> bool:
        changes = all(one.key != then.key for one, then in pairwise(order))
        inside = len(order) == 1 or all(
            _in_window(then.first, days, len(days) < len(dated), window, surely) for then in order[1:]
        )
        return changes and (len(order) == 1 or (bool(dated) and inside))

    least, most = _longest(_antidepressants(known), needed + 1, fits)
    count = (max(0, least - 1), max(0, most - 1))
    return Said(reaches(needed, count), count)


def _in_window(day: int, days: Sequence[int], any_undated: bool, window: int, surely: bool) -> bool:
    """Whether a day lies in the window after the first diagnosis; one without a day may have been made at any time."""
    if not any_undated:
        return bool(days) and 0 <= day - min(days) <= window
    return not surely and (not days or day - min(days) <= window)


def treatments_in_episode(known: Known, rule: Rule) -> Said:
    """Different treatments of some length, one begun after another, in the episode."""
    kinds = rule.words("other_treatments")
    other = [Turn(one.kind, one.first, one.last) for one in known.life.treatments if one.kind in kinds]
    turns = [*_antidepressants(known), *(one for one in other if one.first <= known.life.as_of)]

    def fits(order: tuple[Turn, ...], surely: bool) -> bool:
        lasts = all(one.key in kinds or one.last - one.first + 1 >= rule.whole("least_days") for one in order)
        inside = not surely if known.onset is None else all(one.first >= known.onset for one in order)
        return _differ(order) and lasts and inside

    count = _longest(turns, rule.whole("treatments"), fits)
    return Said(reaches(rule.whole("treatments"), count), count)


def _records(known: Known) -> list[Taken]:
    return [one for one in known.life.taken if one.first <= known.life.as_of]


def _mentions(known: Known) -> list[tuple[int, str]]:
    """A drug on the first day of each record, and on the last day of what a person stated."""
    records = [one for one in _records(known) if one.drug not in AGENTS]
    first = {(one.first, one.drug) for one in records}
    return sorted(first | {(min(one.last, known.life.as_of), one.drug) for one in records if one.form == "statement"})


def switches(known: Known, rule: Rule) -> Said:
    """Drugs left after long enough for another one soon enough."""
    said, enough = _mentions(known), rule.whole("least_days")
    drugs = {drug for _, drug in said}
    spans = {drug: _spans([day for day, name in said if name == drug], rule.whole("new_episode_after")) for drug in drugs}
    left = set()
    for (day, drug), (then, other) in pairwise(said):
        gap = then - day
        span = next((one for one in spans[drug] if one[-1] == day), None)
        if span is None or drug == other or not 0 < gap <= rule.whole("longest_gap"):
            continue
        long_enough = ((day - span[0]) or gap) >= enough
        next_lasts = any(one[0] == then and one[-1] - then >= enough for one in spans[other])
        if long_enough and (next_lasts or not rule.flag("every_drug_lasts")):
            left.add(drug)
    count = len(left) if len(drugs) >= rule.whole("drugs") else 0
    return Said(reaches(rule.whole("switches"), (count, count)), (count, count))


def _spans(days: Sequence[int], new_after: int) -> list[list[int]]:
    spans: list[list[int]] = []
    for day in days:
        if spans and day - spans[-1][-1] <= new_after:
            spans[-1].append(day)
        else:
            spans.append([day])
    return spans


def two_mentioned_twice(known: Known, rule: Rule) -> Said:
    """One drug twice, then another twice that is not mentioned inside the first course (as the published code looks)."""
    said, length = _mentions(known), rule.whole("course_days")
    for place, (day, drug) in enumerate(said):
        if place and _completed(said, day, drug, length) is not None:
            before = sum(other != drug and when <= day for when, other in said)
            for first, other in said[: max(0, before - 1)]:
                done = _completed(said, first, other, length)
                spoiled = done is not None and any(name == drug and first <= when < done for when, name in said)
                if done is not None and not spoiled and first + length - 1 <= day:
                    return Said(YES, (2, 2))
    return Said(NO, (0, 0))


def _completed(said: Sequence[tuple[int, str]], first: int, drug: str, length: int) -> int | None:
    return next((day for day, name in said if name == drug and day >= first + length - 1), None)


ALGORITHMS: dict[str, Asked] = {
    one.__name__: one
    for one in (
        courses_then_another,
        drugs_in_window,
        drugs_started,
        earliest_event,
        shifts_after_diagnosis,
        treatments_in_episode,
        switches,
        two_mentioned_twice,
    )
}
