"""The same resource read more than once: equal copies count once, the newest of several versions wins."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from fhir_trd.fhir.read.sheets import Sheet

DUPLICATE, SUPERSEDED = "duplicate", "superseded version"


class Standing(Struct, frozen=True):
    """Which sheets are left out as copies, and why; and which share their id with another that nothing tells apart."""

    left_out: dict[Sheet, str]
    contested: frozenset[Sheet]


def standing_of(sheets: Iterable[tuple[str, Sheet]]) -> Standing:
    """How sheets of (patient, sheet) stand to each other. Ids are those of one patient: other patients' may be the same."""
    first: dict[tuple[str, str], Sheet] = {}
    groups: dict[Sheet, list[Sheet]] = {}
    for patient, sheet in sheets:
        one = first.setdefault((patient, sheet.name), sheet) if sheet.slice.id else sheet
        if one is not sheet:
            groups.setdefault(one, [one]).append(sheet)
    left_out: dict[Sheet, str] = {}
    contested: set[Sheet] = set()
    for copies in groups.values():
        _settle(copies, left_out, contested)
    return Standing(left_out, frozenset(contested))


def _settle(copies: list[Sheet], left_out: dict[Sheet, str], contested: set[Sheet]) -> None:
    versions = _different(copies, left_out, lambda sheet: bytes(sheet.body))
    if len(versions) > 1:
        versions = _different(versions, left_out, lambda sheet: sheet.content)
    newest = _newest(versions)
    if newest is None:
        contested.update(versions if len(versions) > 1 else ())
    else:
        left_out.update({sheet: SUPERSEDED for sheet in versions if sheet is not newest})


def _different(copies: list[Sheet], left_out: dict[Sheet, str], content: Callable[[Sheet], bytes]) -> list[Sheet]:
    """The first of each content; the others are left out."""
    different: dict[bytes, Sheet] = {}
    for sheet in copies:
        if different.setdefault(content(sheet), sheet) is not sheet:
            left_out[sheet] = DUPLICATE
    return list(different.values())


def _newest(versions: list[Sheet]) -> Sheet | None:
    """The newest version, if their version numbers or the times of their last update tell."""
    if len(versions) < 2:
        return None
    numbers = [sheet.meta.version_id for sheet in versions]
    if all(number.isdecimal() for number in numbers) and len(set(numbers)) == len(numbers):
        return max(versions, key=lambda sheet: int(sheet.meta.version_id))
    times = [sheet.meta.last_updated for sheet in versions]
    if all(times) and len(set(times)) == len(times):
        return max(versions, key=lambda sheet: sheet.meta.last_updated)
    return None
