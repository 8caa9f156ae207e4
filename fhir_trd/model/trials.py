"""The normalised trial history: facts about drugs in time that hold under every criteria set.

Whether a trial was *adequate* or *failed* is not here: those are findings of a criteria set.
"""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import NO_DAYS, Days, When
from fhir_trd.model.drugs import Drug
from fhir_trd.model.issues import Issue
from fhir_trd.model.records import Adherence, Diagnosis, Dose, Kind, Reaction, Score, StopReason, Treatment
from fhir_trd.model.truth import Truth, truth_of


class Purpose(StrEnum):
    """What a drug was taken for."""

    DEPRESSION = "depression"
    ASSUMED = "depression-assumed"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def is_depression(self) -> bool:
        """Whether it is depression, recorded or assumed."""
        return self in (Purpose.DEPRESSION, Purpose.ASSUMED)


class Intent(Struct, frozen=True):
    """What a drug was taken for, how we know, and the reason code where it stays open."""

    purpose: Purpose
    because: str
    evidence: tuple[Origin, ...] = ()
    reason: str = ""


class Segment(Struct, frozen=True):
    """A stretch of a trial at one dose (mg a day; None: not known)."""

    start: When
    end: When
    dose: Dose | None


class Link(StrEnum):
    """How a trial stands to the one before it."""

    FIRST = "first"
    SWITCH = "switch"
    COMBINATION = "combination"
    RESTART = "restart"
    SEPARATE = "separate"
    CO_MEDICATION = "co-medication"


class Relation(Struct, frozen=True):
    """How a trial stands to another: a switch with so many days of overlap, a combination, a restart …

    ``joined_surely`` and ``joined_possibly`` are the trials that were, or may have been, combined with it, on either side of it.
    """

    kind: Link
    to: str = ""
    overlap_days: Days = Days(0, 0)
    joined_surely: tuple[str, ...] = ()
    joined_possibly: tuple[str, ...] = ()


class AugmentationAnswer(StrEnum):
    """What became of an augmentation."""

    ADEQUATE_FAILED = "adequate_failed"
    ADEQUATE_RESPONDED = "adequate_responded"
    INADEQUATE_DOSE = "inadequate_dose"
    INADEQUATE_DURATION = "inadequate_duration"
    UNKNOWN = "unknown"
    OTHER_INDICATION = "not_augmentation"


class Augmentation(Struct, frozen=True):
    """A non-antidepressant added to a trial. ``adequate`` are the days together with both doses adequate, ``failed`` whether it
    did not help, however long it was tried.
    """

    drug: Drug
    start: When
    end: When
    max_dose: float | None
    overlap: Days
    answer: AugmentationAnswer
    evidence: tuple[Origin, ...] = ()
    adequate: Days = Days(0, 0)
    failed: Truth = Truth.MAYBE


class Response(StrEnum):
    """How well a trial worked."""

    RESPONSE = "response"
    PARTIAL = "partial"
    NON_RESPONSE = "non-response"
    REMISSION = "remission"
    UNKNOWN = "unknown"


class Outcome(Struct, frozen=True, kw_only=True):
    """What the scores say about a trial, judged in a window that opens on day ``opens_on`` at the minimum dose.

    ``improvement`` is the percentage change from baseline (negative: worse), None where it has no meaning. ``because`` is
    a reason code where the response is unknown: outcome_unknown, outcome_confounded, low_baseline, outcome_conflict.
    ``unsettled``: there are scores, but they cannot be read, so that no stated reason may stand in for them.
    """

    opens_on: int
    response: Response
    because: str
    improvement: float | None = None
    unsettled: bool = False
    baseline: Score | None = None
    endpoint: Score | None = None


class Place(StrEnum):
    """Where a trial lies with respect to the current episode."""

    CURRENT = "current"
    PREVIOUS = "previous"
    STRADDLES = "straddles"
    UNKNOWN = "unknown"


class AdherenceFact(Struct, frozen=True):
    """How reliably a drug was taken, and how we know. ``covered`` is the share of days with supply, where it can be computed."""

    answer: Adherence
    because: str
    covered: float | None = None
    evidence: tuple[Origin, ...] = ()
    may_be_poor: bool = False


