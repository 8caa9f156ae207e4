"""What a criteria set says about a history: the findings, the verdict, and what would settle it."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When
from fhir_trd.model.issues import Issue
from fhir_trd.model.plans import Plan
from fhir_trd.model.staging import Staging
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth


class Result(StrEnum):
    """The answer of a criteria set."""

    MET = "met"
    NOT_MET = "not-met"
    INDETERMINATE = "indeterminate"
    EXCLUDED = "excluded"


class Judgement(Struct, frozen=True):
    """Whether one trial counts as a failed adequate trial under one criteria set, and the reason codes."""

    trial: str
    answer: Truth
    reasons: tuple[str, ...] = ()


class Finding(Struct, frozen=True):
    """What one rule found. ``informs_only`` marks a line of a checklist that does not decide the result."""

    rule: str
    truth: Truth
    because: str
    evidence: tuple[Origin, ...] = ()
    source: str = ""
    place: str = ""
    informs_only: bool = False


class Clause(Struct, frozen=True, kw_only=True):
    """One thing that was asked: a rule, or one condition of one trial under it; what was wanted and what was found.

    ``relevant`` is False where the answer was settled before it was asked.
    """

    rule: str
    trial: str = ""
    condition: str = ""
    relevant: bool
    truth: Truth
    wanted: str
    found: str
    reasons: tuple[str, ...] = ()
    evidence: tuple[Origin, ...] = ()
    source: str = ""
    place: str = ""


class OpenQuestion(Struct, frozen=True):
    """A fact that is missing and could change the verdict: which fact, about which trial (or none), in words."""

    fact: str
    trial: str
    ask: str
    evidence: tuple[Origin, ...] = ()


FACTS_AT_ONCE = 6
"""How many facts are tried together: each one more doubles the ways in which they can be answered."""


class Branch(Struct, frozen=True):
    """One way of answering a group of facts, and the result that would follow."""

    answers: tuple[str, ...]
    result: Result


class Settling(Struct, frozen=True):
    """A group of facts that together settle or change a verdict, and what each way of answering them would give."""

    questions: tuple[OpenQuestion, ...]
    branches: tuple[Branch, ...]


class Verdict(Struct, frozen=True, kw_only=True):
    """What one criteria set says. ``least`` and ``most`` bound the count of distinct failed trials; ``needed`` is the bar.

    ``settled_by`` holds the smallest groups of missing facts that settle an open verdict, ``would_settle`` their questions;
    ``changed_by`` the recorded facts that would change a verdict that is not met, ``clauses`` every step: both only on demand.
    ``met_on`` is the day on which a set that counts treatments in time was met.
    """

    criteria: str
    version: str
    title: str
    result: Result
    needed: int
    least: int
    most: int
    counted: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
    would_settle: tuple[OpenQuestion, ...] = ()
    settled_by: tuple[Settling, ...] = ()
    changed_by: tuple[Settling, ...] = ()
    needs_review: bool = False
    ignores: tuple[str, ...] = ()
    met_on: When | None = None
    clauses: tuple[Clause, ...] = ()


class Severity(StrEnum):
    """How much a flag matters, most urgent first."""

    STOP = "STOP"
    EXCLUDE = "EXCLUDE"
    BLOCK = "BLOCK"
    CAUTION = "CAUTION"
    REVIEW = "REVIEW"


class Flag(Struct, frozen=True):
    """Something a clinician must see: how urgent, about what, why, and the evidence."""

    severity: Severity
    about: str
    because: str
    evidence: tuple[Origin, ...] = ()


class Sensitivity(Struct, frozen=True):
    """What the same criteria set says under another dose table."""

    criteria: str
    dose_table: str
    result: Result
    least: int
    most: int


class Assessment(Struct, frozen=True, kw_only=True):
    """Everything there is to say about one patient: the one output of the core, of which all others are paintings."""

    patient: str
    as_of: date
    history: History
    verdicts: tuple[Verdict, ...]
    sensitivity: tuple[Sensitivity, ...]
    staging: tuple[Staging, ...] = ()
    flags: tuple[Flag, ...]
    plan: Plan
    issues: tuple[Issue, ...]
    sources: tuple[str, ...]
    knowledge: str
    version: str
