"""What a rehearsal shows on stdout: each finding with its verdict, and the elements that would change."""

from collections.abc import Iterator

import msgspec

from fhir_trd.fhir.exchange.findings import verdict_of
from fhir_trd.fhir.exchange.standing import Difference
from fhir_trd.fhir.exchange.transaction import Change
from fhir_trd.sinks.delivery import Delivered
from fhir_trd.sinks.retraction import Retracted

SHOWN = 20
"""How many changed elements of a resource are named before the rest is only counted."""

WIDTH = 60
"""How much of a long value is shown."""

LEAD = 20
"""How much of what two long values share is shown before the place where they part."""


def rehearsed(one: Delivered | Retracted) -> Iterator[str]:
    """The lines about one finding."""
    whose = f" of {one.finding.subject}" if isinstance(one, Delivered) else ""
    yield f"{one.key}{whose}: {one.fate}{_verdict(one)}"
    for change in one.changes:
        yield f"  {'+' if change.creates else '~'} {_place(change)}"
        yield from (f"      {_told(each)}" for each in change.differences[:SHOWN])
        if change.differences[SHOWN:]:
            yield f"      and {len(change.differences) - SHOWN} more"


def _verdict(one: Delivered | Retracted) -> str:
    """The verdict as it stands and as it would stand: "met → not-met"; once, where it is the same."""
    if not isinstance(one, Delivered):
        return ""
    after = verdict_of(one.finding.parts[0].body)
    before = next((verdict_of(change.standing) for change in one.changes if change.resource.kind == "Observation"), "")
    return f", {before} → {after}" if before and before != after else f", {after}" if after else ""


def _place(change: Change) -> str:
    """Where a resource would stand; of one that finds its place by identifier the server chooses the id."""
    kind = change.resource.kind
    return f"{kind}, under an id that the server chooses" if change.url.startswith(f"{kind}?") else change.url


def _told(each: Difference) -> str:
    before, after = _words(each.before), _words(each.after)
    shared = max(0, _parting(before, after) - LEAD)
    return f"{each.path}: {_shortened(before, shared)} → {_shortened(after, shared)}"


def _parting(before: str, after: str) -> int:
    """How far two values are the same."""
    apart = (place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    return next(apart, min(len(before), len(after)))


def _words(value: object) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shortened(words: str, shared: int) -> str:
    """The words, if they are few; else those from shortly before the place where two values part."""
    if len(words) <= WIDTH:
        return words
    begin = min(shared, len(words) - WIDTH)
    end = begin + WIDTH
    return f"{'…' if begin else ''}{words[begin:end]}{'…' if words[end:] else ''}"
