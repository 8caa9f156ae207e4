"""What could be done next: options with their eligibility, never an order."""

from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.criteria import Mark


class Option(Struct, frozen=True, kw_only=True):
    """A next step as the table of options describes it. ``order`` is its place in a plan (safety first).

    ``when`` names the eligibility test of planning/ that decides its status; ``action`` is a SNOMED CT code where one fits.
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


class Plan(Struct, frozen=True):
    """Proposals in the order in which a clinician should look at them."""

    steps: tuple[Step, ...]