class Trial(Struct, frozen=True, kw_only=True):
    """One antidepressant over one continuous exposure, in its context.

    ``at_minimum`` are all days at the minimum dose; ``adequate`` is the longest run of them; ``countable`` the same with the
    days of a combination taken out; ``inside`` the part of ``countable`` that lies in the current episode. ``doubts`` are
    reason codes that say why a least and a most differ. ``possible_stops`` holds the one sure reason of the stop, or all that
    dates leave possible (None: it may have ended without any). ``surely_one`` is False if uncertain dates leave open whether
    it is one exposure or several. ``raised`` are the days at a dose well above the minimum, or at the highest recommended
    one. ``id`` is the ingredient and its number among the exposures of that ingredient.
    """

    id: str
    drug: Drug
    start: When
    end: When
    ongoing: bool
    segments: tuple[Segment, ...]
    max_dose: float | None
    exposed: Days
    at_minimum: Days
    adequate: Days
    countable: Days
    inside: Days
    first_at_minimum: When | None
    oral: bool
    intent: Intent
    strongest: Kind
    adherence: AdherenceFact
    relation: Relation
    place: Place
    breakthrough: Truth
    outcomes: tuple[Outcome, ...]
    augmentations: tuple[Augmentation, ...] = ()
    stop_reason: StopReason | None = None
    possible_stops: tuple[StopReason | None, ...] = ()
    loss_of_response: bool = False
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[Origin, ...] = ()
    surely_one: bool = True
    raised: Days = NO_DAYS

    def outcome_for(self, days_needed: int) -> Outcome:
        """The outcome in the latest window that opens no later than the days a criteria set asks for."""
        opened = [outcome for outcome in self.outcomes if outcome.opens_on <= days_needed]
        return opened[-1] if opened else self.outcomes[0]


class Episode(Struct, frozen=True):
    """The current episode of depression: when it began and how we know ("documented", "scores", "inferred", "unknown")."""

    start: When | None
    evidence: str
    because: str
    origins: tuple[Origin, ...] = ()

    def holds(self, start: When, end: When) -> Truth:
        """Whether something lies in it: surely if begun after every possible onset, possibly if it may have ended after one."""
        if self.start is None:
            return Truth.MAYBE
        return truth_of(start.earliest >= self.start.latest, end.latest >= self.start.earliest)


class Use(Struct, frozen=True):
    """One stretch of one record of any drug, as laid out in time: what published algorithms count that ask for no adequate dose.

    The end is resolved: never open, never after the day of assessment. ``certain`` is False where the record leaves open
    whether the drug was taken.
    """

    drug: Drug
    kind: Kind
    start: When
    end: When
    dose: Dose | None
    oral: bool
    origin: Origin
    certain: bool = True


class AgentUse(Struct, frozen=True):
    """One exposure of a drug that is no antidepressant (an augmentation agent), whether or not it augmented anything."""

    drug: Drug
    start: When
    end: When
    ongoing: bool
    adequate: Days
    intent: Intent
    sources: tuple[Origin, ...] = ()
    surely_one: bool = True


class Conflict(Struct, frozen=True, kw_only=True):
    """Two drugs on record closer than they may be taken: dangerous, or wrong data. ``certain`` unless vague dates leave it open.

    ``free_days`` are the days between them; with none, ``together`` tells whether both were surely taken on one day.
    """

    first: Drug
    then: Drug
    asked_days: int
    free_days: Days
    together: bool
    certain: bool
    evidence: tuple[Origin, ...]
    source: str
    place: str


class Stage(Struct, frozen=True):
    """One stage of the way from records to trials: how many things went in, how many came out, and what was left out, why."""

    name: str
    into: int
    out: int
    left: tuple[str, ...] = ()


class History(Struct, frozen=True, kw_only=True):
    """All trials of one patient up to a day, with the episode, the diagnoses and the scores they are judged by.

    ``dose_table`` names the table that decided which doses are adequate. ``uses`` are all records of all drugs, in order of time.
    """

    patient: str
    as_of: date
    dose_table: str
    age: int | None
    trials: tuple[Trial, ...]
    episode: Episode
    diagnoses: tuple[Diagnosis, ...]
    scores: tuple[Score, ...]
    treatments: tuple[Treatment, ...]
    reactions: tuple[Reaction, ...] = ()
    uses: tuple[Use, ...] = ()
    agents: tuple[AgentUse, ...] = ()
    born: When | None = None
    stages: tuple[Stage, ...] = ()
    issues: tuple[Issue, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
