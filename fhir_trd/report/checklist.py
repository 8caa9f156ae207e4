"""The lines of a payer's checklist on the page: what is documented, missing or contradicted, and by which record."""

from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Finding, Verdict
from fhir_trd.report.page import Block, Line, Tone
from fhir_trd.report.words import DOCUMENTED

EVIDENCE_SHOWN = 4
"""How many records stand behind a line on the page; JSON and --explain name all."""

TONES = {Truth.YES: Tone.PLAIN, Truth.MAYBE: Tone.WATCH, Truth.NO: Tone.WATCH}


def is_checklist(verdict: Verdict) -> bool:
    """Whether a set lists what must be documented: some of its lines inform, and decide nothing."""
    return any(finding.informs_only for finding in verdict.findings)


def checklist_line(finding: Finding) -> Block:
    """One line: how it stands, what it is about, and the records behind it."""
    item = finding.rule.replace("-", " ")
    told = f"{DOCUMENTED[finding.truth]}: {item}: {finding.because}{_evidence(finding)}"
    return Line(told, TONES[finding.truth], indent=1)


def _evidence(finding: Finding) -> str:
    names = list(dict.fromkeys(origin.resource for origin in finding.evidence))
    more = f" and {len(names) - EVIDENCE_SHOWN} more" if len(names) > EVIDENCE_SHOWN else ""
    return f" [{', '.join(names[:EVIDENCE_SHOWN])}{more}]" if names else ""
