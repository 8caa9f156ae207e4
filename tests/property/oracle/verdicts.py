"""What a set says of a life, rule by rule, in the words of clinical rules 0.4 and 1.5; the numbers are those of the set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from fhir_trd.model.criteria import CriteriaSet, Rule
from fhir_trd.model.truth import Truth
from tests.property.oracle.episode import PAST, onset_of
from tests.property.oracle.life import FIRST_DAY, Diagnosed, Life
from tests.property.oracle.spells import CLASSES, Spell, category, known_diagnoses, spells_of
from tests.property.oracle.trials import Beside, Lived, trials_of

YES, MAYBE, NO = Truth.YES, Truth.MAYBE, Truth.NO
SCALES = {"phq-9": "", "madrs": "MADRS", "ham-d17": "HAM-D17"}
SEVERITY = {"F33.1": "moderate", "F33.2": "severe", "F33.3": "severe"}

# The highest daily dose of the labels, written down once more by hand.
MAXIMUM = {
    "sertraline": 200,
    "fluoxetine": 80,
    "venlafaxine": 375,
    "duloxetine": 120,
    "mirtazapine": 45,
    "bupropion": 450,
    "nortriptyline": 150,
    "phenelzine": 90,
    "moclobemide": 600,
}


@dataclass(frozen=True)
class Known:
    """A life, and what the calendar makes of it."""

    life: Life
    spells: list[Spell]
    onset: int | None
    trials: list[Lived]


@dataclass(frozen=True)
class Said:
    """What one rule says: the answer, the least and most that it counted, and whether it excludes."""

    truth: Truth
    count: tuple[int, int] | None = None
    excludes: Truth = NO


Asked = Callable[[Known, Rule], Said]


def known_of(life: Life) -> Known:
    """A life as the calendar sees it."""
    spells = spells_of(life)
    onset = onset_of(life, spells)
    return Known(life, spells, onset, trials_of(life, spells, onset))


def between(sure: bool, possible: bool) -> Truth:
    """Yes if it surely holds, no if it cannot, else maybe."""
    return YES if sure else MAYBE if possible else NO


def reaches(needed: int, count: tuple[int, int]) -> Truth:
    """Whether a count of a least and a most reaches a number."""
    return between(count[0] >= needed, count[1] >= needed)


def result_of(said: dict[str, Said], criteria: CriteriaSet) -> tuple[str, int, int]:
    """The result of a set with the least and most of the rule that counts."""
    deciding = [said[rule.name].truth for rule in criteria.rules if rule.decides]
    least, most = next(one.count for one in said.values() if one.count is not None)
    if any(one.excludes is YES for one in said.values()):
        return "excluded", least, most
    if NO in deciding:
        return "not-met", least, most
    return ("indeterminate" if MAYBE in deciding else "met"), least, most


def failed_trials(known: Known, rule: Rule) -> Said:
    """Distinct failed trials, by class or by drug."""
    answers = [(_key(trial.spell.drug, rule), failed(trial, rule)) for trial in known.trials]
    sure = {key for key, answer in answers if answer is YES}
    open_too = {key for key, answer in answers if answer is not NO}
    count = (len(sure), len(open_too))
    return Said(reaches(rule.whole("trials"), count), count)


def failed(trial: Lived, rule: Rule) -> Truth:
    """Whether one trial failed, or brought too little at the highest dose where a set lets that count."""
    plain = _failed(trial, rule, rule.whole("adequate_days"), partly=False)
    if "partial_days" not in rule.parameters or plain is YES:
        return plain
    needed = rule.whole("partial_days")
    partly = _failed(trial, rule, needed, partly=True)
    if partly is not NO and trial.spell.drug in MAXIMUM and _at_maximum(trial) >= needed:
        return partly
    return MAYBE if partly is not NO else plain


def _failed(trial: Lived, rule: Rule, needed: int, *, partly: bool) -> Truth:
    """Whether one trial failed, in the order of clinical rule 1.5."""
    spell, current = trial.spell, rule.word("scope") == "current"
    if spell.purpose == "other" or (spell.drug == "esketamine" and rule.flag("oral_only")):
        return NO
    if current and trial.place == "previous":
        return NO
    if rule.flag("intolerance_counts") and spell.stop == "intolerance":
        return _intolerance(trial, rule)
    if (trial.inside if current else trial.countable) < needed:
        return NO
    failure = _failure(trial, rule, needed, partly=partly)
    if failure is NO or _adherence(spell) == "poor":
        return NO
    parts = [failure, _purpose(spell), _in_episode(trial, current), _taken_well(spell, rule)]
    return MAYBE if MAYBE in parts else YES


def _intolerance(trial: Lived, rule: Rule) -> Truth:
    current = rule.word("scope") == "current"
    inside = trial.place == "current" or (trial.place == "straddles" and trial.inside >= rule.whole("adequate_days"))
    return between(_purpose(trial.spell) is YES and (inside or not current), True)


def _failure(trial: Lived, rule: Rule, needed: int, *, partly: bool) -> Truth:
    stop, went = trial.spell.stop, trial.went[42 if needed >= 42 else 28]
    by_score = (YES if partly else _by_score(went.percent, rule)) if went.word in {"partial", "non-response"} else None
    if went.word in {"response", "remission"} or by_score is NO:
        return NO
    if (stop == "intolerance" and by_score is None) or stop == "remission":
        return NO
    if by_score is YES:
        return YES
    if went.word in {"confounded", "conflict"}:
        return MAYBE
    if stop == "partial":
        return YES if partly or rule.flag("stated_partial_fails") else NO
    return Truth(rule.word("reason_alone")) if stop == "lack" else MAYBE


def _by_score(percent: float | None, rule: Rule) -> Truth | None:
    limit = rule.number("improvement_below")
    if percent is None:
        return None
    return between(percent < limit or (percent == limit and rule.flag("improvement_at_limit_fails")), False)


def _purpose(spell: Spell) -> Truth:
    return YES if spell.purpose == "depression" else MAYBE


def _in_episode(trial: Lived, current: bool) -> Truth:
    return MAYBE if current and trial.place == "unknown" else YES


def _adherence(spell: Spell) -> str:
    said = {one.adherence for one in spell.records}
    return "poor" if "poor" in said else "good" if "good" in said else "unknown"


def _taken_well(spell: Spell, rule: Rule) -> Truth:
    return MAYBE if rule.flag("adherence_needed") and _adherence(spell) == "unknown" else YES


def _key(drug: str, rule: Rule) -> str:
    return CLASSES[drug] if rule.word("distinct_by") == "class" else drug


def excluding_diagnoses(known: Known, rule: Rule) -> Said:
    """Confirmed ones exclude, suspected ones leave it open."""
    found = {one.certainty for one in known_diagnoses(known.life) if category(one.code) in rule.words("categories")}
    excludes = between("confirmed" in found, bool(found))
    return Said({YES: NO, MAYBE: MAYBE, NO: YES}[excludes], excludes=excludes)


def diagnoses_absent(known: Known, rule: Rule) -> Said:
    """Confirmed ones that are not over contradict, suspected ones leave it open."""
    speaking = [one for one in known_diagnoses(known.life) if one.status not in PAST and _is_asked_for(one, rule)]
    return Said(NO if any(one.certainty == "confirmed" for one in speaking) else between(not speaking, True))


def _is_asked_for(one: Diagnosed, rule: Rule) -> bool:
    return category(one.code) in rule.words("categories") or (one.code == "F33.3" and rule.flag("psychotic_depression"))


def severity_documented(known: Known, rule: Rule) -> Said:
    """Coded for a depression that is there now, or the latest total of the scale."""
    since = known.life.as_of - rule.whole("within") if "within" in rule.parameters else -(10**6)
    scale, last = SCALES.get(rule.word("scale")), known.life.as_of
    scores = [one for one in known.life.scores if one.scale == scale and since <= one.day <= last]
    latest = max(scores, key=lambda one: one.day, default=None)
    present = [one for one in known_diagnoses(known.life) if one.status == "active" and one.abated is None]
    coded = [one for one in present if SEVERITY.get(one.code, "") in rule.words("coded")]
    reached = latest is not None and latest.value >= rule.number("at_least")
    established = any(one.certainty == "confirmed" for one in coded)
    return Said(between(established or reached, latest is None or bool(coded)))


def age_between(known: Known, rule: Rule) -> Said:
    """Full years on the day of assessment."""
    born, day = date.fromisoformat(known.life.born), date.fromordinal(FIRST_DAY.toordinal() + known.life.as_of)
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    top = rule.whole("to_years") if "to_years" in rule.parameters else age
    return Said(between(rule.whole("from_years") <= age <= top, False))


def concurrent_antidepressant(known: Known, rule: Rule) -> Said:
    """Whether an oral antidepressant is taken on the day of assessment."""
    oral = [spell for spell in known.spells if spell.is_antidepressant and spell.drug != "esketamine"]
    return Said(between(any(spell.last == known.life.as_of for spell in oral), not oral))


def failed_augmentations(known: Known, rule: Rule) -> Said:
    """Different agents added for long enough, in the episode where the set asks for it, that did not help."""
    answers = [(one.agent, _in_vain(one, trial, known, rule)) for trial in known.trials for one in trial.beside]
    sure = {agent for agent, answer in answers if answer is YES}
    possible = {agent for agent, answer in answers if answer is not NO}
    return Said(reaches(rule.whole("augmentations"), (len(sure), len(possible))))


def _in_vain(one: Beside, trial: Lived, known: Known, rule: Rule) -> Truth:
    if one.days < rule.whole("adequate_days") or one.failed == "responded":
        return NO
    parts = [YES if one.failed == "failed" and one.sure else MAYBE]
    if "scope" in rule.parameters and rule.word("scope") == "current":
        parts.append(_agent_in_episode(one, trial, known.onset))
    return NO if NO in parts else MAYBE if MAYBE in parts else YES


def _agent_in_episode(one: Beside, trial: Lived, onset: int | None) -> Truth:
    if trial.place == "straddles" and onset is not None:
        return between(one.first >= onset, one.last >= onset)
    return {"current": YES, "previous": NO}.get(trial.place, MAYBE)


def maximum_dose_reached(known: Known, rule: Rule) -> Said:
    """Whether every adequate trial was at the highest dose of the label on some day; below it only a person knows."""
    adequate = [one for one in known.trials if one.spell.is_candidate and one.countable >= rule.whole("adequate_days")]
    return Said(between(bool(adequate) and all(_at_maximum(one) for one in adequate), True))


def _at_maximum(trial: Lived) -> int:
    """The days at the highest dose of the label."""
    return sum(dose >= MAXIMUM[trial.spell.drug] for dose in trial.spell.doses.values())


def psychotherapy_documented(known: Known, rule: Rule) -> Said:
    """Psychotherapy in the episode; how it went is not read."""
    held = [one for one in known.life.treatments if one.kind == "psychotherapy" and one.first <= known.life.as_of]
    inside = any(known.onset is not None and one.last >= known.onset for one in held)
    asks_more = "must_have_failed" in rule.parameters and rule.flag("must_have_failed")
    return Said(between(inside and not asks_more, True))


def augmentation_or_psychotherapy(known: Known, rule: Rule) -> Said:
    """One of the two."""
    both: Sequence[Said] = (failed_augmentations(known, rule), psychotherapy_documented(known, rule))
    answers = {one.truth for one in both}
    return Said(between(YES in answers, MAYBE in answers))


def asked_of_a_person(known: Known, rule: Rule) -> Said:
    """Nothing in a record answers it."""
    return Said(MAYBE)


CLINICAL: dict[str, Asked] = {
    one.__name__: one
    for one in (
        failed_trials,
        excluding_diagnoses,
        diagnoses_absent,
        severity_documented,
        age_between,
        concurrent_antidepressant,
        failed_augmentations,
        psychotherapy_documented,
        augmentation_or_psychotherapy,
        asked_of_a_person,
        maximum_dose_reached,
    )
}
