"""Who belongs to a Group."""

from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.lines import GROUP, PATIENT, home_in, id_in

LEFT = "member who left the group"


class _Pointer(Struct, frozen=True):
    reference: str | None = None


class _Member(Struct, frozen=True):
    entity: _Pointer | None = None
    inactive: bool | None = None


class _Group(Struct, frozen=True, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    member: tuple[_Member, ...] | None = None


class Members(Struct, frozen=True):
    """The ids of the patients of a group, how many of its members are none or no longer belong to it, and who left it."""

    patients: tuple[str, ...]
    aside: Mapping[str, int]
    left: tuple[str, ...] = ()


_GROUP = msgspec.json.Decoder(_Group)
"""Made once and at the start: two threads that are the first to read a type at the same time end the whole process."""


def members_in(body: bytes, homes: Collection[str] = ()) -> Members | None:
    """The members that a Group names; None where the body is none. ``homes``: the addresses of the server that was asked."""
    try:
        group = _GROUP.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if group.resource_type != GROUP:
        return None
    present = [_patient(member, homes) for member in group.member or () if not member.inactive]
    gone = [_patient(member, homes) for member in group.member or () if member.inactive]
    patients = tuple(dict.fromkeys(filter(None, present)))
    aside = {LEFT: len(gone), "member who is no patient on this server": present.count("")}
    left = tuple(sorted(set(gone) - {"", *patients}))
    return Members(patients, {reason: count for reason, count in aside.items() if count}, left)


def _patient(member: _Member, homes: Collection[str]) -> str:
    """The id of a member; empty where it is no patient, or one of another server: there the same id is somebody else."""
    reference = (member.entity and member.entity.reference) or ""
    is_here = home_in(reference) in ("", *homes)
    return id_in(reference, PATIENT) if is_here else ""
