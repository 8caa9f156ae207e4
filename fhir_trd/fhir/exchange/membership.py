"""Who belongs to a Group."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.lines import GROUP, PATIENT, id_in

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


def members_in(body: bytes) -> Members | None:
    """The members that a Group names; None where the body is none."""
    try:
        group = msgspec.json.decode(body, type=_Group)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if group.resource_type != GROUP:
        return None
    present = [member for member in group.member or () if not member.inactive]
    references = [(member.entity and member.entity.reference) or "" for member in present]
    patients = tuple(dict.fromkeys(identity for each in references if (identity := id_in(each, PATIENT))))
    aside = {
        LEFT: len(group.member or ()) - len(present),
        "member who is no patient on this server": sum(1 for each in references if not id_in(each, PATIENT)),
    }
    gone = [id_in((member.entity and member.entity.reference) or "", PATIENT) for member in group.member or () if member.inactive]
    left = tuple(sorted(set(gone) - {"", *patients}))
    return Members(patients, {reason: count for reason, count in aside.items() if count}, left)
