"""Lines of a payer's checklist: what is documented, what the record leaves open, and what only a person can answer."""

from collections.abc import Iterable

from fhir_trd.criteria.added import failed_agents
from fhir_trd.criteria.ruling import Ruling, finding_of
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import When, years_at
from fhir_trd.model.records import Certainty, Diagnosis, Treatment
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, any_of, at_least, truth_of

PSYCHOTHERAPY = "psychotherapy"


def failed_augmentations(history: History, rule: Rule) -> Ruling:
    """Counts the different agents that were added for long enough and did not help."""
    agents, needed = failed_agents(history, rule), rule.whole("augmentations")
    sure = [key for key, (answer, _) in agents.items() if answer is Truth.YES]
    truth = at_least(needed, len(sure), len(agents))
    words = f"{len(sure)} to {len(agents)} of {needed} failed augmentations"
    added = [one for trial in history.trials for one in trial.augmentations if one.drug.ingredient in agents]
    evidence = dict.fromkeys(origin for one in added for origin in one.evidence)
    question = "how long each agent was added, at which dose, and how well it worked"
    return Ruling(finding=finding_of(rule, truth, words, tuple(evidence)), question=question)


def psychotherapy_documented(history: History, rule: Rule) -> Ruling:
    """Asks for psychotherapy on record in the current episode; what nobody recorded may still have been done."""
    held = [one for one in history.treatments if one.kind == PSYCHOTHERAPY]
    within = [one for one in held if _surely_in_episode(one, history.episode.start)]
    words = f"{len(within)} records of psychotherapy that surely lie in the current episode"
    # How psychotherapy went is not read: where it must have failed, its mere presence settles nothing.
    settles = bool(within) and not ("must_have_failed" in rule.parameters and rule.flag("must_have_failed"))
    found = finding_of(rule, truth_of(settles, True), words, tuple(one.origin for one in within or held))
    return Ruling(finding=found, question="whether psychotherapy was tried in the current episode, and how it went")


def augmentation_or_psychotherapy(history: History, rule: Rule) -> Ruling:
    """Asks for one of the two: failed augmentations, or psychotherapy in the current episode."""
    both = (failed_augmentations(history, rule), psychotherapy_documented(history, rule))
    truth = any_of(one.finding.truth for one in both)
    words = "; or ".join(one.finding.because for one in both)
    evidence = tuple(dict.fromkeys(origin for one in both for origin in one.finding.evidence))
    return Ruling(finding=finding_of(rule, truth, words, evidence), question="; or ".join(one.question for one in both))


def age_between(history: History, rule: Rule) -> Ruling:
    """Asks for an age on the day of assessment; a birth date known to the year may leave it open."""
    least = rule.whole("from_years")
    most = rule.whole("to_years") if "to_years" in rule.parameters else None
    truth = _age_truth(history, least, most)
    words = f"asked: {least} years or more" if most is None else f"asked: {least} to {most} years"
    return Ruling(finding=finding_of(rule, truth, words, ()), question="the date of birth")


def concurrent_antidepressant(history: History, rule: Rule) -> Ruling:
    """Asks whether an oral antidepressant is being taken on the day of assessment."""
    oral = [trial for trial in history.trials if trial.oral and trial.drug.can_count]
    going = [trial for trial in oral if trial.end.latest >= history.as_of]
    surely = any(trial.end.earliest >= history.as_of for trial in going)
    # Without any antidepressant on record nothing is contradicted: the list of drugs may be elsewhere.
    truth = truth_of(surely, bool(going) or not oral)
    words = ", ".join(sorted({trial.drug.name for trial in going})) or "no oral antidepressant on record for this day"
    evidence = tuple(dict.fromkeys(origin for trial in going for origin in trial.sources))
    return Ruling(finding=finding_of(rule, truth, words, evidence), question="which oral antidepressant is taken now")


def diagnoses_absent(history: History, rule: Rule) -> Ruling:
    """Looks for diagnoses that should not stand: a confirmed one that is not over contradicts, a suspected one leaves it open."""
    found = [diagnosis for diagnosis in history.diagnoses if _speaks_against(diagnosis, rule)]
    confirmed = [diagnosis for diagnosis in found if diagnosis.certainty is Certainty.CONFIRMED]
    truth = Truth.NO if confirmed else truth_of(not found, True)
    named = sorted({diagnosis.category for diagnosis in confirmed or found})
    words = f"on record: {', '.join(named)}" if named else f"none recorded: {', '.join(rule.words('categories'))}"
    origins = tuple(diagnosis.origin for diagnosis in confirmed or found)
    return Ruling(finding=finding_of(rule, truth, words, origins), question=f"whether this is confirmed ({words})")


def asked_of_a_person(history: History, rule: Rule) -> Ruling:
    """A line that no record answers: it stays open, with the question to ask."""
    ask = rule.word("ask")
    return Ruling(finding=finding_of(rule, Truth.MAYBE, f"not in the record; ask: {ask}", ()), question=ask)


def _surely_in_episode(one: Treatment, onset: When | None) -> bool:
    return onset is not None and one.end.earliest >= onset.latest


def _speaks_against(diagnosis: Diagnosis, rule: Rule) -> bool:
    psychotic = rule.flag("psychotic_depression") and diagnosis.psychotic
    return not diagnosis.course.is_past and (psychotic or diagnosis.category in rule.words("categories"))


def _age_truth(history: History, least: int, most: int | None) -> Truth:
    if history.born is None:
        return Truth.MAYBE
    ages = [years_at(day, history.as_of) for day in (history.born.earliest, history.born.latest)]
    return _all_or_some(age >= least and (most is None or age <= most) for age in ages)


def _all_or_some(answers: Iterable[bool]) -> Truth:
    held = list(answers)
    return truth_of(all(held), any(held))
