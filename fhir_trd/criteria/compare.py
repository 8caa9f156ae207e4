"""Why two criteria sets answer otherwise: found by changing the rules of the one into those of the other, and judging again."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs

from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.criteria.smallest import singles_or_pairs, without_idle
from fhir_trd.model.comparing import Change, Difference, Turn, Way
from fhir_trd.model.criteria import CriteriaSet, Parameter, Rule, Value
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Judgement, Result

REPEATS = ("same_class_as", "same_ingredient_as")
"""Reason codes of trials that failed, and add nothing to the count."""


class Edit(Struct, frozen=True):
    """A step from our rules to theirs: a rule added (no ``ours``), left out (no ``theirs``), replaced, or one parameter of it."""

    ours: Rule | None
    theirs: Rule | None
    parameter: str = ""


def difference(history: History, base: CriteriaSet, other: CriteriaSet) -> Difference | None:
    """The smallest changes that make the base set answer as the other does; None where both answer alike.

    Every change that is enough alone is named; where none is, every pair; where no pair is, one set of changes from which
    nothing can be left out.
    """
    wanted = result_of(rulings_of(history, other))
    ours = rulings_of(history, base)
    if result_of(ours) is wanted:
        return None
    found = _smallest(history, base, tuple(_edits(base.rules, other.rules)), wanted)
    return Difference(other.id, base.id, tuple(_way(history, base, edits, ours) for edits in found))


def _edits(ours: Sequence[Rule], theirs: Sequence[Rule]) -> Iterator[Edit]:
    """Every step between two sets, in the order of their tables. The first rule of a set is the one that counts."""
    partners = {rule.name: rule for rule in theirs[1:]}
    for rule, partner in [(ours[0], theirs[0]), *((rule, partners.pop(rule.name, None)) for rule in ours[1:])]:
        yield from _edits_of(rule, partner)
    yield from (Edit(None, rule) for rule in partners.values())


def _edits_of(ours: Rule, theirs: Rule | None) -> Iterator[Edit]:
    if theirs is None or (ours.kind, ours.decides) != (theirs.kind, theirs.decides):
        yield Edit(ours, theirs)
        return
    for name in dict.fromkeys((*ours.parameters, *theirs.parameters)):
        if _value(ours.parameters.get(name)) != _value(theirs.parameters.get(name)):
            yield Edit(ours, theirs, name)


def _smallest(history: History, base: CriteriaSet, edits: tuple[Edit, ...], wanted: Result) -> Sequence[tuple[Edit, ...]]:
    def turns(chosen: tuple[Edit, ...]) -> bool:
        return result_of(rulings_of(history, _edited(base, chosen))) is wanted

    return singles_or_pairs(edits, turns) or [without_idle(edits, turns)]


def _edited(base: CriteriaSet, edits: Iterable[Edit]) -> CriteriaSet:
    rules = base.rules
    for edit in edits:
        rules = tuple(_edited_rules(rules, edit))
    return structs.replace(base, rules=rules)


def _edited_rules(rules: Sequence[Rule], edit: Edit) -> Iterator[Rule]:
    for rule in rules:
        if edit.ours is None or rule.name != edit.ours.name:
            yield rule
        elif edit.theirs is not None:
            yield _with_parameter(rule, edit.theirs, edit.parameter) if edit.parameter else edit.theirs
    if edit.ours is None and edit.theirs is not None:
        yield edit.theirs


def _with_parameter(rule: Rule, theirs: Rule, name: str) -> Rule:
    kept = {key: value for key, value in rule.parameters.items() if key != name}
    given = {name: theirs.parameters[name]} if name in theirs.parameters else {}
    return structs.replace(rule, parameters=kept | given)


def _way(history: History, base: CriteriaSet, edits: tuple[Edit, ...], ours: Sequence[Ruling]) -> Way:
    theirs = rulings_of(history, _edited(base, edits))
    return Way(tuple(_change(edit, theirs) for edit in edits), tuple(_turns(ours, theirs)))


def _change(edit: Edit, theirs: Sequence[Ruling]) -> Change:
    rule = edit.theirs or edit.ours
    assert rule is not None, "an edit has a rule on one side at least"
    if not edit.parameter:
        found = next((one.finding for one in theirs if edit.theirs is not None and one.finding.rule == rule.name), None)
        return Change(rule=rule.name, found=found)
    values = [side.parameters.get(edit.parameter) for side in (edit.theirs, edit.ours) if side is not None]
    unit = next(value.unit for value in values if value is not None)
    return Change(rule=rule.name, parameter=edit.parameter, theirs=_value(values[0]), ours=_value(values[-1]), unit=unit)


def _turns(ours: Sequence[Ruling], theirs: Sequence[Ruling]) -> Iterator[Turn]:
    """The trials that count otherwise; none where one side judges no trials."""
    before, after = _counting(ours), _counting(theirs)
    for trial in before:
        if trial in after and before[trial] is not after[trial]:
            yield Turn(trial, before[trial], after[trial])


def _counting(rulings: Sequence[Ruling]) -> dict[str, Truth]:
    judgements = next((ruling.judgements for ruling in rulings if ruling.judgements), ())
    return {one.trial: Truth.NO if _repeats(one) else one.answer for one in judgements}


def _repeats(judgement: Judgement) -> bool:
    return any(reason in REPEATS for reason in judgement.reasons)


def _value(parameter: Parameter | None) -> Value | None:
    return None if parameter is None else parameter.value
