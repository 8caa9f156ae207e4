"""The products that records of drugs refer to: those that matter are kept whole, of the others only that they were there."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import TypeVar

from fhir_trd.fhir.decode import Raw
from fhir_trd.fhir.read.grades import Grade
from fhir_trd.fhir.read.records import PRODUCT
from fhir_trd.fhir.read.sieve import Kept
from fhir_trd.fhir.references import references_in, spellings_of

MARK = 8
"""How many bytes stand for a product that does not matter: a population may have millions of them."""


Seat = TypeVar("Seat")

Raws = Callable[[Iterable[tuple[Seat, Kept]]], Iterable[Raw]]
"""Finds resources that were kept, as they stood in their files."""


class Products:
    """All products of a population, by every spelling under which a record may refer to them."""

    def __init__(self, products: Iterable[tuple[Seat, Kept]], raws: Raws[Seat], *, keeps_all: bool) -> None:
        self.count = 0
        self._known: dict[str, list[tuple[Grade, Raw]]] = {}
        others, wanted = array("Q"), list[tuple[Seat, Kept]]()
        for seat, kept in products:
            self.count += 1
            if kept.grade == Grade.NONE and not keeps_all:
                others.extend(map(_mark, _keys(kept)))
            else:
                wanted.append((seat, kept))
        for (_, kept), raw in zip(wanted, raws(wanted), strict=True):
            for key in _keys(kept):
                self._known.setdefault(key, []).append((Grade(kept.grade), raw))
        self._others = array("Q", sorted(others))

    def grade(self, reference: str) -> Grade:
        """How much a record matters that refers to this product; one that leads nowhere is looked at closely."""
        keys = spellings_of(reference)
        found = [grade for key in keys for grade, _ in self._known.get(key, ())]
        if found:
            return max(found)
        return Grade.NONE if any(map(self._is_one_of_the_others, keys)) else Grade.CORE

    def behind(self, references: Iterable[str]) -> list[Raw]:
        """The products that matter among those that these references may mean, with the products that they are made of."""
        found: dict[str, Raw] = {}
        waiting = list(references)
        while waiting:
            for key in spellings_of(waiting.pop()):
                for _, raw in self._known.get(key, ()):
                    if raw.where not in found:
                        found[raw.where] = raw
                        waiting.extend(references_in(bytes(raw.body)))
        return [found[where] for where in sorted(found)]

    def _is_one_of_the_others(self, key: str) -> bool:
        """Whether one product of that spelling was read: two in different files would mean that the reference leads nowhere."""
        mark = _mark(key)
        at = bisect_left(self._others, mark)
        return self._others[at : at + 2].count(mark) == 1


def _keys(kept: Kept) -> tuple[str, ...]:
    named = (f"{PRODUCT}/{kept.product}",) if kept.product else ()
    return tuple(dict.fromkeys((*named, *spellings_of(kept.full_url))))


def _mark(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(errors="replace"), digest_size=MARK).digest(), "big")
