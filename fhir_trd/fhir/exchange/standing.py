"""What stands on a server, and in which elements it differs from what we would write."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.findings import Body, Written, listed, meta_of

NEUTRAL = frozenset({"id", "meta", "text"})
"""Left out: ids and versions are the server's, and servers write a narrative anew. A narrative of ours never changes alone."""

HISTORY = "/_history/"
"""What stands between a reference and the version that it names."""

WITHDRAWN = "entered-in-error"
"""The status of what should not have been written."""


class Difference(Struct, frozen=True):
    """An element that differs: what stands there, and what we would write; None where nothing does."""

    path: str
    before: Any = None
    after: Any = None


def resource_in(body: bytes) -> Body | None:
    """The resource of an answer; None where the body is none."""
    try:
        found = msgspec.json.decode(body, type=Body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found.get("resourceType"), str) else None


def version_of(standing: Body) -> str:
    """The version of what stands, as ``If-Match`` names it; empty where the server counts none."""
    version = meta_of(standing).get("versionId", "")
    return f'W/"{version}"' if version else ""


def status_of(resource: Body) -> str:
    """The status of a resource; empty where it has none."""
    return str(resource.get("status", ""))


def is_taken_on(ours: Written, standing: Body, *, retracted: bool = False) -> bool:
    """Whether somebody gave what we wrote another status: a person has decided about it, and we must not undo that.

    ``retracted``: it was we who marked it as entered in error, so that mark is no person's.
    """
    return status_of(standing) not in {status_of(ours.body), *([WITHDRAWN] if retracted else [])}


def withdrawn(standing: Body) -> Body:
    """The same resource, marked as entered in error."""
    return standing | {"status": WITHDRAWN}


def differences(ours: Written, standing: Body) -> tuple[Difference, ...]:
    """The elements that are not there, there too much, or other than we would write them."""
    left, right = ({name: value for name, value in each.items() if name not in NEUTRAL} for each in (ours.body, standing))
    labels = tuple(_missing_labels(meta_of(ours.body), meta_of(standing), f"{ours.kind}.meta"))
    return (*labels, *_apart(left, right, ours.kind))


def _missing_labels(ours: Body, standing: Body, path: str) -> Iterator[Difference]:
    # Servers keep the labels and profiles of earlier versions, so more of them than ours is no difference.
    for name, values in ours.items():
        if any(value not in listed(standing.get(name)) for value in values):
            yield Difference(f"{path}.{name}", standing.get(name), values)


def _apart(ours: Any, standing: Any, path: str) -> Iterator[Difference]:
    if isinstance(ours, dict) and isinstance(standing, dict):
        for name in sorted(ours.keys() | standing.keys()):
            yield from _apart(ours.get(name), standing.get(name), f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(standing, list) and len(ours) == len(standing):
        for place, (one, other) in enumerate(zip(ours, standing, strict=True)):
            yield from _apart(one, other, f"{path}[{place}]")
    elif ours != standing and not _is_stripped(ours, standing):
        yield Difference(path, standing, ours)


def _is_stripped(ours: Any, standing: Any) -> bool:
    """Whether a server left the version out of a reference, as HAPI does: it would do so each time, so that is no difference."""
    return isinstance(ours, str) and HISTORY in ours and ours.partition(HISTORY)[0] == standing
