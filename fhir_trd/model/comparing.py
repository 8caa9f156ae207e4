"""How one criteria set comes to another answer than another: the smallest changes of its rules that turn the answer."""

from msgspec import Struct

from fhir_trd.model.criteria import Value
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Assessment, Finding


class Change(Struct, frozen=True, kw_only=True):
    """One way in which the rules of one set (theirs) are not those of another (ours).

    With a ``parameter``: both have the rule, and another value in it (None: the rule sets no such limit). Without one: a whole
    rule that only they have, only we have, or that is of another kind; ``found`` is then what their rule says of the patient.
    """

    rule: str
    parameter: str = ""
    theirs: Value | None = None
    ours: Value | None = None
    unit: str = ""
    found: Finding | None = None


class Turn(Struct, frozen=True):
    """A trial that counts otherwise after a change: whether it counts under ours, and with the change."""

    trial: str
    ours: Truth
    theirs: Truth


class Way(Struct, frozen=True):
    """Changes that together turn the answer of one set into that of another, and the trials that then count otherwise."""

    changes: tuple[Change, ...]
    turns: tuple[Turn, ...] = ()


class Difference(Struct, frozen=True):
    """Why a set answers otherwise than the one it is compared with: the smallest ways to turn the answer, each enough alone."""

    criteria: str
    base: str
    ways: tuple[Way, ...]


class Refusal(Struct, frozen=True):
    """A criteria set that cannot be evaluated, and the reason."""

    criteria: str
    title: str
    reason: str


class Comparison(Struct, frozen=True, kw_only=True):
    """One patient under several criteria sets: why each answers otherwise than the first, and which sets cannot be asked."""

    assessment: Assessment
    differences: tuple[Difference, ...]
    refused: tuple[Refusal, ...] = ()

    def difference_for(self, criteria: str) -> Difference | None:
        """Why a set answers otherwise than the first; None where it does not."""
        return next((one for one in self.differences if one.criteria == criteria), None)
