"""What a patient's record says, freed of FHIR: the facts from which a history is built.

Everything here is as recorded. Whether two records describe one use, whether a dose was adequate, which episode a drug
belongs to: all that is decided later.
"""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Coding, Origin
from fhir_trd.model.dates import When
from fhir_trd.model.drugs import Drug
from fhir_trd.model.issues import Issue

DEPRESSION = "depression"
"""The category of depression among diagnoses, and of the purpose of treating it."""

IN_FAMILY = "family-"
"""What the category of a relative's diagnosis begins with."""


class Kind(StrEnum):
    """How a supply is known, strongest evidence first."""

    ADMINISTERED = "administered"
    DISPENSED = "dispensed"
    REPORTED = "reported"
    ORDERED = "ordered"


class Taking(StrEnum):
    """Whether the drug was taken, as far as the record itself says."""

    TAKEN = "taken"
    PAUSED = "paused"
    NOT_TAKEN = "not-taken"
    UNKNOWN = "unknown"


class Adherence(StrEnum):
    """How reliably a drug was taken."""

    GOOD = "good"
    POOR = "poor"
    UNKNOWN = "unknown"


class StopReason(StrEnum):
    """Why a drug was stopped, in the categories the rules use."""

    LACK_OF_EFFICACY = "lack_of_efficacy"
    PARTIAL = "partial"
    INTOLERANCE = "intolerance"
    REMISSION = "remission"
    OTHER = "other"


class Dose(Struct, frozen=True, gc=False):
    """A daily dose in mg, known to lie between ``least`` and ``most``."""

    least: float
    most: float


class Step(Struct, frozen=True, gc=False):
    """A stretch at one dose. ``end`` None: not stated and not to be computed. ``dose`` None: not known (never zero)."""

    start: When
    end: When | None = None
    dose: Dose | None = None
    as_needed: bool = False


class EndFrom(StrEnum):
    """How the end of a supply is known."""

    STATED = "stated"
    SUPPLY = "supply"
    NOT_KNOWN = "not-known"


class Supply(Struct, frozen=True, gc=False, kw_only=True):
    """One record of one drug: stated, ordered, dispensed or given.

    ``steps`` are in order of time, at least one. ``asserted`` is the last day on which someone confirmed the record as
    current. ``purposes`` are the recorded reasons, as categories ("depression", "smoking", …; "unrecognised" for a reason
    that no table knows). ``in_addition`` marks a dose that is said to come on top of another.
    """

    origin: Origin
    kind: Kind
    drug: Drug
    steps: tuple[Step, ...]
    end_from: EndFrom
    ongoing: bool = False
    asserted: date | None = None
    taking: Taking = Taking.TAKEN
    adherence: Adherence = Adherence.UNKNOWN
    oral: bool = True
    purposes: tuple[str, ...] = ()
    brand_purpose: str = ""
    stop_reason: StopReason | None = None
    in_addition: bool = False
    notes: tuple[str, ...] = ()


class Certainty(StrEnum):
    """Whether a diagnosis is established."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


class Course(StrEnum):
    """Where a diagnosis stands, from its clinical status."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    REMISSION = "remission"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"

    @property
    def is_past(self) -> bool:
        """Whether the record says that it is over; what it says nothing of may still be there."""
        return self in (Course.INACTIVE, Course.REMISSION, Course.RESOLVED)


class Diagnosis(Struct, frozen=True, gc=False, kw_only=True):
    """A recorded condition that the rules know. ``category``: "depression", "bipolar", "schizophrenia-spectrum", …

    ``severity`` ("mild", "moderate", "severe") and ``remission`` ("partial", "full") come from the code, where it tells.
    """

    origin: Origin
    category: str
    coding: Coding
    certainty: Certainty = Certainty.CONFIRMED
    course: Course = Course.UNKNOWN
    severity: str = ""
    psychotic: bool = False
    remission: str = ""
    onset: When | None = None
    abated: When | None = None
    recorded: When | None = None

    @property
    def is_present_depression(self) -> bool:
        """Whether it speaks of a depression that is there now; that of an episode long over says nothing of this one."""
        return self.category == DEPRESSION and self.abated is None and not self.course.is_past


class Score(Struct, frozen=True, gc=False, kw_only=True):
    """A total on a named scale. ``items`` holds single answers, by the item's number as a string."""

    origin: Origin
    scale: str
    value: float
    when: When
    items: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


class Answer(Struct, frozen=True, gc=False, kw_only=True):
    """One answer on a named scale, of a day on which there is no total to hold it."""

    origin: Origin
    scale: str
    item: str
    value: int
    when: When


class Treatment(Struct, frozen=True, gc=False, kw_only=True):
    """A treatment that is not a drug: "ect", "tms", "psychotherapy" … ``side``: "bilateral" or "unilateral", where it is told."""

    origin: Origin
    kind: str
    start: When
    end: When
    side: str = ""


class Reaction(Struct, frozen=True, gc=False, kw_only=True):
    """A side effect or allergy blamed on a drug. ``supply`` names the record it is linked to, if it is.

    ``allergy``: it is recorded as an allergy or intolerance, not as one event.
    """

    origin: Origin
    ingredient: str = ""
    supply: str = ""
    when: When | None = None
    allergy: bool = False


class Stay(Struct, frozen=True, gc=False, kw_only=True):
    """A stay in hospital. ``for_depression`` None: the reason is not recorded."""

    origin: Origin
    start: When
    end: When
    for_depression: bool | None = None


class Presence(Struct, frozen=True, gc=False, kw_only=True):
    """A condition or device that speaks for caution. ``when`` is its onset, or the day it was recorded.

    A drug of that category has a ``name``, and ``when`` covers the days on which it was taken.
    """

    origin: Origin
    category: str
    name: str = ""
    certainty: Certainty = Certainty.CONFIRMED
    course: Course = Course.UNKNOWN
    when: When | None = None


class Measurement(Struct, frozen=True, gc=False, kw_only=True):
    """A measured value. ``unit`` is empty if no table knows it; ``beyond`` ("high", "low", "positive") as the laboratory says.

    ``undetected``: what was looked for is too little to be measured, or not there.
    """

    origin: Origin
    kind: str
    when: When
    value: float | None = None
    unit: str = ""
    beyond: str = ""
    undetected: bool = False


class PatientRecord(Struct, frozen=True, kw_only=True):
    """All that was read about one patient. ``latest`` is the latest day on which the record says something happened.

    ``sources`` are all resources used, with their version where it is known ("Condition/7/_history/2").
    """

    patient: str
    born: When | None = None
    died: When | None = None
    sex: str = ""
    latest: date | None = None
    supplies: tuple[Supply, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    scores: tuple[Score, ...] = ()
    answers: tuple[Answer, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    stays: tuple[Stay, ...] = ()
    presences: tuple[Presence, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    issues: tuple[Issue, ...] = ()
    sources: tuple[str, ...] = ()
