"""What raises a flag of the table: each part of a row is met by recorded facts, surely or possibly, or not at all."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When, shifted, years_at
from fhir_trd.model.drugs import Role
from fhir_trd.model.flagging import PSYCHOTIC_FEATURES, FlagRule, Limit
from fhir_trd.model.records import (
    DEPRESSION,
    Adherence,
    Certainty,
    Diagnosis,
    Measurement,
    Presence,
    Reaction,
    Supply,
    Taking,
)
from fhir_trd.model.trials import History, Use
from fhir_trd.planning.facts import evidence_of, sources_of


class Seen(Struct, frozen=True):
    """Everything that can raise a flag of the table. ``conditions`` are all recorded ones: see ``conditions_of``."""

    history: History
    conditions: tuple[Presence, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    born: When | None = None
    sex: str = ""
    supplies: tuple[Supply, ...] = ()

    def since(self, days: int | None) -> date:
        """The first of the last so many days; without a number, the beginning of time."""
        return date.min if days is None else shifted(self.history.as_of, -days)


class Proof(Struct, frozen=True):
    """The records by which a part of a row is met, and whether it surely is."""

    sure: bool
    evidence: tuple[Origin, ...]


Test = Callable[[FlagRule, Seen], Proof | None]


def proof_of(rule: FlagRule, seen: Seen) -> Proof | None:
    """The proof that everything a row asks for is recorded, or None: most rows end at the first thing that is not."""
    met = []
    for test in _tests_of(rule):
        proof = test(rule, seen)
        if proof is None:
            return None
        met.append(proof)
    return Proof(all(proof.sure for proof in met), evidence_of(proof.evidence for proof in met))


@cache
def _tests_of(rule: FlagRule) -> tuple[Test, ...]:
    return tuple(test for asks, test in TESTS if asks(rule))


def conditions_of(history: History, presences: Sequence[Presence] = ()) -> tuple[Presence, ...]:
    """All recorded conditions and devices, those of the diagnoses too."""
    read = (presence for diagnosis in history.diagnoses for presence in _as_presences(diagnosis))
    known = (one for one in presences if one.when is None or one.when.earliest <= history.as_of)
    return (*read, *known)


def _as_presences(diagnosis: Diagnosis) -> tuple[Presence, ...]:
    plain = Presence(
        origin=diagnosis.origin,
        category=diagnosis.category,
        certainty=diagnosis.certainty,
        course=diagnosis.course,
        when=diagnosis.onset or diagnosis.recorded,
    )
    if not diagnosis.psychotic:
        return (plain,)
    return plain, Presence(
        origin=plain.origin, category=PSYCHOTIC_FEATURES, certainty=plain.certainty, course=plain.course, when=plain.when
    )


def _by_findings(rule: FlagRule, seen: Seen) -> Proof | None:
    """A condition without a date may be recent: a doubt must not hide a risk."""
    named = [one for one in seen.conditions if one.category in rule.findings]
    if not named:
        return None
    first = seen.since(rule.within)
    found = [
        one
        for one in named
        if (rule.ever or not one.course.is_past)
        and (one.when is None or one.when.latest >= first)
        and not (rule.on_treatment and not _began_on_treatment(one, seen.history))
        and (rule.before_episode is None or _began_before_episode(one, rule.before_episode, seen.history))
    ]
    if not found:
        return None
    return Proof(any(one.certainty is Certainty.CONFIRMED for one in found), evidence_of((one.origin,) for one in found))


def _began_before_episode(one: Presence, days: int, history: History) -> bool:
    onset = history.episode.start
    if one.when is None or onset is None:
        return False
    return shifted(onset.earliest, -days) <= one.when.earliest <= onset.latest


def _by_measures(rule: FlagRule, seen: Seen) -> Proof | None:
    proofs = [proof for kind in rule.measures if (proof := _by_measure(kind, rule, seen)) is not None]
    return Proof(any(proof.sure for proof in proofs), evidence_of(proof.evidence for proof in proofs)) if proofs else None


def _by_measure(kind: str, rule: FlagRule, seen: Seen) -> Proof | None:
    """Of the latest measurements; where dates leave open which is the latest, one beyond the limit is enough.

    A later one that cannot be compared lifts nothing, it only makes the earlier one unsure.
    """
    taken = [one for one in seen.measurements if one.kind == kind and one.when.earliest <= seen.history.as_of]
    if not taken:
        return None
    comparable = [one for one in taken if _can_be_compared(one, rule)]
    last = max((one.when.earliest for one in comparable), default=date.max)
    latest = [one for one in comparable if one.when.latest >= max(last, seen.since(rule.within))]
    beyond = [one for one in latest if _is_beyond(one, rule) and _rises(one, taken, rule)]
    if not beyond:
        return None
    is_last = all(one in comparable or one.when.latest <= last for one in taken)
    return Proof(is_last and len(beyond) == len(latest), evidence_of((one.origin,) for one in beyond))


def _can_be_compared(one: Measurement, rule: FlagRule) -> bool:
    """Whether it has a value in the unit of every limit; what was not found at all needs none."""
    limits = (rule.above, rule.below, rule.reaches, rule.rises)
    return one.undetected or all(limit is None or _in_unit(one, limit) for limit in limits)


def _is_beyond(one: Measurement, rule: FlagRule) -> bool:
    if (rule.beyond and one.beyond != rule.beyond) or (rule.undetected and not one.undetected):
        return False
    if rule.above and not (_in_unit(one, rule.above) and _value(one) > rule.above.value):
        return False
    if rule.reaches and not (_in_unit(one, rule.reaches) and _value(one) >= rule.reaches.value):
        return False
    return not rule.below or (_in_unit(one, rule.below) and _value(one) < rule.below.value)


def _rises(one: Measurement, taken: list[Measurement], rule: FlagRule) -> bool:
    """Whether it lies so far above an earlier one."""
    if rule.rises is None:
        return True
    earlier = [_value(other) for other in taken if other.when.latest < one.when.earliest and _in_unit(other, rule.rises)]
    return bool(earlier) and _in_unit(one, rule.rises) and _value(one) - min(earlier) >= rule.rises.value


def _in_unit(one: Measurement, limit: Limit) -> bool:
    return one.value is not None and one.unit == limit.unit


def _value(one: Measurement) -> float:
    assert one.value is not None
    return one.value


def _by_drugs(rule: FlagRule, seen: Seen) -> Proof | None:
    meant = [use for use in seen.history.uses if _is_meant(use, rule)]
    named = [one for one in seen.conditions if one.category in rule.others and one.when]
    if len(meant) + len(named) < rule.at_least:
        return None
    first = seen.since(rule.within or 0)
    taken = [use for use in meant if use.end.latest >= first]
    others = [one for one in named if one.when and one.when.latest >= first]
    names = {one.name for one in others}
    if len(names | {use.drug.ingredient for use in taken}) < rule.at_least:
        return None
    surely = {use.drug.ingredient for use in taken if use.end.earliest >= first and _surely_above(use, rule)}
    origins = [use.origin for use in taken] + [one.origin for one in others]
    return Proof(len(surely | names) >= rule.at_least, evidence_of((origin,) for origin in origins))


def _is_meant(use: Use, rule: FlagRule) -> bool:
    named = use.drug.ingredient in rule.drugs or use.drug.drug_class in rule.classes
    return named and (rule.dose_above is None or (use.dose is not None and use.dose.most > rule.dose_above))


def _surely_above(use: Use, rule: FlagRule) -> bool:
    return rule.dose_above is None or (use.dose is not None and use.dose.least > rule.dose_above)


def _by_age(rule: FlagRule, seen: Seen) -> Proof | None:
    age = seen.history.age
    if age is None or (rule.older_than is not None and age <= rule.older_than):
        return None
    if rule.younger_than is not None and age >= rule.younger_than:
        return None
    return Proof(True, (Origin(seen.history.patient, "birthDate"),))


def _by_adherence(rule: FlagRule, seen: Seen) -> Proof | None:
    poor = [trial for trial in seen.history.trials if trial.adherence.answer is Adherence.POOR]
    untaken = [(one.origin,) for one in seen.supplies if _was_not_taken(one, seen.history.as_of)]
    return Proof(True, evidence_of((sources_of(poor), *untaken))) if poor or untaken else None


def _was_not_taken(one: Supply, as_of: date) -> bool:
    """Whether a person said that an antidepressant was not taken."""
    return one.taking is Taking.NOT_TAKEN and one.drug.role is Role.ANTIDEPRESSANT and one.steps[0].start.earliest <= as_of


def _began_on_treatment(one: Presence, history: History) -> bool:
    when = one.when
    taken = (use for use in history.uses if use.drug.role is Role.ANTIDEPRESSANT)
    return when is not None and any(use.start.earliest <= when.latest and use.end.latest >= when.earliest for use in taken)


def _by_beside(rule: FlagRule, seen: Seen) -> Proof | None:
    found = [one.origin for one in seen.conditions if one.category in rule.beside]
    return Proof(True, evidence_of((origin,) for origin in found)) if found else None


def _by_beside_drugs(rule: FlagRule, seen: Seen) -> Proof | None:
    first = seen.since(rule.within or 0)
    taken = [use for use in seen.history.uses if use.drug.ingredient in rule.beside_drugs and use.end.latest >= first]
    return Proof(any(use.end.earliest >= first for use in taken), evidence_of((use.origin,) for use in taken)) if taken else None


def _by_sex(rule: FlagRule, seen: Seen) -> Proof | None:
    return Proof(True, (Origin(seen.history.patient, "gender"),)) if rule.sex == seen.sex else None


def _by_silence(rule: FlagRule, seen: Seen) -> Proof | None:
    """Met if nothing is recorded: no condition that still holds, and no measurement that is recent enough."""
    first = seen.since(rule.within)
    told = {one.category for one in seen.conditions if not one.course.is_past}
    told |= {one.kind for one in seen.measurements if first <= one.when.latest and one.when.earliest <= seen.history.as_of}
    return None if told & set(rule.silent) else Proof(True, ())


def _by_allergies(rule: FlagRule, seen: Seen) -> Proof | None:
    """Harm that is recorded as an event may have been no allergy."""
    found = [one for one in seen.reactions if one.ingredient in rule.allergies]
    return Proof(any(one.allergy for one in found), evidence_of((one.origin,) for one in found)) if found else None


def _by_episodes(rule: FlagRule, seen: Seen) -> Proof | None:
    asked, born = rule.episodes, seen.born
    if asked is None or born is None:
        return None
    begun = _beginnings(seen.history, asked.apart)
    if len(begun) < asked.number:
        return None
    first = begun[0].onset
    assert first is not None
    youngest, oldest = years_at(born.latest, first.earliest), years_at(born.earliest, first.latest)
    return Proof(oldest < asked.before, evidence_of((one.origin,) for one in begun)) if youngest < asked.before else None


def _beginnings(history: History, apart: int) -> list[Diagnosis]:
    """The depressions that surely began so many days after the one before; a second entry of one episode is none."""
    dated = [
        one for one in history.diagnoses if one.category == DEPRESSION and one.onset and one.certainty is Certainty.CONFIRMED
    ]
    begun: list[Diagnosis] = []
    for one in sorted(dated, key=lambda one: (one.onset.earliest if one.onset else date.max, one.origin.resource)):
        last = begun[-1].onset if begun else None
        if one.onset and (last is None or (one.onset.earliest - last.latest).days >= apart):
            begun.append(one)
    return begun


TESTS: tuple[tuple[Callable[[FlagRule], bool], Test], ...] = (
    (lambda rule: bool(rule.findings), _by_findings),
    (lambda rule: bool(rule.measures), _by_measures),
    (lambda rule: bool(rule.drugs or rule.classes), _by_drugs),
    (lambda rule: rule.older_than is not None or rule.younger_than is not None, _by_age),
    (lambda rule: rule.poor_adherence, _by_adherence),
    (lambda rule: bool(rule.sex), _by_sex),
    (lambda rule: bool(rule.silent), _by_silence),
    (lambda rule: bool(rule.allergies), _by_allergies),
    (lambda rule: bool(rule.beside), _by_beside),
    (lambda rule: bool(rule.beside_drugs), _by_beside_drugs),
    (lambda rule: rule.episodes is not None, _by_episodes),
)
"""Which part of a row each test answers for."""
