"""The margin of a resource that is being read: where everything odd about it is noted, with its path."""

from datetime import date
from typing import TypeVar

from msgspec import Raw

from fhir_trd.fhir.read.sheets import Sheet
from fhir_trd.fhir.slices_repair import ABSENT, Flaw, element
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When
from fhir_trd.model.issues import Issue

T = TypeVar("T")


class Margin:
    """Notes about one resource."""

    __slots__ = ("consulted", "issues", "latest", "resource")

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self.issues: list[Issue] = []
        self.latest: date | None = None
        self.consulted: list[Sheet] = []

    @property
    def origin(self) -> Origin:
        """The resource as the source of a fact."""
        return Origin(self.resource)

    def note(self, kind: str, path: str, found: str, effect: str) -> None:
        """Note a fact that can't be taken as it stands."""
        self.issues.append(Issue(kind=kind, origin=Origin(self.resource, path), found=found, effect=effect))

    def happened(self, when: When | None) -> None:
        """Note when something is said to have happened; a month or year counts to its end, so that none of it is cut off."""
        if when and when.latest != date.max and (self.latest is None or when.latest > self.latest):
            self.latest = when.latest

    def flaws(self, path: str, flaws: tuple[Flaw, ...]) -> None:
        """Note the elements that did not fit."""
        for flaw in flaws:
            inner = flaw.path if not path or flaw.path.startswith("[") else f".{flaw.path}" if flaw.path else ""
            self.note("wrong-type", f"{path}{inner}", f"{flaw.found} where {flaw.wanted} was wanted", flaw.effect)

    def one_or_many(self, shape: type[T], raw: Raw, path: str) -> tuple[T, ...]:
        """One element or a list of them: versions of FHIR differ in how many they allow."""
        body = bytes(raw)
        if body in ABSENT:
            return ()
        if not body.startswith(b"["):
            only = self.element(shape, raw, path)
            return (only,) if only is not None else ()
        bodies = self.element(list[Raw], raw, path) or []
        return tuple(one for each in bodies if (one := self.element(shape, each, path)) is not None)

    def element(self, shape: type[T], raw: Raw, path: str) -> T | None:
        """The typed value of an element that was left raw, or None if it is absent or of no use."""
        body = bytes(raw)
        if body in ABSENT:
            return None
        value, flaws = element(shape, body)
        if flaws:
            self.flaws(path, flaws)
        if value is None and not flaws:
            self.note("wrong-type", path, "a value of another kind", "left out")
        return value
