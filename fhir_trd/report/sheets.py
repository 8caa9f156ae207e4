"""What stands on the page of one patient: flags first, then the trials, the verdicts and what would settle them."""

from collections.abc import Iterator

from fhir_trd.model.plans import Standing, Step
from fhir_trd.model.trials import Augmentation, History, Trial
from fhir_trd.model.verdicts import Assessment, Flag, Result, Severity, Verdict
from fhir_trd.report.checklist import checklist_line, is_checklist
from fhir_trd.report.explain import clause_lines, grounds, settling_lines
from fhir_trd.report.figures import between, day, days, dose, outcome, taken
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone
from fhir_trd.report.staging import staging_grid
from fhir_trd.report.words import ANSWERS, AUGMENTATIONS, HOLDS, LINKS, PLACES, PURPOSES, RESULTS, STOPS, reasons

REMINDER = "A flag for clinician review, not a diagnosis."
"""What every page ends with."""

TRIAL_HEADS = ("Drug", "Class", "Taken", "Dose", "Days", "Outcome")
"""The columns of the trials; Dose is the highest daily dose, Days those at the minimum dose or above, without a long break."""

TONES = {
    Result.MET: Tone.ALERT,
    Result.NOT_MET: Tone.GOOD,
    Result.INDETERMINATE: Tone.WATCH,
    Result.EXCLUDED: Tone.WATCH,
}


def assessment_page(assessment: Assessment, *, explain: bool = False) -> Iterator[Block]:
    """One patient's page: flags, trials, verdicts; with ``explain`` also every finding with its evidence and source."""
    history = assessment.history
    yield Line(f"{assessment.patient} as of {assessment.as_of.isoformat()}", Tone.STRONG)
    yield from flag_lines(assessment.flags)
    yield trial_grid(history, assessment.verdicts)
    yield from _augmentation_grid(history)
    for verdict in assessment.verdicts:
        yield from _verdict(verdict, explain=explain)
    yield from _sensitivity(assessment)
    yield from staging_grid(assessment.staging)
    if explain:
        yield from _explained(assessment)
    elif assessment.issues:
        yield Line(f"Not taken as it stands in the record (--explain says what): {len(assessment.issues)}")
    yield SPACE
    yield Line(REMINDER, Tone.STRONG)
    yield SPACE


def history_page(history: History) -> Iterator[Block]:
    """One patient's trials without any verdict, with the current episode and how each trial stands to the one before."""
    yield Line(f"{history.patient} as of {history.as_of.isoformat()}", Tone.STRONG)
    yield trial_grid(history, ())
    yield from _augmentation_grid(history)
    if history.trials:
        yield _relation_grid(history)
    yield Line(_episode(history))
    yield SPACE


def flag_lines(flags: tuple[Flag, ...]) -> Iterator[Block]:
    """One line a flag, most urgent first, with the records behind it."""
    for flag in flags:
        tone = Tone.ALERT if flag.severity in (Severity.STOP, Severity.EXCLUDE, Severity.BLOCK) else Tone.WATCH
        evidence = f" [{', '.join(origin.resource for origin in flag.evidence)}]" if flag.evidence else ""
        yield Line(f"{flag.severity}: {flag.about}: {flag.because}{evidence}", tone)


def trial_grid(history: History, verdicts: tuple[Verdict, ...]) -> Block:
    """The trials, one a row; with the judgement of the first verdict if there is one."""
    if not history.trials:
        return Line("No antidepressant trial in this record.")
    heads = (*TRIAL_HEADS, *("Counts" for _ in verdicts[:1]))
    rows = tuple((*_trial_row(trial), *(_judged(verdict, trial) for verdict in verdicts[:1])) for trial in history.trials)
    return Grid("Antidepressant trials (days: at the minimum dose or above)", heads, rows, frozenset(heads) - {"Outcome"})


def _trial_row(trial: Trial) -> tuple[str, ...]:
    stopped = f"; stopped: {STOPS[trial.stop_reason]}" if trial.stop_reason else ""
    return (
        trial.drug.name,
        trial.drug.drug_class,
        taken(trial),
        dose(trial.max_dose),
        days(trial.adequate),
        f"{outcome(trial.outcomes[-1])}{stopped}",
    )


