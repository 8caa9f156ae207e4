"""Who left a group that is exported: servers export inactive members too, and the other ways leave them out."""

from collections.abc import Collection

from fhir_trd.errors import NotAuthorised, ServerError
from fhir_trd.fhir.exchange.lines import GROUP
from fhir_trd.fhir.exchange.membership import LEFT, Members, members_in
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.server.pages import Pages, Refused
from fhir_trd.transport.server import REMEDY, Server

UNIT = "members who left"
UNKNOWN = "the group could not be read, so members who left it may be among those exported"


def leavers_of(group: str, server: Server, folder: Folder, homes: Collection[str] = ()) -> frozenset[str]:
    """The ids of those who left a group. In a round that was cut off, those of then: else half a record would stay of some."""
    if not folder.is_done(UNIT):
        members = _members(group, Pages(server, folder, homes))
        remarks = {} if members else {UNKNOWN: 1}
        left = members.left if members else ()
        folder.done(UNIT, left=dict.fromkeys(left, 1), not_listed={LEFT: len(left)} if left else {}, remarks=remarks)
    return frozenset(folder.totals("left"))


def _members(group: str, pages: Pages) -> Members | None:
    """The members; None where the server exports a group but does not show it, which is its right."""
    try:
        return members_in(pages.body(f"{GROUP}/{group}"), pages.homes)
    except NotAuthorised:
        return None
    except Refused as refused:
        if refused.passing:
            raise ServerError(f"{GROUP}/{group}: asked who left it, {refused.why}. {REMEDY}") from refused
        return None
