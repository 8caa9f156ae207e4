"""What would settle a verdict that the record leaves open: the missing facts, trial by trial."""

from collections.abc import Iterable, Mapping, Sequence

from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Judgement, OpenQuestion

ASKS: Mapping[str, tuple[str, str]] = {
    "dose_unknown": ("dose", "the daily dose of {drug}"),
    "dose_age": ("dose", "whether the dose of {drug} was adequate at this age"),
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
    "low_baseline": ("outcome", "how well {drug} worked: the first score was too low to judge by"),
}
"""For each reason code that leaves an answer open: the fact that is missing, and how to ask for it."""


def open_questions(history: History, rulings: Sequence[Ruling]) -> tuple[OpenQuestion, ...]:
    """The facts that would settle an open verdict: those of open trials, and whether a suspected exclusion is confirmed."""
    by_id = {trial.id: trial for trial in history.trials}
    opened = [judgement for ruling in rulings for judgement in ruling.judgements if judgement.answer is Truth.MAYBE]
    suspected = [ruling.finding for ruling in rulings if ruling.excludes is Truth.MAYBE]
    questions = [question for judgement in opened for question in _about(by_id[judgement.trial], judgement)]
    questions += [
        OpenQuestion("diagnosis", "", f"whether this diagnosis is confirmed or refuted ({finding.because})", finding.evidence)
        for finding in suspected
    ]
    questions += [OpenQuestion("documentation", "", one.question, one.finding.evidence) for one in rulings if _is_open(one)]
    return tuple(dict.fromkeys(questions))


def _is_open(ruling: Ruling) -> bool:
    finding = ruling.finding
    return bool(ruling.question) and finding.truth is Truth.MAYBE and not finding.informs_only


def _about(trial: Trial, judgement: Judgement) -> Iterable[OpenQuestion]:
    for reason in judgement.reasons:
        if reason in ASKS:
            fact, ask = ASKS[reason]
            yield OpenQuestion(fact, trial.id, ask.format(drug=trial.drug.name), trial.sources)
