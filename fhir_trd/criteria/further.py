"""What some sets ask of a trial beyond the conditions of all: the highest dose for partial responses, and a look-back."""

from collections.abc import Sequence

from msgspec import structs

from fhir_trd.criteria.judge import FAILURE, Terms, days_of, judged
from fhir_trd.criteria.lookback import enough_since, looked_back
from fhir_trd.criteria.maximum import days_at_maximum, with_partial_at_maximum
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import shifted
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Clause, Judgement

PARTIAL, WITHIN = "partial_days", "within"
NAMES = frozenset(condition.__name__ for condition in FAILURE)


def fully_judged(trial: Trial, terms: Terms, history: History, rule: Rule) -> Judgement:
    """Whether a trial failed, with everything that the set asks."""
    found = with_partial_at_maximum(judged(trial, terms), trial, history, rule)
    if WITHIN not in rule.parameters:
        return found
    answer = enough_since(trial, days_of(trial, terms), terms.adequate_days, shifted(history.as_of, -rule.whole(WITHIN)))
    return looked_back(found, answer)


def with_further(
    clauses: Sequence[Clause], trial: Trial, terms: Terms, history: History, rule: Rule, excluded: bool
) -> tuple[Clause, ...]:
    """The clauses of a trial, with those on what this set asks beyond them; a long partial response settles the failure."""
    plain = judged(trial, terms)
    partly = with_partial_at_maximum(plain, trial, history, rule)
    told = list(clauses)
    if partly is not plain:
        told = [structs.replace(one, relevant=False) if one.condition in NAMES else one for one in told]
        told.append(_of_partial(trial, partly, history, rule, excluded))
    if WITHIN in rule.parameters:
        told.append(_of_look_back(trial, terms, history, rule, relevant=not excluded and partly.answer is not Truth.NO))
    return tuple(told)


def _of_partial(trial: Trial, partly: Judgement, history: History, rule: Rule, excluded: bool) -> Clause:
    days, cited = days_at_maximum(trial, history), rule.parameters[PARTIAL]
    return Clause(
        rule=rule.name,
        trial=trial.id,
        condition="partial",
        relevant=not excluded,
        truth=partly.answer,
        wanted=f"less than a response after {rule.whole(PARTIAL)} days at the highest dose",
        found=f"{days.least} to {days.most} days at the highest dose",
        reasons=partly.reasons,
        evidence=trial.sources,
        source=cited.source,
        place=cited.place,
    )


def _of_look_back(trial: Trial, terms: Terms, history: History, rule: Rule, *, relevant: bool) -> Clause:
    first, cited = shifted(history.as_of, -rule.whole(WITHIN)), rule.parameters[WITHIN]
    return Clause(
        rule=rule.name,
        trial=trial.id,
        condition="look-back",
        relevant=relevant,
        truth=enough_since(trial, days_of(trial, terms), terms.adequate_days, first),
        wanted=f"{terms.adequate_days} days of it in the last {rule.whole(WITHIN)} days",
        found=f"taken until {trial.end.latest.isoformat()}; looked back to {first.isoformat()}",
        evidence=trial.sources,
        source=cited.source,
        place=cited.place,
    )
