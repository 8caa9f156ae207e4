"""How far back a payer looks: what lies before those days does not count."""

from datetime import date

from msgspec import structs

from fhir_trd.model.dates import Days, When, days_between, shifted
from fhir_trd.model.trials import Trial
from fhir_trd.model.truth import Truth, all_of, at_least, truth_of
from fhir_trd.model.verdicts import Judgement

TOO_LONG_AGO = "before_look_back"


def surely_since(as_of: date, days: int, start: When, end: When) -> Truth:
    """Whether something lies in the last so many days: begun in them surely, ended in them possibly."""
    first = shifted(as_of, -days)
    return truth_of(start.earliest >= first, end.latest >= first)


def looked_back(judgement: Judgement, answer: Truth) -> Judgement:
    """The judgement of a trial, once it is known whether enough of it lies in the days a set looks back to."""
    if answer is Truth.YES or judgement.answer is Truth.NO:
        return judgement
    return structs.replace(judgement, answer=all_of((judgement.answer, answer)), reasons=(*judgement.reasons, TOO_LONG_AGO))


def enough_since(trial: Trial, counted: Days, needed: int, first: date) -> Truth:
    """Whether enough of the adequate days of a trial lie on or after a day."""
    lost = max(0, days_between(trial.start.earliest, first) - 1)
    left = max(0, days_between(first, trial.end.latest))
    return at_least(needed, counted.least - lost, min(counted.most, left))
