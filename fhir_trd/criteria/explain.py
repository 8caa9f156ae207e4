"""A verdict clause by clause: what each rule and each condition of each trial asked, what it found, and what that rests on."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import structs

from fhir_trd.criteria.further import with_further
from fhir_trd.criteria.judge import (
    FAILURE,
    SETTING,
    Condition,
    Part,
    Terms,
    adherence,
    days_of,
    drug,
    duration,
    episode,
    intolerance_accepted,
    outcome,
    purpose,
    route,
    terms_of,
    walked,
)
from fhir_trd.criteria.results import rulings_of
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.criteria.whatif import what_changes
from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import FAILED_TRIALS, CriteriaSet, Rule
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Clause, Result, Verdict

PARAMETERS: Mapping[Condition, str] = {
    route: "oral_only",
    episode: "scope",
    duration: "adequate_days",
    outcome: "improvement_below",
    adherence: "adherence_needed",
}
"""The number of the rule that each condition is held against; its source stands beside the answer."""
INTOLERANCE = "intolerance_counts"


def explain(history: History, criteria: CriteriaSet, verdict: Verdict) -> Verdict:
    """The verdict with every step that led to it, and with what would have to be otherwise if it is not met."""
    rulings = rulings_of(history, criteria)
    changed = what_changes(history, criteria, rulings) if verdict.result is Result.NOT_MET else ()
    clauses = _clauses(history, criteria, rulings, excluded=verdict.result is Result.EXCLUDED)
    return structs.replace(verdict, clauses=clauses, changed_by=changed)


def _clauses(history: History, criteria: CriteriaSet, rulings: Sequence[Ruling], *, excluded: bool) -> tuple[Clause, ...]:
    """Every clause behind a verdict, in the order in which it was asked.

    A clause is not relevant where the answer was settled before it was asked: by an exclusion, by an earlier condition of the
    same trial, or because it only informs.
    """
    return tuple(
        clause
        for rule, ruling in zip(criteria.rules, rulings, strict=True)
        for clause in (_of_rule(rule, ruling, excluded), *_of_trials(history, rule, excluded))
    )


def _of_rule(rule: Rule, ruling: Ruling, excluded: bool) -> Clause:
    found = ruling.finding
    return Clause(
        rule=rule.name,
        relevant=not found.informs_only and (not excluded or ruling.excludes is Truth.YES),
        truth=found.truth,
        wanted=rule.sentence,
        found=found.because,
        evidence=found.evidence,
        source=found.source,
        place=found.place,
    )


def _of_trials(history: History, rule: Rule, excluded: bool) -> Iterator[Clause]:
    if rule.kind == FAILED_TRIALS:
        terms = terms_of(rule)
        for trial in history.trials:
            clauses = tuple(_of_trial(trial, rule, terms, history, excluded))
            yield from with_further(clauses, trial, terms, history, rule, excluded)


def _of_trial(trial: Trial, rule: Rule, terms: Terms, history: History, excluded: bool) -> Iterator[Clause]:
    """The conditions of one trial; those behind the first no are shown too, as not relevant."""
    reached = walked(trial, terms, (*SETTING, *FAILURE))
    accepted = intolerance_accepted(trial, terms)
    for condition in (*SETTING, *FAILURE):
        settled = excluded or condition not in reached or (accepted is Truth.YES and condition in FAILURE)
        part = reached.get(condition) or condition(trial, terms)
        yield _of_condition(condition, part, trial, rule, terms, history, relevant=not settled)
    if terms.intolerance_counts:
        yield _of_intolerance(trial, rule, accepted, relevant=not excluded)


def _of_condition(
    condition: Condition, part: Part, trial: Trial, rule: Rule, terms: Terms, history: History, *, relevant: bool
) -> Clause:
    found, evidence = FOUND[condition](trial, terms, history)
    cited = rule.parameters.get(PARAMETERS.get(condition, ""))
    return Clause(
        rule=rule.name,
        trial=trial.id,
        condition=condition.__name__,
        relevant=relevant,
        truth=part.answer,
        wanted=WANTED[condition](terms),
        found=found,
        reasons=part.reasons,
        evidence=evidence or trial.sources,
        source=cited.source if cited else rule.source,
        place=cited.place if cited else rule.place,
    )


def _of_intolerance(trial: Trial, rule: Rule, accepted: Truth, *, relevant: bool) -> Clause:
    cited = rule.parameters[INTOLERANCE]
    return Clause(
        rule=rule.name,
        trial=trial.id,
        condition="intolerance",
        relevant=relevant and accepted is not Truth.NO,
        truth=accepted,
        wanted="a stop for side effects stands in place of a failure",
        found=_stops(trial),
        evidence=trial.sources,
        source=cited.source,
        place=cited.place,
    )


Found = tuple[str, tuple[Origin, ...]]


def _purpose_found(trial: Trial, terms: Terms, history: History) -> Found:
    return f"{trial.intent.purpose}: {trial.intent.because}", trial.intent.evidence


def _route_found(trial: Trial, terms: Terms, history: History) -> Found:
    return "taken by mouth" if trial.oral else "not taken by mouth", ()


def _drug_found(trial: Trial, terms: Terms, history: History) -> Found:
    return f"{trial.drug.name} ({trial.drug.drug_class})", ()


def _episode_found(trial: Trial, terms: Terms, history: History) -> Found:
    return f"{trial.place}; onset {history.episode.evidence}: {history.episode.because}", history.episode.origins


def _duration_found(trial: Trial, terms: Terms, history: History) -> Found:
    days = days_of(trial, terms)
    number = str(days.least) if days.least == days.most else f"{days.least} to {days.most}"
    return f"{number} days at the minimum dose of {history.dose_table}", ()


def _outcome_found(trial: Trial, terms: Terms, history: History) -> Found:
    found = trial.outcome_for(terms.adequate_days)
    change = "" if found.improvement is None else f", {found.improvement:.1f} percent better"
    scores = tuple(score.origin for score in (found.baseline, found.endpoint) if score)
    return f"{found.response}{change}; {_stops(trial)}", (*scores, *trial.sources)


def _adherence_found(trial: Trial, terms: Terms, history: History) -> Found:
    return f"{trial.adherence.answer}: {trial.adherence.because}", trial.adherence.evidence


def _stops(trial: Trial) -> str:
    told = ", or ".join(reason.replace("_", " ") if reason else "no reason recorded" for reason in trial.possible_stops)
    return f"stopped for: {told}" if told else "no reason of a stop recorded"


FOUND: Mapping[Condition, Callable[[Trial, Terms, History], Found]] = {
    purpose: _purpose_found,
    route: _route_found,
    drug: _drug_found,
    episode: _episode_found,
    duration: _duration_found,
    outcome: _outcome_found,
    adherence: _adherence_found,
}
"""What the record says on each condition, and where."""

WANTED: Mapping[Condition, Callable[[Terms], str]] = {
    purpose: lambda terms: "taken for depression",
    route: lambda terms: "taken by mouth" if terms.oral_only else "any route",
    drug: lambda terms: "a drug whose trials count",
    episode: lambda terms: "in the current episode" if terms.current_only else "in any episode",
    duration: lambda terms: f"{terms.adequate_days} days or more at an adequate dose",
    outcome: lambda terms: f"less than {terms.improvement_below:g} percent better"
    + (" or exactly so" if terms.limit_fails else "")
    + ", or stopped for lack of effect",
    adherence: lambda terms: "taken reliably, and affirmed" if terms.adherence_needed else "not known to be taken unreliably",
}
"""What a set asks on each condition, with its own numbers."""
