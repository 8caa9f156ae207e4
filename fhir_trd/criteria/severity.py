"""How severe the present episode is on the Maudsley scale: as coded, else by the last score (R-102)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import LONG_AGO, When
from fhir_trd.model.records import Certainty, Diagnosis, Score
from fhir_trd.model.staging import MaudsleyRules, StagingPart
from fhir_trd.model.trials import History

Dated = tuple[When | None, str, Origin]
"""A word for the severity, when it was recorded, and where."""


def severity_part(history: History, rules: MaudsleyRules, cutoffs: Mapping[str, Sequence[int]]) -> StagingPart:
    """The points for severity. Where several records may be the last word, the least and the most of them."""
    coded = _last(_coded(history, rules))
    if coded:
        return _points(coded, rules, "coded as {}")
    for scale in rules.scales:
        scored = _last(_scored(history, scale, rules, cutoffs[scale]))
        if scored:
            return _points(scored, rules, f"{{}} by the last {scale} total")
    highest = 1 + rules.severities.index(rules.unrecorded_up_to)
    return StagingPart("severity", 1, highest, "no severity recorded")


def _coded(history: History, rules: MaudsleyRules) -> Iterable[Dated]:
    """The severities of confirmed depressions that are there now; one noted before the episode began speaks of another."""
    for one in history.diagnoses:
        is_told = bool(one.severity or one.psychotic) and one.certainty is Certainty.CONFIRMED
        if is_told and one.is_present_depression and _may_be_of_episode(_noted(one), history):
            yield _noted(one), rules.psychotic if one.psychotic else one.severity, one.origin


def _scored(history: History, scale: str, rules: MaudsleyRules, cutoffs: Sequence[int]) -> Iterable[Dated]:
    held = [one for one in history.scores if one.scale == scale and _may_be_of_episode(one.when, history)]
    return ((score.when, _word(score, rules, cutoffs), score.origin) for score in held)


def _word(score: Score, rules: MaudsleyRules, cutoffs: Sequence[int]) -> str:
    return rules.severities[bisect_right(cutoffs, score.value)]


def _noted(one: Diagnosis) -> When | None:
    """When the severity was noted: the later of onset and recording."""
    return max((day for day in (one.onset, one.recorded) if day), key=_latest, default=None)


def _may_be_of_episode(noted: When | None, history: History) -> bool:
    onset = history.episode.start
    return noted is None or onset is None or noted.latest >= onset.earliest


def _last(told: Iterable[Dated]) -> list[Dated]:
    """The records that may be the last word: those without a date, and those that no other surely follows."""
    held = list(told)
    newest = max((when.earliest for when, _, _ in held if when), default=LONG_AGO)
    return [one for one in held if one[0] is None or one[0].latest >= newest]


def _points(told: Sequence[Dated], rules: MaudsleyRules, words: str) -> StagingPart:
    found = sorted({rules.severities.index(word) for _, word, _ in told})
    names = " or ".join(rules.severities[at] for at in found)
    evidence = tuple(origin for _, _, origin in told)
    return StagingPart("severity", 1 + found[0], 1 + found[-1], words.format(names), evidence)


def _latest(when: When) -> date:
    return when.latest
