"""What would settle a verdict, or change it: found by answering facts one way and the other, and judging again."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from fhir_trd.criteria.facts import Fact, history_with, rulings_with
from fhir_trd.criteria.questions import open_facts, recorded_facts
from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.criteria.smallest import singles_or_pairs, without_idle
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import FACTS_AT_ONCE, Branch, OpenQuestion, Result, Settling

Group = tuple[Fact, ...]
Trying = Callable[[Group], tuple[Branch, ...]]


def what_settles(history: History, criteria: CriteriaSet, rulings: Sequence[Ruling]) -> tuple[Settling, ...]:
    """The smallest groups of missing facts that settle an open verdict, whichever way they are answered.

    One fact where one is enough, else pairs, else one group from which nothing can be left out. Empty where not even all the
    missing facts settle it, or where they are too many to be tried together.
    """
    return _smallest(open_facts(history, criteria, rulings), lambda group: _if_all_settle(history, criteria, group))


def what_changes(history: History, criteria: CriteriaSet, rulings: Sequence[Ruling]) -> tuple[Settling, ...]:
    """The smallest groups of recorded facts that would have to be otherwise for a verdict of not met to be another."""
    facts = (*recorded_facts(history, rulings), *open_facts(history, criteria, rulings))
    return _smallest(facts, lambda group: _that_change(history, criteria, group))


def questions_of(
    history: History, criteria: CriteriaSet, rulings: Sequence[Ruling], settled: Sequence[Settling]
) -> tuple[OpenQuestion, ...]:
    """The questions to ask: those that settle the verdict; where nothing does, every fact that is missing."""
    chosen = {question for settling in settled for question in settling.questions}
    asked = (fact.question for fact in open_facts(history, criteria, rulings))
    return tuple(question for question in asked if not chosen or question in chosen)


def _smallest(facts: Group, trying: Trying) -> tuple[Settling, ...]:
    """The smallest groups for which trying gives branches, with these."""
    tried = _once(trying)
    groups = singles_or_pairs(facts, lambda group: bool(tried(group)))
    if not groups and len(facts) <= FACTS_AT_ONCE and tried(facts):
        groups = [without_idle(facts, lambda group: bool(tried(group)))]
    return tuple(Settling(tuple(fact.question for fact in group), tried(group)) for group in groups)


def _once(trying: Trying) -> Trying:
    """The same, but no group of facts is tried twice: each try judges the history anew for every way of answering it."""
    known: dict[tuple[int, ...], tuple[Branch, ...]] = {}

    def tried(group: Group) -> tuple[Branch, ...]:
        key = tuple(map(id, group))
        if key not in known:
            known[key] = trying(group)
        return known[key]

    return tried


def _if_all_settle(history: History, criteria: CriteriaSet, group: Group) -> tuple[Branch, ...]:
    """Every way of answering a group of facts, if each of them settles the verdict."""
    found: list[Branch] = []
    for branch in _branches(history, criteria, group):
        if branch.result is Result.INDETERMINATE:
            return ()
        found.append(branch)
    return tuple(found)


def _that_change(history: History, criteria: CriteriaSet, group: Group) -> tuple[Branch, ...]:
    return tuple(branch for branch in _branches(history, criteria, group) if branch.result is not Result.NOT_MET)


def _branches(history: History, criteria: CriteriaSet, group: Group) -> Iterator[Branch]:
    for answers in product(*(fact.answers for fact in group)):
        yield Branch(answers, _result_with(history, criteria, tuple(zip(group, answers, strict=True))))


def _result_with(history: History, criteria: CriteriaSet, chosen: Sequence[tuple[Fact, str]]) -> Result:
    """The result if these facts were so."""
    return result_of(rulings_with(rulings_of(history_with(history, chosen), criteria), chosen))
