"""Eras: stretches of treatment joined from records by a published rule that decides no more than that."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from fhir_trd.model.codes import Origin


class Goal(Struct, frozen=True):
    """Days to be covered (``days``) in the window that opens on the index date and lasts ``window`` days after it."""

    window: int
    days: int


class EraRule(Struct, frozen=True, kw_only=True):
    """How records become eras: which kinds of record, how many uncovered days join, and whether all drugs are pooled.

    ``goals`` are the windows of a quality measure by name ("acute", "continuation"), empty where the rule has none.
    """

    id: str
    sentence: str
    kinds: tuple[str, ...]
    longest_gap: int
    pooled: bool = False
    goals: Mapping[str, Goal] = {}


class Era(Struct, frozen=True, kw_only=True):
    """One era of a drug, from its first to its last day; ``gap_days`` are those inside it that no record covers."""

    drug: str
    start: date
    end: date
    days: int
    gap_days: int


class Reached(Struct, frozen=True):
    """How many days of a window are covered, and whether they are enough; without an index date nobody can tell."""

    goal: str
    days: int
    enough: bool | None


class Eras(Struct, frozen=True, kw_only=True):
    """The eras of one patient under one rule. ``left_out`` are the records whose days are not known exactly.

    ``not_asked`` counts the records of antidepressants taken that are of a kind the rule does not look at.
    """

    patient: str
    eras: tuple[Era, ...]
    index_date: date | None = None
    reached: tuple[Reached, ...] = ()
    left_out: tuple[Origin, ...] = ()
    not_asked: Mapping[str, int] = {}
