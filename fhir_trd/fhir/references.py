"""References in all their forms, and the shelf on which what they point to is found."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")
_LITERAL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?(?:#.*)?\Z", re.DOTALL)
_URN = re.compile(r"urn:(?:uuid|oid):(.+)\Z", re.DOTALL)


class Target(Struct, frozen=True):
    """Where a reference points: a type and id, a urn (type empty), or something contained (``#id``)."""

    resource_type: str
    id: str

    @property
    def written(self) -> str:
        """The reference in its shortest form."""
        return f"{self.resource_type}/{self.id}" if self.resource_type else self.id


CONTAINED = "#"


@lru_cache(maxsize=32768)
def target_of(reference: str) -> Target | None:
    """What a reference points to, whether it is relative, absolute, versioned, contained or a urn."""
    if reference.startswith(CONTAINED):
        return Target(CONTAINED, reference[1:])
    if reference.startswith("urn:"):
        return Target("", reference)
    literal = _LITERAL.match(reference)
    return Target(literal[1], literal[2]) if literal else None


@lru_cache(maxsize=32768)
def spellings_of(reference: str) -> tuple[str, ...]:
    """A reference as it is written, and in its shortest form: either may be how something is found."""
    target = target_of(reference) if reference else None
    return tuple(dict.fromkeys((reference, target.written))) if target else (reference,) if reference else ()


def id_in_urn(urn: str) -> str:
    """The part of a urn that may serve as an id."""
    match = _URN.match(urn)
    return match[1] if match else urn


_REFERENCE = re.compile(rb'"reference"\s*:\s*"([^"\\]+)"')


def references_in(body: bytes) -> tuple[str, ...]:
    """Every reference that stands anywhere in a resource."""
    return tuple(found.decode(errors="replace") for found in _REFERENCE.findall(body))


def references_of(element: Any) -> Iterator[str]:
    """Every reference that stands anywhere in a decoded element, in its order."""
    if isinstance(element, dict):
        if isinstance(element.get("reference"), str):
            yield element["reference"]
        element = list(element.values())
    if isinstance(element, list):
        for each in element:
            yield from references_of(each)


class Shelf(Generic[T]):
    """What references can point to, by type and id and by full URL, near (the same Bundle or file) before far."""

    def __init__(self) -> None:
        self._near: dict[tuple[str, str], T] = {}
        self._far: dict[str, T] = {}
        self._ambiguous: set[str] = set()

    def put(self, thing: T, keys: tuple[str, ...], scope: str) -> None:
        """Put something where references of these spellings will find it."""
        for key in keys:
            self._near[scope, key] = thing
            if self._far.setdefault(key, thing) is not thing:
                self._ambiguous.add(key)

    def get(self, key: str, scope: str) -> T | None:
        """What the key points to; far away only if there is one answer."""
        near = self._near.get((scope, key))
        return near if near is not None or key in self._ambiguous else self._far.get(key)
