"""One line of plain words for each thing that is written: a trial, a verdict, a finding, a flag, a step."""

from datetime import date, timedelta
from functools import lru_cache

from fhir_trd.fhir.write.vocabulary import COUNTS
from fhir_trd.model.dates import LONG_AGO, Days, When
from fhir_trd.model.plans import Option, Step
from fhir_trd.model.staging import Staging
from fhir_trd.model.trials import Trial
from fhir_trd.model.verdicts import Finding, Flag, Judgement, OpenQuestion, Verdict

VA22, CAN23 = "VA/DoD 2022", "CANMAT 2023"


def when_words(when: When) -> str:
    """A day as it is known: the day, the month, the year, or the range."""
    if when.is_exact:
        return when.earliest.isoformat()
    if when.earliest == LONG_AGO:
        return "on an unknown day" if when.latest == date.max else f"by {when.latest}"
    if when.latest == date.max:
        return f"on or after {when.earliest}"
    return _calendar_name(when) or f"between {when.earliest} and {when.latest}"


def days_words(days: Days) -> str:
    """A number of days as it is known."""
    return f"{days.least} days" if days.least == days.most else f"{days.least} to {days.most} days"


def trial_line(trial: Trial, judgement: Judgement | None) -> str:
    """A trial with its dates, dose, days and outcome, and whether it counts."""
    dose = "dose not known" if trial.max_dose is None else f"up to {trial.max_dose:g} mg a day"
    days = f"{days_words(trial.adequate)} at the minimum dose"
    outcome = f"outcome {trial.outcomes[-1].response}"
    return f"{trial.drug.name}, {_time_words(trial)}, {dose}, {days}, {outcome}{_judgement_words(judgement)}"


def verdict_line(verdict: Verdict) -> str:
    """A verdict with its bounds and its version."""
    least, most = verdict.least, verdict.most
    count = str(least) if least == most else f"{least} to {most}"
    title = f"{verdict.title} ({verdict.criteria}, version {verdict.version})"
    caution = "; the reading of this definition itself still needs clinical review" if verdict.needs_review else ""
    return f"{title}: {verdict.result}, {count} of {verdict.needed} distinct failed adequate trials{caution}"


def finding_line(finding: Finding) -> str:
    """What one rule found."""
    return f"{finding.rule}: {finding.truth} ({finding.because})"


def flag_line(flag: Flag) -> str:
    """A flag with what it is about."""
    return f"{flag.severity} {flag.about}: {flag.because}"


def question_line(question: OpenQuestion) -> str:
    """A fact that would settle the verdict."""
    return f"Would settle the verdict: {question.ask}"


def step_line(step: Step) -> str:
    """A step of the plan with its reason, the evidence and what to watch."""
    words = _step_words(step.option, step.because)
    known = ", ".join(dict.fromkeys([origin.resource for origin in step.evidence]))
    return f"{words} Evidence: {known}." if known else words


@lru_cache(maxsize=4096)
def _step_words(option: Option, because: str) -> str:
    """What is the same in the plans of many people: an option and the reason for it."""
    opening, further = _option_words(option)
    return " ".join([opening, f"Why: {_closed(because)}", *further])


@lru_cache(maxsize=256)
def _option_words(option: Option) -> tuple[str, tuple[str, ...]]:
    """What is the same in every plan: what an option is; its course, what to watch, and how strong the guidelines are."""
    strengths = "; ".join(f"{name}: {words}" for name, words in ((VA22, option.va22), (CAN23, option.can23)) if words)
    further = (("Course", "; ".join(option.course)), ("Watch", "; ".join(option.monitoring)), ("Guidelines", strengths))
    return f"{option.title}: {_closed(option.about)}", tuple(f"{name}: {_closed(words)}" for name, words in further if words)


def staging_line(staging: Staging) -> str:
    """A staging, its bounds and what it is made up of."""
    made_of = "; ".join(f"{part.name}: {part.because}" for part in staging.parts)
    return _closed(f"{staging.name}: {staging.answer} ({made_of})")


def _closed(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _time_words(trial: Trial) -> str:
    start, end = when_words(trial.start), when_words(trial.end)
    if trial.ongoing:
        return f"started {start}, ongoing"
    exact = trial.start.is_exact and trial.end.is_exact
    return f"{start} to {end}" if exact else f"started {start}, ended {end}"


def _judgement_words(judgement: Judgement | None) -> str:
    if judgement is None:
        return ""
    reasons = f" ({', '.join(judgement.reasons)})" if judgement.reasons else ""
    return f": {COUNTS[judgement.answer]}{reasons}"


def _calendar_name(when: When) -> str:
    """The year or the month, where the range is exactly that."""
    first, last = when.earliest, when.latest
    whole_months = first.day == 1 and (last + timedelta(days=1)).day == 1
    if not whole_months or first.year != last.year:
        return ""
    if (first.month, last.month) == (1, 12):
        return f"{first.year}"
    return f"{first.year}-{first.month:02}" if first.month == last.month else ""
