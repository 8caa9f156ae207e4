"""The pages of a search, one after the other to the end. What a server does not carry out is told, and the others go on."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from fhir_trd.errors import ServerError, TrdError
from fhir_trd.fhir.exchange.paging import Page, page_in, page_of_one
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.server.circle import Circle
from fhir_trd.transport.asking import Answer, Ask, plain_address
from fhir_trd.transport.patience import WaitTooLongError
from fhir_trd.transport.server import Server, told_status

OVERLAP = timedelta(minutes=1)
"""So much before its start a round is said to have seen the server: what was written just then may not have been found yet."""

ABSENT = frozenset({404, 410})
ROUND = "its pages lead round in a circle"
MOST_FAILURES = 10
"""How many requests may fail at a server that is up, before that is taken for an outage."""


class Refused(Exception):
    """The server does not carry out this one request; others may work. ``passing``: another time it may.

    ``status``: of its answer, where that is why.
    """

    def __init__(self, why: str, *, passing: bool = False, status: int = 0) -> None:
        super().__init__(why)
        self.why, self.passing, self.status = why, passing, status


class Absent(Refused):
    """There is nothing at this address, or no longer."""


class Pages:
    """A server as it is read from: every request is noted in the folder. It may be used from several threads.

    ``homes``: the addresses of the server.
    """

    def __init__(self, server: Server, folder: Folder, homes: Collection[str] = ()) -> None:
        self.homes = homes or (server.address,)
        self._server, self._folder = server, folder
        self._failures, self._is_up, self._last = 0, False, ""

    @property
    def outage(self) -> str:
        """The last failure, as long as no request has brought anything; else empty."""
        return "" if self._is_up else self._last

    def of(self, url: str, *, private: str = "") -> Iterator[Page]:
        """The pages that an address leads to. ``private``: what no message may show, such as the id of a patient in a path."""
        circle, told = Circle(), url
        while url:
            if circle.is_closed_by_address(url):
                raise Refused(ROUND)
            answer = self._good(url, told, private)
            page = page_in(answer.body)
            if page is None:
                raise Refused("it answered with something that is no Bundle")
            if circle.is_closed_by(page):
                raise Refused(ROUND)
            yield page
            url = urljoin(answer.url, page.next) if page.next else ""
            told = plain_address(url)

    def one(self, url: str, *, private: str = "") -> Iterator[Page]:
        """A single resource, as the only page."""
        page = page_of_one(self._good(url, url, private).body)
        if page is None:
            raise Refused("it answered with something that is no resource")
        yield page

    def body(self, url: str) -> bytes:
        """What stands at an address, as it is."""
        return self._good(url, url, "").body

    def _good(self, url: str, told: str, private: str) -> Answer:
        answer = self._asked(url, private)
        self._folder.log("asked", request=told, status=answer.status, bytes=len(answer.body))
        if not answer.is_good:
            refused = Absent if answer.status in ABSENT else Refused
            raise refused(f"it answered {told_status(answer)}", status=answer.status)
        self._is_up = True
        return answer

    def _asked(self, url: str, private: str) -> Answer:
        try:
            return self._server.ask(Ask(method="GET", url=url))
        except WaitTooLongError as error:
            raise _without(private, error) from None
        except ServerError as error:
            if self._is_down():
                raise _without(private, error) from None
            why = str(_without(private, error))
            self._last = why
            raise Refused(why, passing=True) from None
        except TrdError as error:
            raise _without(private, error) from None

    def _is_down(self) -> bool:
        """Whether nothing else would work either. One request that always fails must not keep all others from being made."""
        self._failures += 1
        if self._failures > MOST_FAILURES:
            return True
        try:
            return not self._server.ask(Ask(method="GET", url="metadata")).is_good
        except ServerError:
            return True


def _without(private: str, error: TrdError) -> TrdError:
    """The error without what is private in it."""
    return type(error)(str(error).replace(f"/{private}", "/…") if private else str(error))


def seen_as_of(answer: Answer, now: Callable[[], datetime]) -> str:
    """The instant as of which a server was seen, by its own clock, and a little before."""
    try:
        date = parsedate_to_datetime(answer.header("Date"))
    except (ValueError, TypeError):
        date = now()
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return (date.astimezone(UTC) - OVERLAP).isoformat(timespec="seconds").replace("+00:00", "Z")
