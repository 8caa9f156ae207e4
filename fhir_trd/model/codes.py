"""Codes, where a fact was read, and the index that tells what a code means to us."""

from collections.abc import Mapping

from msgspec import Struct


class Coding(Struct, frozen=True, gc=False):
    """A code in its code system. ``system`` is our short key (``rxnorm``, ``icd-10-cm``, ``snomed`` …), or the URI if unknown."""

    system: str
    code: str
    display: str = ""


class Origin(Struct, frozen=True, gc=False):
    """Where a fact was read: the resource ("MedicationRequest/12") and, where it helps, the element in it."""

    resource: str
    path: str = ""


class CodeIndex(Struct, frozen=True):
    """What codes mean to us, by exact code and, for hierarchical systems, by the longest listed prefix.

    ``meanings`` is keyed by (system, code). In the systems of ``prefixed`` (the ICDs) a listed ``F33`` also covers
    ``F33.41`` unless a longer listed prefix says otherwise.
    """

    meanings: Mapping[tuple[str, str], str]
    prefixed: frozenset[str] = frozenset()

    def meaning(self, coding: Coding) -> str | None:
        """The meaning of one code, or None if the code says nothing to us."""
        found = self.meanings.get((coding.system, coding.code))
        if found is not None or coding.system not in self.prefixed:
            return found
        return self._meaning_of_prefix(coding)

    def _meaning_of_prefix(self, coding: Coding) -> str | None:
        for length in range(len(coding.code) - 1, 0, -1):
            found = self.meanings.get((coding.system, coding.code[:length].rstrip(".")))
            if found is not None:
                return found
        return None
