"""What went wrong with one fact, and the ledger in which every resource that was read ends up."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from fhir_trd.model.codes import Origin


class Issue(Struct, frozen=True):
    """A fact that could not be taken as it stands. ``found`` never holds a patient's words, only their kind.

    ``kind`` is a kebab-case code, ``effect`` says what the tool did instead.
    """

    kind: str
    origin: Origin
    found: str
    effect: str


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


def ledger_of(entries: Iterable[Entry]) -> Ledger:
    """The ledger of these entries, in a fixed order."""
    counts: dict[Entry, int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    return _in_order(counts)


def joined(ledgers: Iterable[Ledger]) -> Ledger:
    """One ledger for several parts of a run."""
    counts: dict[Entry, int] = {}
    for ledger in ledgers:
        for entry, count in ledger.counts.items():
            counts[entry] = counts.get(entry, 0) + count
    return _in_order(counts)


def _in_order(counts: Mapping[Entry, int]) -> Ledger:
    ordered = sorted(counts.items(), key=lambda item: (item[0].fate, item[0].resource_type, item[0].reason))
    return Ledger(read=sum(counts.values()), counts=dict(ordered))
