"""What one rule says about a history: the common answer of every kind of rule."""

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import When
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Finding, Judgement


class Ruling(Struct, frozen=True, kw_only=True):
    """What one rule says about a history: a finding, what it counted or excluded, and what to ask if it stays open."""

    finding: Finding
    excludes: Truth = Truth.NO
    needed: int = 0
    least: int = 0
    most: int = 0
    counted: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    met_on: When | None = None
    question: str = ""


def finding_of(rule: Rule, truth: Truth, because: str, evidence: tuple[Origin, ...]) -> Finding:
    """The finding of a rule, with the source of the rule beside it."""
    return Finding(rule.name, truth, because, evidence, rule.source, rule.place, informs_only=not rule.decides)
