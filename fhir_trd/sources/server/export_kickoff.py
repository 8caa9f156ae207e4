"""The beginning of a bulk export: what is wanted, and how a server is asked for it."""

from urllib.parse import quote, urlencode, urljoin

from msgspec import Struct

from fhir_trd.errors import ServerError, UsageError
from fhir_trd.sources.server.export_status import ACCEPTED
from fhir_trd.transport.asking import Answer, Ask
from fhir_trd.transport.server import Server, told_status

ASYNC = "respond-async"
APART = f"{ASYNC}, separate-export-status"
"""How an export is asked for. The second wish is one of version 3; servers that do not know it pass over it."""

NDJSON = "application/fhir+ndjson"
REFUSED, FORBIDDEN = 400, 500


class ExportRefusedError(UsageError):
    """The server does not carry out this export; another one it may."""


class ExportScope(Struct, frozen=True, kw_only=True):
    """What is to be exported: everything (``system``), all patients, or a group; of these types; changed since then.

    ``without``: patients whose records are not wanted, though the server exports them too.
    """

    level: str = "patient"
    group: str = ""
    types: tuple[str, ...] = ()
    since: str = ""
    without: frozenset[str] = frozenset()

    @property
    def address(self) -> str:
        """What is asked of the server."""
        asked = {"_outputFormat": NDJSON, "_type": ",".join(self.types), "_since": instant_of(self.since)}
        given = {name: value for name, value in asked.items() if value}
        return f"{self._place}$export?{urlencode(given, safe='/:,', quote_via=quote)}"

    @property
    def told(self) -> str:
        """What is asked, for messages and the journal."""
        return _ask(self, ASYNC).told

    @property
    def _place(self) -> str:
        match self.level:
            case "system":
                return ""
            case "patient":
                return "Patient/"
            case _:
                return f"Group/{quote(self.group, safe='')}/"


def instant_of(since: str) -> str:
    """A moment for a server. A day begins where on earth it begins first: so nothing of it is missed."""
    return f"{since}T00:00:00+14:00" if since and "T" not in since else since


def begun(server: Server, scope: ExportScope) -> str:
    """Ask for an export; answers with the address of the job."""
    answer = _asked(server, scope, APART)
    if REFUSED <= answer.status < FORBIDDEN:
        # Some servers take the header for one word and refuse what stands beside it.
        answer = _asked(server, scope, ASYNC)
    where = answer.header("Content-Location")
    if answer.status == ACCEPTED and where:
        return urljoin(answer.url, where)
    told = f"{scope.told}: the server answered {told_status(answer)}"
    if answer.is_good:
        lacks = "without the address of a job" if answer.status == ACCEPTED else "at once"
        raise ServerError(f"{told} {lacks}, wanted 202 and Content-Location. Fetch with --by search instead")
    raise ExportRefusedError(
        f"{told}, wanted an export. If it names a parameter, leave that out (_since is --since); "
        "if it does not export at this level, fetch another one or with --by search"
    )


def _asked(server: Server, scope: ExportScope, prefer: str) -> Answer:
    return server.ask(_ask(scope, prefer))


def _ask(scope: ExportScope, prefer: str) -> Ask:
    return Ask(method="GET", url=scope.address, headers={"Prefer": prefer}, wants_json=False)