def _judged(verdict: Verdict, trial: Trial) -> str:
    judged = next((judgement for judgement in verdict.judgements if judgement.trial == trial.id), None)
    return ANSWERS[judged.answer] if judged else ""


def _augmentation_grid(history: History) -> Iterator[Block]:
    rows = tuple(_augmentation_row(trial, added) for trial in history.trials for added in trial.augmentations)
    if rows:
        yield Grid("Augmentations", ("Added", "To", "From", "Until", "Highest dose", "Days together", "Answer"), rows)


def _augmentation_row(trial: Trial, added: Augmentation) -> tuple[str, ...]:
    return (
        added.drug.name,
        trial.drug.name,
        day(added.start),
        day(added.end),
        dose(added.max_dose),
        days(added.overlap),
        AUGMENTATIONS[added.answer],
    )


def _verdict(verdict: Verdict, *, explain: bool) -> Iterator[Block]:
    review = " (needs-review: criteria not yet reviewed by a clinician)" if verdict.needs_review else ""
    yield SPACE
    yield Line(f"{RESULTS[verdict.result]} under {verdict.criteria}: {verdict.title}{review}", TONES[verdict.result])
    if verdict.ignores:
        yield Line(f"this definition ignores: {', '.join(verdict.ignores)}", Tone.WATCH, indent=1)
    listed = is_checklist(verdict)
    for finding in verdict.findings:
        yield checklist_line(finding) if listed else Line(f"{HOLDS[finding.truth]}: {finding.because}", indent=1)
        if explain:
            yield from grounds(finding)
    for judged in verdict.judgements:
        if judged.reasons:
            yield Line(f"{judged.trial} counts: {ANSWERS[judged.answer]} ({reasons(judged.reasons)})", indent=1)
    yield from settling_lines(verdict)
    yield from clause_lines(verdict)


def _sensitivity(assessment: Assessment) -> Iterator[Block]:
    for other in assessment.sensitivity:
        bounds = between(other.least, other.most)
        yield Line(f"with the dose table {other.dose_table}, {other.criteria}: {RESULTS[other.result]} ({bounds})", Tone.WATCH)


def _relation_grid(history: History) -> Block:
    heads = ("Trial", "Stands as", "Overlap days", "Episode", "Taken for", "Not certain because")
    return Grid("How the trials stand to one another", heads, tuple(_relation_row(trial) for trial in history.trials))


def _relation_row(trial: Trial) -> tuple[str, ...]:
    relation = trial.relation
    stands = " ".join(part for part in (LINKS[relation.kind], relation.to) if part)
    overlap = days(relation.overlap_days)
    return trial.id, stands, overlap, PLACES[trial.place], PURPOSES[trial.intent.purpose], reasons(trial.doubts)


def _episode(history: History) -> str:
    episode = history.episode
    began = day(episode.start) if episode.start else "not known"
    return f"Current episode since {began} ({episode.evidence}: {episode.because})"


def _explained(assessment: Assessment) -> Iterator[Block]:
    yield from _plan_grid(assessment.plan.steps)
    yield from _stages(assessment.history)
    yield from _issues(assessment)
    by = f"knowledge {assessment.knowledge}, version {assessment.version}, dose table {assessment.history.dose_table}"
    yield Line(by, Tone.QUIET)


def _plan_grid(steps: tuple[Step, ...]) -> Iterator[Block]:
    order = list(Standing)
    ranked = sorted(steps, key=lambda step: order.index(step.standing))
    rows = tuple((step.option.title, step.standing.value, step.because, step.option.source) for step in ranked)
    if rows:
        yield Grid("What could be looked at next", ("Option", "Standing", "Because", "Source"), rows, frozenset({"Standing"}))


def _stages(history: History) -> Iterator[Block]:
    for stage in history.stages:
        left = f"; left out: {', '.join(stage.left)}" if stage.left else ""
        yield Line(f"{stage.name}: {stage.into} in, {stage.out} out{left}", Tone.QUIET)


def _issues(assessment: Assessment) -> Iterator[Block]:
    for issue in assessment.issues:
        place = f"{issue.origin.resource} {issue.origin.path}".rstrip()
        yield Line(f"{place}: {issue.kind}: found {issue.found}; {issue.effect}", Tone.QUIET)
