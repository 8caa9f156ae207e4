"""How a server is read from: by which way, and which types by which parameter. Settled from what it says that it can do."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from urllib.parse import quote

from msgspec import Struct

from fhir_trd.errors import UsageError
from fhir_trd.fhir.exchange.capability import Ability, Capabilities
from fhir_trd.fhir.exchange.lines import GROUP, PATIENT, PRODUCT
from fhir_trd.fhir.read.records import READERS
from fhir_trd.sources.server.export_job import DAY
from fhir_trd.sources.server.pages import seen_as_of
from fhir_trd.sources.server.selection import Selection
from fhir_trd.transport.server import CONNECTIONS, Server
from fhir_trd.transport.statement import statement_of

PAGE_SIZE = 100
SLOW_EXPORTS = ("epic",)
"""Software whose exports take far longer than a search for each patient."""

OLD = "MedicationOrder"
"""A type of older releases; it is only asked for where a server names it."""

SUBJECT_ONLY = ("AdverseEvent",)
"""Types whose patient is searched as ``subject`` where a server does not say how."""

BESIDE = ("Device",)
"""Types that ``$everything`` may leave out, because they are not part of a patient's compartment; they are searched besides."""

TYPES = tuple(sorted({PATIENT, *READERS}))
"""Every type that a record is read from, besides the products that these name."""


class Way(StrEnum):
    """How resources are asked for."""

    AUTO = "auto"
    SEARCH = "search"
    EVERYTHING = "everything"
    EXPORT = "export"


class Kind(Struct, frozen=True):
    """A type of resource, the parameter by which those of a patient are found, and whether those of late can be."""

    name: str
    parameter: str = "patient"
    is_dated: bool = True

    def search(self, patient: str, since: str) -> str:
        """The search for those of a patient. With the type: some servers find nothing by the id alone, and do not say why."""
        late = f"&_lastUpdated=ge{quote(since, safe=':')}" if since and self.is_dated else ""
        return f"{self.name}?{self.parameter}={PATIENT}/{patient}&_count={PAGE_SIZE}{late}"


class Wanted(Struct, frozen=True, kw_only=True):
    """What to fetch. ``types`` empty stands for all that a record is read from; ``patience``: seconds for an export."""

    selection: Selection
    by: Way = Way.AUTO
    types: tuple[str, ...] = ()
    since: str = ""
    workers: int = CONNECTIONS
    patience: float = DAY

    def __post_init__(self) -> None:
        """Refuse types that nothing is read from."""
        unknown = sorted(set(self.types) - set(TYPES))
        if unknown:
            raise UsageError(f"--type: found {', '.join(unknown)}, wanted one of {', '.join(TYPES)}")


class Plan(Struct, frozen=True, kw_only=True):
    """What is done: the way; the types that are searched, and all that the server has; what a person should know; as of when.

    ``homes``: the addresses of the server, ours and its own: an absolute reference that begins otherwise is to another one.
    """

    way: Way
    kinds: tuple[Kind, ...]
    types: tuple[str, ...]
    notes: tuple[str, ...]
    as_of: str
    wanted: Wanted
    homes: frozenset[str] = frozenset()

    @property
    def what(self) -> dict[str, object]:
        """What must stay the same from round to round in one folder."""
        return {**self.wanted.selection.what, "types": sorted(self.wanted.types or TYPES), "by": self.way}


def plan_for(server: Server, wanted: Wanted) -> Plan:
    """Ask the server what it can do, and settle how to read from it."""
    answer, able = statement_of(server)
    names = sorted(set(wanted.types) or set(TYPES), key=lambda name: (name != PATIENT, name))
    kinds = tuple(kind for name in names if (kind := _kind(name, able)))
    way = wanted.by if wanted.by is not Way.AUTO else _way(wanted.selection, able)
    return Plan(
        way=way,
        kinds=kinds,
        types=tuple(sorted(name for name in (*names, PRODUCT) if not _lacks(name, able))),
        notes=tuple(_notes(names, kinds, able, way, wanted)),
        as_of=seen_as_of(answer, server.now),
        wanted=wanted,
        homes=frozenset(f"{address.rstrip('/')}/" for address in (server.address, able.address) if address),
    )


def _way(selection: Selection, able: Capabilities) -> Way:
    slow = any(name in able.software.lower() for name in SLOW_EXPORTS)
    level = GROUP if selection.group else PATIENT if selection.everyone else ""
    if level and not slow and able.offers("export", level):
        return Way.EXPORT
    return Way.EVERYTHING if selection.patients and able.offers("everything", PATIENT) else Way.SEARCH


def _kind(name: str, able: Capabilities) -> Kind | None:
    """How those of a type are found; None where the server does not have them, or not by patient."""
    if name == PATIENT:
        return Kind(name)
    ability = able.ability(name)
    if not ability.parameters:
        # A server that tells nothing of its types, or nothing of their parameters, is asked all the same.
        return None if _lacks(name, able) else Kind(name, "subject" if name in SUBJECT_ONLY else "patient")
    found = next((parameter for parameter in ("patient", "subject") if parameter in ability.parameters), None)
    return Kind(name, found, "_lastUpdated" in ability.parameters) if found and _is_searched(ability) else None


def _lacks(name: str, able: Capabilities) -> bool:
    return name not in able.types if able.types else name == OLD


def _is_searched(ability: Ability) -> bool:
    return not ability.interactions or "search-type" in ability.interactions


def _notes(names: Iterable[str], kinds: Sequence[Kind], able: Capabilities, way: Way, wanted: Wanted) -> Iterator[str]:
    found = {kind.name for kind in kinds}
    lacking = [name for name in names if name not in found and _lacks(name, able) and name != OLD]
    unsearched = [name for name in names if name not in found and not _lacks(name, able)]
    if lacking:
        yield f"the server does not have: {', '.join(lacking)}"
    if unsearched and way is Way.SEARCH:
        yield f"the server does not search by patient: {', '.join(unsearched)}"
    undated = [kind.name for kind in kinds if not kind.is_dated and kind.name != PATIENT]
    if wanted.since and undated and way is Way.SEARCH:
        yield f"the server does not search by the time of the last change, so these are fetched whole: {', '.join(undated)}"
