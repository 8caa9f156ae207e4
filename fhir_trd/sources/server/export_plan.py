"""Which file of an export goes where in the folder. A plan outlives its links: these may end."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from fhir_trd.fhir.exchange.manifest import Listed, Manifest

UNTYPED = "Resource"
"""How the names of files begin that hold resources of many types, put together by patient, say."""


class Role(StrEnum):
    """What a file holds: resources, those that were deleted, or what the server has to say."""

    OUTPUT = "output"
    DELETED = "deleted"
    OUTCOME = "outcome"


class Planned(Struct, frozen=True):
    """A file: its name in the folder, and what tells it from others. Of its link only a digest: some links are secrets."""

    name: str
    role: Role
    kind: str
    count: int | None
    digest: str


class Links:
    """Where the files of a plan lie now."""

    def __init__(self, links: dict[str, Listed], edition: int = 0) -> None:
        self._links = links
        self.edition = edition

    def of(self, file: Planned) -> Listed:
        """The link of a file."""
        return self._links[file.name]


def listed_in(manifest: Manifest) -> list[tuple[Role, Listed]]:
    """All files of a manifest, in its order."""
    parts = ((Role.OUTPUT, manifest.output), (Role.DELETED, manifest.deleted), (Role.OUTCOME, manifest.outcomes))
    return [(role, file) for role, files in parts for file in files]


def plan_of(manifest: Manifest) -> tuple[Planned, ...]:
    """A name for each file of a manifest."""
    numbers = Counter[str]()
    plan = []
    for role, file in listed_in(manifest):
        stem = (file.kind or UNTYPED) if role is Role.OUTPUT else role.value
        numbers[stem] += 1
        plan.append(Planned(f"{stem}.{numbers[stem]:06}.ndjson", role, file.kind, file.count, _digest(file)))
    return tuple(plan)


def links_in(manifest: Manifest, plan: Sequence[Planned], edition: int = 0) -> Links | None:
    """Where the files of a plan lie by this manifest; None if it is not about the same files."""
    files = listed_in(manifest)
    by_digest = {_digest(file): file for _, file in files}
    if by_digest.keys() >= {planned.digest for planned in plan}:
        return Links({planned.name: by_digest[planned.digest] for planned in plan}, edition)
    # Links that are signed differ each time; their order does not.
    shape = [(role, file.kind, file.count) for role, file in files]
    if shape != [(planned.role, planned.kind, planned.count) for planned in plan]:
        return None
    return Links({planned.name: file for planned, (_, file) in zip(plan, files, strict=True)}, edition)


def _digest(file: Listed) -> str:
    return sha256(file.url.encode()).hexdigest()
