"""What went wrong with one fact, and the ledger in which every resource that was read ends up."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Origin


class Issue(Struct, frozen=True):
    """A fact that could not be taken as it stands. ``found`` never holds a patient's words, only their kind.

    ``kind`` is a kebab-case code, ``effect`` says what the tool did instead. ``beside`` are
    the other records that it takes to see it.
    """

    kind: str
    origin: Origin
    found: str
    effect: str
    beside: tuple[Origin, ...] = ()


class Fate(StrEnum):
    """What became of a resource."""

    USED = "used"
    SET_ASIDE = "set-aside"
    FAULTY = "faulty"


class Entry(Struct, frozen=True):
    """One resource in the ledger: what it was, what became of it and why (the reason is empty for used ones)."""

    resource_type: str
    fate: Fate
    reason: str = ""


class Ledger(Struct, frozen=True):
    """How many resources of which type met which fate, and why. The three fates add up to what was read."""

    read: int
    counts: Mapping[Entry, int]

    def total(self, fate: Fate) -> int:
        """How many resources met that fate."""
        return sum(count for entry, count in self.counts.items() if entry.fate is fate)

    @property
    def adds_up(self) -> bool:
        """Whether every resource that was read has a fate."""
        return self.read == sum(self.counts.values())


def ledger_of(read: int, counts: Mapping[Entry, int]) -> Ledger:
    """The ledger of what was counted on the way in and of every fate, in a fixed order."""
    ordered = sorted(counts.items(), key=lambda item: (item[0].fate, item[0].resource_type, item[0].reason))
    return Ledger(read=read, counts=dict(ordered))
