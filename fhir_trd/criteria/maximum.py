"""The highest dose: whether a drug was raised to it, for how long, and whether side effects kept it lower."""

from datetime import date
from math import inf

from msgspec import structs

from fhir_trd.criteria.judge import judged, terms_of
from fhir_trd.criteria.ruling import Ruling, finding_of
from fhir_trd.model.blocks import Block, total, united
from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import Days, years_at
from fhir_trd.model.records import StopReason
from fhir_trd.model.trials import History, Purpose, Trial
from fhir_trd.model.truth import Truth, at_least, truth_of
from fhir_trd.model.verdicts import Judgement

DOSE_OPEN = "maximum_dose_unknown"
ASK = "whether each antidepressant was raised to the highest labelled dose that was tolerated"


def maximum_dose_reached(history: History, rule: Rule) -> Ruling:
    """Asks whether each adequate trial reached the highest labelled dose; below it only a person knows what was tolerated."""
    adequate = [one for one in history.trials if _is_adequate(one, rule.whole("adequate_days"))]
    below = [one for one in adequate if days_at_maximum(one, history).least == 0]
    limited = [one for one in below if side_effects(one, history)]
    truth = truth_of(surely=bool(adequate) and not below, possibly=True)
    taken = [origin for one in adequate for origin in one.sources]
    blamed = [origin for one in limited for origin in side_effects(one, history)]
    finding = finding_of(rule, truth, _words(adequate, below, limited), tuple(dict.fromkeys([*taken, *blamed])))
    return Ruling(finding=finding, question=ASK)


def with_partial_at_maximum(judgement: Judgement, trial: Trial, history: History, rule: Rule) -> Judgement:
    """The judgement, or where the trial brought a partial response, whether that was long enough at the highest dose."""
    if judgement.answer is Truth.YES or "partial_days" not in rule.parameters:
        return judgement
    partly = _partly(trial, rule)
    if partly.answer is Truth.NO:
        return judgement
    days = days_at_maximum(trial, history)
    at_maximum = at_least(rule.whole("partial_days"), days.least, days.most)
    if at_maximum is Truth.YES:
        return partly
    if judgement.answer is Truth.MAYBE:
        return judgement
    # Side effects may have kept the dose lower, whether or not anyone recorded them.
    return Judgement(trial.id, Truth.MAYBE, tuple(dict.fromkeys((*partly.reasons, DOSE_OPEN))))


def days_at_maximum(trial: Trial, history: History) -> Days:
    """The days at the highest dose of the label for the person's age, at least and at most."""
    age = years_at(history.born.latest, trial.start.earliest) if history.born else None
    highest = trial.drug.highest_dose_at(age)
    if highest is None:
        return Days(0, trial.exposed.most)
    surely = [one for one in trial.segments if one.dose is not None and one.dose.least >= highest]
    possibly = [one for one in trial.segments if one.dose is None or one.dose.most >= highest]
    least = total(united(_block(one.start.latest, one.end.earliest) for one in surely))
    most = total(united(_block(one.start.earliest, one.end.latest) for one in possibly))
    return Days(min(least, trial.exposed.least), min(most, trial.exposed.most))


def side_effects(trial: Trial, history: History) -> tuple[Origin, ...]:
    """The records of side effects of the drug, or of a stop because of them."""
    blamed = [one.origin for one in history.reactions if one.ingredient == trial.drug.ingredient]
    stopped = trial.sources if trial.stop_reason is StopReason.INTOLERANCE else ()
    return tuple(dict.fromkeys((*blamed, *stopped)))


def _partly(trial: Trial, rule: Rule) -> Judgement:
    """The judgement that lets whatever is less than a response count, after the longer time."""
    lenient = structs.replace(terms_of(rule), adequate_days=rule.whole("partial_days"), improvement_below=inf, partial_fails=True)
    return judged(trial, lenient)


def _block(first: date, last: date) -> Block:
    return Block(first.toordinal(), last.toordinal())


def _is_adequate(trial: Trial, needed: int) -> bool:
    counts = trial.oral and trial.drug.can_count and trial.intent.purpose is not Purpose.OTHER
    return counts and trial.countable.most >= needed


def _words(adequate: list[Trial], below: list[Trial], limited: list[Trial]) -> str:
    if not adequate:
        return "no adequate trial on record"
    reached = ", ".join(sorted({one.drug.name for one in adequate if one not in below})) or "none"
    lower = ", ".join(sorted({one.drug.name for one in below}))
    blamed = ", ".join(sorted({one.drug.name for one in limited}))
    words = f"raised to the highest labelled dose: {reached}"
    words += f"; lower: {lower}" if lower else ""
    return words + (f"; side effects recorded with {blamed}" if blamed else "")
