"""What a clinician must see before anything else: urgent answers, and criteria that do not apply."""

from collections.abc import Mapping, Sequence
from datetime import date

from fhir_trd.model.dates import When
from fhir_trd.model.flagging import FlagRule
from fhir_trd.model.records import DEPRESSION, Answer, Certainty, Diagnosis, Measurement, Presence, Reaction, Score, Supply
from fhir_trd.model.scales import Scale
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Flag, Result, Severity, Verdict
from fhir_trd.planning.conflicts import conflict_flags
from fhir_trd.planning.facts import evidence_of
from fhir_trd.planning.grounds import Proof, Seen, conditions_of, proof_of
from fhir_trd.planning.reach import within_reach

BIPOLAR = "bipolar"
SUICIDE_RISK = "suicide-risk"
URGENCY = {severity: rank for rank, severity in enumerate(Severity)}
"""The rank of each severity, the most urgent first."""


def flags_for(
    history: History,
    verdicts: tuple[Verdict, ...],
    *,
    scales: Mapping[str, Scale],
    fresh_days: int,
    answers: Sequence[Answer] = (),
    rules: Sequence[FlagRule] = (),
    presences: tuple[Presence, ...] = (),
    measurements: tuple[Measurement, ...] = (),
    reactions: tuple[Reaction, ...] = (),
    born: When | None = None,
    sex: str = "",
    supplies: tuple[Supply, ...] = (),
) -> tuple[Flag, ...]:
    """All flags of one patient, most urgent first.

    ``answers`` are those that no total holds. An alarming answer older than ``fresh_days`` is listed without urgency.
    ``rules`` are the rows of the table of flags, weighed by all that was read beside the history.
    """
    flags = list(alarms(history.scores, answers, scales, history.as_of, fresh_days))
    excluded = tuple(verdict for verdict in verdicts if verdict.result is Result.EXCLUDED)
    flags.extend(_exclusions(_shown_by(excluded, history, Certainty.CONFIRMED)))
    flags.extend(_suspicions(_shown_by(verdicts, history, Certainty.SUSPECTED)))
    flags.extend(raised_by(rules, Seen(history, conditions_of(history, presences), measurements, reactions, born, sex, supplies)))
    flags.extend(conflict_flags(history.conflicts))
    return tuple(sorted(flags, key=_urgency))


def alarms(
    scores: Sequence[Score], answers: Sequence[Answer], scales: Mapping[str, Scale], as_of: date, fresh_days: int
) -> tuple[Flag, ...]:
    """What the answers about suicidal thoughts call for, one flag for each scale that alarms."""
    told = [answer for answer in (*_answers_in(scores), *answers) if answer.when.earliest <= as_of]
    asked = [scale for scale in scales.values() if scale.alarm_item] if told else []
    found = (_alarm(_about_suicide(told, scale), scale, as_of, fresh_days) for scale in asked)
    return tuple(flag for flag in found if flag is not None)


def raised_by(rules: Sequence[FlagRule], seen: Seen) -> list[Flag]:
    """The flags of every row whose facts are recorded, one for each thing it is about."""
    proofs = [(rule, proof) for rule in within_reach(rules, seen) if (proof := proof_of(rule, seen)) is not None]
    return [_flag(rule, about, proof) for rule, proof in proofs for about in rule.about]


def _flag(rule: FlagRule, about: str, proof: Proof) -> Flag:
    """What is not established closes nothing: it asks for a closer look."""
    if proof.sure:
        return Flag(rule.severity, about, rule.because, proof.evidence)
    severity = Severity.CAUTION if rule.severity is Severity.BLOCK else rule.severity
    return Flag(severity, about, f"{rule.because} (suspected or not certain)", proof.evidence)


def _urgency(flag: Flag) -> tuple[int, str, str]:
    return URGENCY[flag.severity], flag.about, flag.because


def _answers_in(scores: Sequence[Score]) -> list[Answer]:
    return [
        Answer(origin=score.origin, scale=score.scale, item=item, value=value, when=score.when)
        for score in scores
        for item, value in score.items
    ]


def _about_suicide(answers: Sequence[Answer], scale: Scale) -> list[Answer]:
    asked = (scale.id, scale.alarm_item)
    return [answer for answer in answers if (answer.scale, answer.item) == asked]


def _alarm(answers: Sequence[Answer], scale: Scale, as_of: date, fresh_days: int) -> Flag | None:
    """A stop if the latest fresh answer alarms; where dates leave open which is the latest, the gravest of them counts."""
    latest = _possibly_latest(answers)
    fresh = [answer for answer in latest if _is_fresh(answer, as_of, fresh_days)]
    gravest = max(fresh or latest, key=lambda answer: (answer.value, answer.when.latest, answer.origin.resource), default=None)
    if gravest is None or gravest.value < scale.alarm_from:
        return None
    question = f"{scale.name} item {scale.alarm_item}, on suicidal thoughts"
    because = f"{question}, is answered {gravest.value} on {gravest.when.latest}"
    if not fresh:
        return Flag(Severity.REVIEW, SUICIDE_RISK, f"{because}, and has not been asked since", (gravest.origin,))
    return Flag(Severity.STOP, SUICIDE_RISK, f"{because}: {_pathway(gravest.value, scale)}", (gravest.origin,))


def _pathway(answer: int, scale: Scale) -> str:
    grave = scale.emergency_from is not None and answer >= scale.emergency_from
    return "emergency pathway" if grave else "review by a clinician on the same day"


def _possibly_latest(answers: Sequence[Answer]) -> list[Answer]:
    latest_start = max((answer.when.earliest for answer in answers), default=date.max)
    return [answer for answer in answers if answer.when.latest >= latest_start]


def _is_fresh(answer: Answer, as_of: date, fresh_days: int) -> bool:
    """Whether the answer may be recent: a doubt about its date must not hide it."""
    return (as_of - answer.when.latest).days <= fresh_days


def _shown_by(verdicts: Sequence[Verdict], history: History, certainty: Certainty) -> tuple[Diagnosis, ...]:
    """The diagnoses of that certainty on which a finding about exclusions rests."""
    shown = {origin for verdict in verdicts for finding in verdict.findings for origin in finding.evidence}
    return tuple(
        diagnosis
        for diagnosis in history.diagnoses
        if diagnosis.origin in shown and diagnosis.certainty is certainty and diagnosis.category != DEPRESSION
    )


def _suspicions(diagnoses: tuple[Diagnosis, ...]) -> list[Flag]:
    """One flag for each suspected exclusion: a person has to confirm or refute it before the verdict means anything."""
    words = "a {} diagnosis is suspected: confirm or refute it"
    return [Flag(Severity.REVIEW, "criteria", words.format(one.category), (one.origin,)) for one in diagnoses]


def _exclusions(diagnoses: tuple[Diagnosis, ...]) -> list[Flag]:
    """One flag for each category; with a bipolar disorder, also a caution about an antidepressant on its own."""
    flags = []
    for category in sorted({diagnosis.category for diagnosis in diagnoses}):
        evidence = evidence_of((diagnosis.origin,) for diagnosis in diagnoses if diagnosis.category == category)
        because = f"a {category} diagnosis is recorded"
        flags.append(Flag(Severity.EXCLUDE, "criteria", f"{because}: the criteria do not apply", evidence))
        if category == BIPOLAR:
            flags.append(Flag(Severity.CAUTION, "antidepressant-monotherapy", because, evidence))
    return flags
