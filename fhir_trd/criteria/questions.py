"""The facts that leave a verdict open, trial by trial and line by line, with the answers each may get."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from fhir_trd.criteria.facts import (
    ADEQUATE_THROUGHOUT,
    ADHERENCE,
    ANSWERS,
    CONFIRMED,
    DATES,
    DOSE,
    EPISODE,
    FAILS,
    HOLDS,
    OUTCOME,
    REASON,
    REFUTED,
    Fact,
)
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import FAILED_TRIALS, CriteriaSet
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Judgement, OpenQuestion

ASKS: Mapping[str, tuple[str, str]] = {
    "dose_unknown": ("dose", "the daily dose of {drug}"),
    "dose_age": ("dose", "whether the dose of {drug} was adequate at this age"),
    "dose_impaired": ("dose", "whether the dose of {drug} was adequate with impaired kidneys or liver"),
    "as_needed": ("dose", "how often {drug} was really taken (ordered as needed)"),
    "duration_unknown": ("dates", "the first and last day of {drug}"),
    "combination": ("dates", "the days on which {drug} was taken alone"),
    "intent_unknown": ("reason", "what {drug} was prescribed for"),
    "diagnosis_unconfirmed": ("diagnosis", "whether the depression for which {drug} was given is confirmed"),
    "episode_unknown": ("episode", "when the current episode began, and whether {drug} belongs to it"),
    "adherence_unknown": ("adherence", "whether {drug} was taken as prescribed"),
    "outcome_unknown": ("outcome", "how well {drug} worked: scores before and at the end, or why it was stopped"),
    "outcome_confounded": ("outcome", "how well {drug} worked before the second treatment began"),
    "outcome_conflict": ("outcome", "how well {drug} worked: the scores and the stated reason disagree"),
    "before_look_back": ("dates", "the first and last day of {drug}, and how much of it lies in the days looked back to"),
    "maximum_dose_unknown": ("dose", "whether {drug} was raised to the highest dose that was tolerated, and for how long"),
    "low_baseline": ("outcome", "how well {drug} worked: the first score was too low to judge by"),
}
"""For each reason code that leaves an answer open: the fact that is missing, and how to ask for it."""
BOUNDS: Mapping[str, tuple[str, ...]] = {DATES: ("as long as may be", "as short as may be")}
"""The two answers about dates that bound a number of days; what counts the order of drugs asks for all four."""
POSSIBLE: Mapping[str, tuple[str, ...]] = {
    fact: tuple(answer for answer in answers if answer != ADEQUATE_THROUGHOUT) for fact, answers in ANSWERS.items()
}
"""The answers that a missing fact may get."""
TURNS: Mapping[str, tuple[str, str, str]] = {
    "dose_below_min": (DOSE, ADEQUATE_THROUGHOUT, "a dose of {drug} at the minimum or above throughout"),
    "previous_episode": (EPISODE, "in the current episode", "that {drug} was taken in the current episode"),
    "breakthrough": (EPISODE, "in the current episode", "that the episode began before {drug} had worked"),
    "intent_other": (REASON, "depression", "that {drug} was taken for depression"),
    "adherence_poor": (ADHERENCE, "as prescribed", "that {drug} was taken as prescribed"),
    "responded": (OUTCOME, "it did not help", "that {drug} did not help"),
    "remitted": (OUTCOME, "it did not help", "that {drug} did not help"),
    "partial_only": (OUTCOME, "it did not help", "that {drug} did not help enough"),
    "intolerance": (OUTCOME, "it did not help", "that {drug} did not help before it was stopped for side effects"),
}
"""For each reason why a trial does not count: the recorded fact that would have to be otherwise, and how."""


def open_facts(history: History, criteria: CriteriaSet, rulings: Sequence[Ruling]) -> tuple[Fact, ...]:
    """The facts that an open verdict hangs on: those of open trials, suspected exclusions, and lines that a person answers."""
    by_id = {trial.id: trial for trial in history.trials}
    found: list[Fact] = []
    for rule, ruling in zip(criteria.rules, rulings, strict=True):
        opened = (judgement for judgement in ruling.judgements if judgement.answer is Truth.MAYBE)
        for judgement in opened:
            found += _about(by_id[judgement.trial], judgement, rule.kind == FAILED_TRIALS)
    return tuple(dict.fromkeys((*_each_once(found), *_of_lines(rulings))))


def recorded_facts(history: History, rulings: Sequence[Ruling]) -> tuple[Fact, ...]:
    """The recorded facts that keep trials from counting, each with the answer under which they might."""
    by_id = {trial.id: trial for trial in history.trials}
    refused = (judgement for ruling in rulings for judgement in ruling.judgements if judgement.answer is Truth.NO)
    found = (_turned(by_id[judgement.trial], reason) for judgement in refused for reason in judgement.reasons if reason in TURNS)
    return _each_once(found)


def _turned(trial: Trial, reason: str) -> Fact:
    fact, answer, ask = TURNS[reason]
    return Fact(OpenQuestion(fact, trial.id, ask.format(drug=trial.drug.name), trial.sources), (answer,))


def _about(trial: Trial, judgement: Judgement, counts_days: bool) -> Iterator[Fact]:
    for reason in judgement.reasons:
        if reason in ASKS:
            fact, ask = ASKS[reason]
            answers = BOUNDS.get(fact) if counts_days else None
            yield Fact(OpenQuestion(fact, trial.id, ask.format(drug=trial.drug.name), trial.sources), answers or POSSIBLE[fact])


def _each_once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each fact of a trial once, in the words in which it was first asked for."""
    first: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        first.setdefault((fact.question.fact, fact.question.trial), fact)
    return tuple(first.values())


def _of_lines(rulings: Sequence[Ruling]) -> Iterator[Fact]:
    for ruling in rulings:
        finding = ruling.finding
        if ruling.excludes is Truth.MAYBE:
            ask = f"whether this diagnosis is confirmed or refuted ({finding.because})"
            yield Fact(OpenQuestion("diagnosis", "", ask, finding.evidence), (CONFIRMED, REFUTED), finding.rule)
    for ruling in rulings:
        finding = ruling.finding
        if ruling.question and finding.truth is Truth.MAYBE and not finding.informs_only:
            yield Fact(OpenQuestion("documentation", "", ruling.question, finding.evidence), (HOLDS, FAILS), finding.rule)
