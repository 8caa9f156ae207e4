"""Why a verdict is as it is, step by step; what would settle it, and what would have changed it."""

from collections.abc import Iterator

from fhir_trd.model.verdicts import Clause, Finding, Settling, Verdict
from fhir_trd.report.page import Block, Line, Tone
from fhir_trd.report.words import HOLDS, RESULTS, reasons


def grounds(finding: Finding) -> Iterator[Block]:
    """The rule behind a finding, the records and the source."""
    evidence = ", ".join(origin.resource for origin in finding.evidence) or "nothing recorded"
    decides = " (informs, does not decide)" if finding.informs_only else ""
    yield Line(f"rule: {finding.rule}{decides}", Tone.QUIET, indent=2)
    yield Line(f"evidence: {evidence}", Tone.QUIET, indent=2)
    yield Line(f"source: {', '.join(part for part in (finding.source, finding.place) if part)}", Tone.QUIET, indent=2)


def clause_lines(verdict: Verdict) -> Iterator[Block]:
    """Every condition of every trial under a verdict; those that were settled before they were asked stand in brackets."""
    for trial in dict.fromkeys(clause.trial for clause in verdict.clauses if clause.trial):
        yield Line(f"{trial} under {verdict.criteria}, condition by condition (in brackets: no longer asked)", indent=1)
        for clause in verdict.clauses:
            if clause.trial == trial:
                yield from _told_clause(clause)


def _told_clause(clause: Clause) -> Iterator[Block]:
    answer = HOLDS[clause.truth] if clause.relevant else f"({HOLDS[clause.truth]})"
    why = f" ({reasons(clause.reasons)})" if clause.reasons else ""
    evidence = ", ".join(dict.fromkeys(origin.resource for origin in clause.evidence)) or "nothing recorded"
    yield Line(f"{clause.condition}: {answer}; wanted: {clause.wanted}; found: {clause.found}{why}", indent=2)
    yield Line(f"evidence: {evidence}; source: {clause.source}, {clause.place}", Tone.QUIET, indent=3)


def settling_lines(verdict: Verdict) -> Iterator[Block]:
    """What would settle an open verdict, or change one that is not met, with the result that each answer would give."""
    for settling in verdict.settled_by:
        yield Line(f"would settle it: {_told(settling)}", Tone.WATCH, indent=1)
    for asked in _unsettled(verdict):
        yield Line(f"would help to settle it: {asked}", Tone.WATCH, indent=1)
    for settling in verdict.changed_by:
        yield Line(f"would change it: {_told(settling)}", Tone.WATCH, indent=1)


def _unsettled(verdict: Verdict) -> Iterator[str]:
    """The questions of a verdict that no group of facts is known to settle, one a trial."""
    if verdict.settled_by:
        return
    for trial in dict.fromkeys(question.trial for question in verdict.would_settle):
        yield "; ".join(question.ask for question in verdict.would_settle if question.trial == trial)


def _told(settling: Settling) -> str:
    asked = ", and ".join(question.ask for question in settling.questions)
    return f"{asked} ({'; '.join(_branches(settling))})"


def _branches(settling: Settling) -> Iterator[str]:
    """What each answer would give; what most combinations of several answers would give is said once."""
    results = [branch.result for branch in settling.branches]
    usual = max(dict.fromkeys(results), key=results.count) if settling.questions[1:] and results[1:] else None
    yield from (f"{', '.join(one.answers)}: {RESULTS[one.result]}" for one in settling.branches if one.result is not usual)
    if usual is not None:
        yield f"otherwise: {RESULTS[usual]}"
