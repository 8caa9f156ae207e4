"""What an algorithm that counts treatments answers: the bounds of its count, the day it was met, and what stays open."""

from collections.abc import Iterable, Sequence

from fhir_trd.criteria.chains import Chain
from fhir_trd.criteria.ruling import Ruling, finding_of
from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import Days, When
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, any_of
from fhir_trd.model.verdicts import Judgement

UNDATED = "duration_unknown"


def chain_ruling(
    history: History, rule: Rule, found: Sequence[tuple[Truth, Chain]], needed: int, count: Days, asked: str
) -> Ruling:
    """The ruling of a search for chains: yes if one surely holds, no if none may; the last course of the first is the day."""
    truth = any_of(held for held, _ in found)
    sure = [chain for held, chain in found if held is Truth.YES]
    first = min(sure, key=_order, default=())
    shown = first or min((chain for _, chain in found), key=_order, default=())
    return counted_ruling(
        history,
        rule,
        truth,
        needed=needed,
        count=count,
        counted=tuple(course.name for course in first),
        evidence=tuple(origin for course in shown for origin in course.sources),
        because=f"{asked}: {_told(first, truth)}",
        met_on=first[-1].start if first else None,
    )


def counted_ruling(
    history: History,
    rule: Rule,
    truth: Truth,
    *,
    needed: int,
    count: Days,
    counted: Iterable[str],
    evidence: Iterable[Origin],
    because: str,
    met_on: When | None = None,
) -> Ruling:
    """The ruling of an algorithm that counts; where it stays open, each trial whose dates are vague is asked for."""
    return Ruling(
        finding=finding_of(rule, truth, because, tuple(dict.fromkeys(evidence))),
        needed=needed,
        least=count.least,
        most=count.most,
        counted=tuple(counted),
        judgements=_open(history) if truth is Truth.MAYBE else (),
        met_on=met_on,
    )


def day_words(when: When) -> str:
    """A day, or the range of days, in words."""
    return when.earliest.isoformat() if when.is_exact else f"between {when.earliest} and {when.latest}"


def _open(history: History) -> tuple[Judgement, ...]:
    """The trials that may settle an open answer: those whose days are uncertain, with the reason."""
    vague = [trial for trial in history.trials if not (trial.start.is_exact and trial.end.is_exact) or trial.doubts]
    return tuple(Judgement(trial.id, Truth.MAYBE, trial.doubts or (UNDATED,)) for trial in vague)


def _told(first: Chain, truth: Truth) -> str:
    if first:
        return f"{', '.join(course.name for course in first)}; the last began {day_words(first[-1].start)}"
    return "may be, the dates do not settle it" if truth is Truth.MAYBE else "none found"


def _order(chain: Chain) -> tuple[str, ...]:
    return (chain[-1].start.earliest.isoformat(), *(course.start.earliest.isoformat() + course.name for course in chain))
