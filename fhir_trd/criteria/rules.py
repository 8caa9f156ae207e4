"""The rules of clinical criteria sets: failed trials counted, excluding diagnoses, documented severity."""

from collections.abc import Sequence

from fhir_trd.criteria.added import failed_agents
from fhir_trd.criteria.further import fully_judged
from fhir_trd.criteria.judge import terms_of
from fhir_trd.criteria.ruling import Ruling, finding_of
from fhir_trd.criteria.words import counted_words, exclusion_words
from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import shifted
from fhir_trd.model.records import Certainty, Diagnosis, Score
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth, at_least, truth_of
from fhir_trd.model.verdicts import Judgement


def failed_trials(history: History, rule: Rule) -> Ruling:
    """Counts the failed adequate trials that differ by class or by ingredient."""
    terms = terms_of(rule)
    by_class = rule.word("distinct_by") == "class"
    needed = rule.whole("trials")
    judgements = tuple(fully_judged(trial, terms, history, rule) for trial in history.trials)
    keyed = [(_key(trial, by_class), trial, judgement) for trial, judgement in zip(history.trials, judgements, strict=True)]
    sure = {key: trial.drug.name for key, trial, judgement in reversed(keyed) if judgement.answer is Truth.YES}
    open_keys = {key for key, _, judgement in keyed if judgement.answer is not Truth.NO}
    agents = failed_agents(history, rule) if rule.flag("augmentation_counts") and not by_class else {}
    added = {key: name for key, (answer, name) in agents.items() if answer is Truth.YES}
    least, most = len(sure | added), len(open_keys | set(agents))
    counted = tuple(sorted({**sure, **added}.values()))
    evidence = tuple(
        dict.fromkeys(origin for _, trial, judgement in keyed if judgement.answer is not Truth.NO for origin in trial.sources)
    )
    words = counted_words(needed, least, most, rule.word("distinct_by"), counted)
    return Ruling(
        finding=finding_of(rule, at_least(needed, least, most), words, evidence),
        needed=needed,
        least=least,
        most=most,
        counted=counted,
        judgements=_with_repeats(keyed, by_class),
    )


def excluding_diagnoses(history: History, rule: Rule) -> Ruling:
    """Looks for diagnoses under which the set does not apply: confirmed ones exclude, suspected ones leave it open (R19)."""
    categories = rule.words("categories")
    found = [diagnosis for diagnosis in history.diagnoses if diagnosis.category in categories]
    confirmed = [diagnosis for diagnosis in found if diagnosis.certainty is Certainty.CONFIRMED]
    excludes = truth_of(surely=bool(confirmed), possibly=bool(found))
    passed = {Truth.YES: Truth.NO, Truth.MAYBE: Truth.MAYBE, Truth.NO: Truth.YES}[excludes]
    words = exclusion_words(categories, excludes, sorted({diagnosis.category for diagnosis in confirmed or found}))
    origins = tuple(diagnosis.origin for diagnosis in confirmed or found)
    return Ruling(finding=finding_of(rule, passed, words, origins), excludes=excludes)


def severity_documented(history: History, rule: Rule) -> Ruling:
    """Asks whether the severity that a payer wants is on record: coded, or as a score."""
    coded = [one for one in history.diagnoses if one.severity in rule.words("coded") and one.is_present_depression]
    scores = [score for score in history.scores if score.scale == rule.word("scale") and _is_recent(score, history, rule)]
    latest = max(scores, key=lambda score: (score.when.latest, score.origin.resource), default=None)
    reached = latest is not None and latest.value >= rule.number("at_least")
    words, origins = _severity_evidence(coded, latest, reached)
    # A depression that is only suspected documents no severity, and leaves open whether there is one.
    established = any(one.certainty is Certainty.CONFIRMED for one in coded)
    documented = truth_of(surely=established or reached, possibly=latest is None or bool(coded))
    return Ruling(
        finding=finding_of(rule, documented, words, origins), question=f"the severity, as a total of {rule.word('scale')}"
    )


def _is_recent(score: Score, history: History, rule: Rule) -> bool:
    """Whether a score surely lies in the days that the source looks back, if it names any."""
    if "within" not in rule.parameters:
        return True
    return score.when.earliest >= shifted(history.as_of, -rule.whole("within"))


def _key(trial: Trial, by_class: bool) -> str:
    if by_class:
        return trial.drug.distinct_class
    return trial.drug.distinct_name


def _with_repeats(keyed: Sequence[tuple[str, Trial, Judgement]], by_class: bool) -> tuple[Judgement, ...]:
    """The judgements, with a word beside those that repeat a class or an ingredient that already counts."""
    counted: dict[str, Trial] = {}
    result = []
    for key, trial, judgement in keyed:
        if judgement.answer is Truth.YES and key in counted:
            is_same_drug = counted[key].drug.ingredient == trial.drug.ingredient
            code = "same_class_as" if by_class and not is_same_drug else "same_ingredient_as"
            judgement = Judgement(judgement.trial, judgement.answer, (*judgement.reasons, code))
        elif judgement.answer is Truth.YES:
            counted[key] = trial
        result.append(judgement)
    return tuple(result)


def _severity_evidence(coded: Sequence[Diagnosis], latest: Score | None, reached: bool) -> tuple[str, tuple[Origin, ...]]:
    if coded:
        return f"severity coded as {coded[-1].severity}", tuple(diagnosis.origin for diagnosis in coded)
    if latest is None:
        return "no severity recorded", ()
    words = "reaches" if reached else "does not reach"
    return f"the latest {latest.scale} total {words} the severity asked for", (latest.origin,)
