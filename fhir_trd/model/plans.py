"""What could be done next: options with their eligibility, never an order."""

from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import Mark


class Option(Struct, frozen=True, kw_only=True):
    """A next step as the table of options describes it. ``order`` is its place in a plan (safety first).

    ``when`` names the eligibility test of planning/ that decides its status; ``snomed`` is a code where one fits.
    ``course`` describes how a treatment goes, never as an order. ``va22`` and ``can23`` are what the VA/DoD guideline of 2022
    and CANMAT 2023 say for it. ``criteria`` is the set under which it is approved, if it has one of its own. ``failures`` are
    needed before it, ``wants`` should be on record for the last ``fresh`` days, ``severities`` are those it is meant for (none
    named: all). ``findings`` open it whatever failed, ``switches`` are needed where the verdict is open.
    """

    id: str
    title: str
    about: str
    order: int
    when: str
    source: str
    place: str
    mark: Mark
    monitoring: tuple[str, ...] = ()
    snomed: str = ""
    course: tuple[str, ...] = ()
    va22: str = ""
    can23: str = ""
    criteria: str = ""
    failures: int = 1
    wants: tuple[str, ...] = ()
    fresh: int | None = None
    severities: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    switches: int = 1

    def __hash__(self) -> int:
        """Equal options share their id, which is all a hash needs."""
        return hash(self.id)


class Standing(StrEnum):
    """Whether an option can be put to a clinician."""

    SUGGESTED = "suggested"
    NEEDS_REVIEW = "needs-review"
    NOT_ELIGIBLE = "not-eligible"


class Step(Struct, frozen=True):
    """One line of a plan: the option, its standing, why, and the evidence."""

    option: Option
    standing: Standing
    because: str
    evidence: tuple[Origin, ...] = ()


class Goal(Struct, frozen=True, kw_only=True):
    """What a plan aims at; where a total tells that it is reached, the scale and the highest such total."""

    id: str
    title: str
    scale: str = ""
    at_most: float | None = None


class Plan(Struct, frozen=True):
    """Proposals in the order in which a clinician should look at them."""

    steps: tuple[Step, ...]
    goals: tuple[Goal, ...] = ()
