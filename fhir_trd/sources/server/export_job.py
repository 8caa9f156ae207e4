"""An export job on a server: followed until it is done, asked for fresh links, and taken away at the end."""

from collections.abc import Callable, Iterator
from urllib.parse import urljoin

from msgspec import structs

from fhir_trd.errors import NotAuthorised, ServerError
from fhir_trd.fhir.exchange.manifest import Listed, Manifest, manifest_in
from fhir_trd.sources.server.export_status import SEPARATE, AtWork, Failed, Forgotten, Ready, Standing, Unsaid, standing_in
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.server import REMEDY, Server, told_status

FIRST_WAIT, LONGEST_WAIT, LONGEST_ASKED = 1.0, 60.0, 300.0
"""Seconds between questions: the first, the longest of our own, and the longest that a server may ask for."""

TRIES = 10
"""How often in a row a question about the job may bring no answer."""

HOUR = 3_600.0
DAY = 24 * HOUR
"""How many seconds a job is waited for, unless told otherwise: large hospitals take hours."""


class JobGoneError(Exception):
    """The server no longer knows the job; a new one is to be begun."""


class JobFailedError(ServerError):
    """The job came to nothing; asking for it again is of no use."""


class Job:
    """A job, by its address. ``patience``: for how many seconds it is waited for; ``say`` and ``alive`` hear how it goes."""

    def __init__(
        self, server: Server, url: str, *, patience: float, say: Callable[[str], object], alive: Callable[[], object]
    ) -> None:
        self.url = url
        self._server, self._patience = server, patience
        self._say, self._alive = say, alive
        self._told, self._apart = "", False

    def manifest(self) -> Manifest:
        """The manifest, when the job is done."""
        began, waits, unsaid = self._server.now(), 0, 0
        while True:
            standing = self._standing()
            if isinstance(standing, Ready):
                return self._whole(standing)
            unsaid = unsaid + 1 if isinstance(standing, Unsaid) else 0
            if isinstance(standing, Unsaid) and unsaid >= TRIES:
                raise ServerError(f"the export: {standing.told} ({unsaid} times in a row). {REMEDY}")
            waits += 1
            wait = self._wait(standing, waits)
            if (self._server.now() - began).total_seconds() + wait > self._patience:
                raise ServerError(
                    f"the export is still at work after {self._patience / HOUR:.3g} hours, wanted it done; run the same command "
                    "again to go on waiting for it (longer with --wait)"
                )
            self._server.pause(wait)

    def links(self) -> Manifest | None:
        """The manifest of a job that was done before, asked for anew because links may have ended; None if there is none now."""
        try:
            standing = self._standing()
            return self._whole(standing) if isinstance(standing, Ready) else None
        except (ServerError, JobGoneError, NotAuthorised):  # Some let nobody in any more to a job that has ended.
            return None

    def end(self) -> bool:
        """Tell the server that all is here, so that it can take the files away; whether it would hear of it."""
        try:
            return self._server.ask(Ask(method="DELETE", url=self.url, judged=True)).is_good
        except (ServerError, NotAuthorised):
            return False

    def _standing(self) -> AtWork | Ready | Unsaid:
        ask = Ask(method="GET", url=self.url, headers={"Accept": "application/json"}, judged=True)
        answer = self._server.ask(ask)
        # A server that tells the two statuses apart once does so always.
        self._apart = self._apart or bool(answer.header(SEPARATE))
        standing: Standing = standing_in(answer, self._server.now(), apart=self._apart)
        match standing:
            case Forgotten():
                raise JobGoneError(standing.told)
            case Failed():
                raise JobFailedError(f"the export failed: {standing.told}. Wanted its files; the next run begins it anew")
            case _:
                return standing

    def _wait(self, standing: AtWork | Unsaid, waits: int) -> float:
        """How long to wait: as the server asks, within reason, else longer each time."""
        self._alive()
        if isinstance(standing, AtWork) and standing.told not in ("", self._told):
            self._told = standing.told
            self._say(f"export: {standing.told}")
        asked = standing.wait
        if asked is not None and asked > LONGEST_ASKED:
            self._say(f"export: the server asks to wait {asked:.0f} seconds; it is asked again after {LONGEST_ASKED:.0f}")
        if asked is not None and asked >= FIRST_WAIT:
            return min(asked, LONGEST_ASKED)
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (min(waits, TRIES) - 1))

    def _whole(self, ready: Ready) -> Manifest:
        """All pages of the manifest as one, with whole addresses."""
        pages = list(self._pages(ready))
        return Manifest(
            instant=pages[0].instant,
            output=_once(file for page in pages for file in page.output),
            deleted=_once(file for page in pages for file in page.deleted),
            outcomes=_once(file for page in pages for file in page.outcomes),
        )

    def _pages(self, ready: Ready) -> Iterator[Manifest]:
        page, url, seen = ready.manifest, ready.url, {self.url, ready.url}
        yield _absolute(page, url)
        while page.following:
            ask = Ask(method="GET", url=urljoin(url, page.following), headers={"Accept": "application/json"})
            if ask.url in seen:
                raise ServerError(f"{ask.told}: found a page of the manifest for the second time, wanted the next. {REMEDY}")
            seen.add(ask.url)
            answer = self._server.ask(ask)
            found = manifest_in(answer.body) if answer.is_good else None
            if found is None:
                told = f"{ask.told}: the server answered {told_status(answer)}"
                raise ServerError(f"{told}, wanted a page of the manifest. {REMEDY}")
            page, url = found, answer.url
            yield _absolute(page, url)


def _absolute(page: Manifest, url: str) -> Manifest:
    def whole(files: tuple[Listed, ...]) -> tuple[Listed, ...]:
        return tuple(structs.replace(file, url=urljoin(url, file.url)) for file in files)

    return structs.replace(page, output=whole(page.output), deleted=whole(page.deleted), outcomes=whole(page.outcomes))


def _once(files: Iterator[Listed]) -> tuple[Listed, ...]:
    """Each file once, however often it is listed."""
    return tuple({file.url: file for file in files}.values())
