"""One patient under many criteria sets, side by side, with the rule that makes each difference."""

from collections.abc import Iterator

from fhir_trd.model.comparing import Change, Comparison, Difference, Turn, Way
from fhir_trd.model.criteria import Value
from fhir_trd.model.verdicts import Result, Verdict
from fhir_trd.report.figures import between, number
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone
from fhir_trd.report.sheets import REMINDER, flag_lines, trial_grid
from fhir_trd.report.words import ANSWERS, HOLDS, RESULTS

HEADS = ("Criteria", "Answer", "Failed", "Answers otherwise because")
WAYS_SHOWN = 2
"""How many ways of turning an answer stand on the page; JSON holds all."""


def comparison_page(comparison: Comparison) -> Iterator[Block]:
    """The page of one patient: flags and trials, then one row for every set, then the sets that cannot be asked."""
    assessment = comparison.assessment
    yield Line(f"{assessment.patient} as of {assessment.as_of.isoformat()}", Tone.STRONG)
    yield from flag_lines(assessment.flags)
    yield trial_grid(assessment.history, assessment.verdicts)
    rows = tuple(_row(verdict, comparison) for verdict in assessment.verdicts)
    first = assessment.verdicts[0].criteria
    yield Grid(f"Under every criteria set (compared with {first})", HEADS, rows, frozenset({"Criteria", "Answer", "Failed"}))
    for verdict in assessment.verdicts:
        if verdict.ignores:
            yield Line(f"{verdict.criteria} ignores: {', '.join(verdict.ignores)}", Tone.QUIET)
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
    if verdict.result is Result.EXCLUDED:
        return ""
    return "" if found is None else " | or: ".join(way_told(way) for way in found.ways[:WAYS_SHOWN])


def way_told(way: Way) -> str:
    """The changes of a way in words, and the trials that then count otherwise."""
    changes = ", and ".join(_change(change) for change in way.changes)
    turns = ", ".join(_turn(turn) for turn in way.turns)
    return f"{changes}{f' ({turns})' if turns else ''}"


def _change(change: Change) -> str:
    if not change.parameter:
        return f"{change.rule}: {f'{HOLDS[change.found.truth]}, {change.found.because}' if change.found else 'not asked'}"
    name = change.parameter.replace("_", " ")
    unit = "" if change.unit == name else change.unit
    return f"{name} {_value(change.theirs, unit)} instead of {_value(change.ours, unit)}"


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
