"""The same resource read more than once: equal copies count once, the newest of several versions wins."""

from collections.abc import Iterable

from msgspec import Struct

from fhir_trd.fhir.read.sheets import Sheet

DUPLICATE, SUPERSEDED = "duplicate", "superseded version"


class Standing(Struct, frozen=True):
    """Which sheets are left out as copies, and why; and which share their id with another that nothing tells apart."""

    left_out: dict[Sheet, str]
    contested: frozenset[Sheet]


def standing_of(sheets: Iterable[tuple[str, Sheet]]) -> Standing:
    """How sheets of (patient, sheet) stand to each other. Ids are those of one patient: other patients' may be the same."""
    groups: dict[tuple[str, str], list[Sheet]] = {}
    for patient, sheet in sheets:
        if sheet.slice.id:
            groups.setdefault((patient, sheet.name), []).append(sheet)
    left_out: dict[Sheet, str] = {}
    contested: set[Sheet] = set()
    for copies in groups.values():
        if len(copies) > 1:
            _settle(copies, left_out, contested)
    return Standing(left_out, frozenset(contested))


def _settle(copies: list[Sheet], left_out: dict[Sheet, str], contested: set[Sheet]) -> None:
    different: dict[bytes, Sheet] = {}
    for sheet in copies:
        content = sheet.content
        if content in different:
            left_out[sheet] = DUPLICATE
        else:
            different[content] = sheet
    versions = list(different.values())
    newest = _newest(versions)
    if newest is None:
        contested.update(versions if len(versions) > 1 else ())
    else:
        left_out.update({sheet: SUPERSEDED for sheet in versions if sheet is not newest})


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
