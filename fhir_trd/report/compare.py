"""One patient under many criteria sets, side by side, with the rule that makes each difference."""

from collections.abc import Iterator

from fhir_trd.model.comparing import Change, Comparison, Difference, Turn, Way
from fhir_trd.model.criteria import Value
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Finding, Result, Verdict
from fhir_trd.report.figures import between, number
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone
from fhir_trd.report.sheets import REMINDER, flag_lines, trial_grid
from fhir_trd.report.words import ANSWERS, HOLDS, RESULTS

HEADS = ("Criteria", "Answer", "Failed", "Why not the same")
WAYS_SHOWN = 2
"""How many ways of turning an answer stand on the page; JSON holds all."""

UNITS = {"percent": "%"}


def comparison_page(comparison: Comparison) -> Iterator[Block]:
    """The page of one patient: flags and trials, then one row for every set, then the sets that cannot be asked."""
    assessment = comparison.assessment
    yield Line(f"{assessment.patient} as of {assessment.as_of.isoformat()}", Tone.STRONG)
    yield from flag_lines(assessment.flags)
    yield trial_grid(assessment.history, assessment.verdicts)
    rows = tuple(_row(verdict, comparison) for verdict in assessment.verdicts)
    first = assessment.verdicts[0].criteria
    yield Grid(f"Under every criteria set (compared with {first})", HEADS, rows, frozenset({"Criteria", "Answer", "Failed"}))
    for one in comparison.refused:
        yield Line(f"not evaluated: {one.criteria}: {one.reason}", Tone.WATCH)
    if any(verdict.needs_review for verdict in assessment.verdicts):
        yield Line("* needs-review: criteria not yet reviewed by a clinician", Tone.WATCH)
    yield SPACE
    yield Line(REMINDER, Tone.STRONG)
    yield SPACE


def _row(verdict: Verdict, comparison: Comparison) -> tuple[str, ...]:
    found = comparison.difference_for(verdict.criteria)
    return (
        f"{verdict.criteria}{'*' if verdict.needs_review else ''}",
        RESULTS[verdict.result],
        f"{between(verdict.least, verdict.most)} of {verdict.needed}",
        _why(verdict, found),
    )


def _why(verdict: Verdict, found: Difference | None) -> str:
    ignored = f"ignores {', '.join(verdict.ignores)}" if verdict.ignores else ""
    return "; ".join(part for part in (_because(verdict, found), ignored) if part)


def _because(verdict: Verdict, found: Difference | None) -> str:
    """Why a set answers otherwise; and where it answers alike although it counts enough, what else keeps it from being met."""
    if found is not None:
        return " | or: ".join(way_told(way) for way in found.ways[:WAYS_SHOWN])
    if verdict.least < verdict.needed or verdict.result in (Result.MET, Result.EXCLUDED):
        return ""
    return ", and ".join(_found(finding) for finding in verdict.findings if _decides_against(finding))


def _decides_against(finding: Finding) -> bool:
    return finding.truth is not Truth.YES and not finding.informs_only


def way_told(way: Way) -> str:
    """The changes of a way in words, and the trials that then count otherwise."""
    changes = ", and ".join(_change(change) for change in way.changes)
    turns = ", ".join(_turn(turn) for turn in way.turns)
    return f"{changes}{f' ({turns})' if turns else ''}"


def _change(change: Change) -> str:
    if not change.parameter:
        return _found(change.found) if change.found else f"{change.rule.replace('-', ' ')}: not asked"
    name = change.parameter.replace("_", " ")
    unit = "" if change.unit == name else UNITS.get(change.unit, change.unit)
    return f"{name} {_value(change.theirs, unit)} instead of {_value(change.ours, unit)}"


def _found(finding: Finding) -> str:
    return f"{finding.rule.replace('-', ' ')}: {HOLDS[finding.truth]}, {finding.because}"


def _value(value: Value | None, unit: str) -> str:
    if value is None:
        return "no limit"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return value if isinstance(value, str) else f"{number(value)} {unit}".rstrip()


def _turn(turn: Turn) -> str:
    return f"{turn.trial}: {ANSWERS[turn.ours]} to {ANSWERS[turn.theirs]}"
