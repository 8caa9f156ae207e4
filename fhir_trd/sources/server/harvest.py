"""What one request brought, page after page: kept out of memory, counted, and taken into the files of the folder in order."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import TypeVar

from fhir_trd.errors import TrdError
from fhir_trd.fhir.exchange.paging import Page
from fhir_trd.sources.server.gone import NAMED, Gone
from fhir_trd.sources.server.pages import Refused
from fhir_trd.sources.server.sought import OTHER, STRANGER, Sought

SMALL = 1 << 16
"""Up to this many bytes an answer stays in memory; a longer one waits in a temporary file until it is its turn."""

HALVES = "half a character (an unpaired surrogate) in a text, replaced"
T = TypeVar("T")


class Tally:
    """What became of every entry that came: got = written + set aside. And what is missing, and what the server remarked.

    ``failed``: how often something did not come of a patient's that may come another time; of nobody's in particular: "".
    ``gone``: the patients who are no longer on the server.
    """

    def __init__(self) -> None:
        self.got = 0
        self.written, self.aside = Counter[str](), Counter[str]()
        self.left_out, self.remarks, self.failed = Counter[str](), Counter[str](), Counter[str]()
        self.gone = Counter[str]()

    def add(self, other: "Tally") -> None:
        """Count what another one counted."""
        self.got += other.got
        self.written.update(other.written)
        self.aside.update(other.aside)
        self.left_out.update(other.left_out)
        self.remarks.update(other.remarks)
        self.failed.update(other.failed)
        self.gone.update(other.gone)

    def put_aside(self, kind: str, why: str) -> None:
        """Count one as set aside that came to be written."""
        self.written[kind] -= 1
        self.aside[why] += 1

    def lack(self, what: str, refused: Refused, patient: str = "") -> None:
        """Count what did not come."""
        if isinstance(refused, Gone):
            self.gone[patient] += 1
            self.left_out.update([NAMED] if refused.named else [])
            return
        self.left_out[f"{what}: {refused.why}"] += 1
        if refused.passing:
            self.failed[patient] += 1

    @property
    def facts(self) -> dict[str, object]:
        """The counts as the journal notes them. That they add up is proved here, before anything is called done."""
        if self.got != self.written.total() + self.aside.total():
            raise TrdError(f"found {self.got} entries but {self.written.total()} written and {self.aside.total()} set aside")
        names = ("got", "written", "aside", "left_out", "remarks", "failed", "gone")
        return {name: value for name in names if (value := getattr(self, name))}


class Harvest(Tally):
    """The lines of one search, to be read once, and their tally."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = SpooledTemporaryFile[bytes](SMALL)

    def take(self, page: Page, sought: Sought) -> None:
        """Keep those of a page that were sought."""
        self.got += len(page.found) + sum(page.aside.values())
        self.aside.update(page.aside)
        self.remarks.update(issue.told for issue in page.issues)
        self.remarks.update({HALVES: page.halves} if page.halves else {})
        for found in page.found:
            why_not = sought.why_not(found.line)
            if why_not:
                self.aside[why_not] += 1
            else:
                self._lines.write(found.body + b"\n")
                self.written[found.line.name.kind] += 1

    @property
    def is_beside_the_point(self) -> bool:
        """Whether there are resources, and none of them is what was sought."""
        return not self.written.total() and bool(self.aside[OTHER] or self.aside[STRANGER])

    def each(self) -> Iterator[bytes]:
        """The lines, from the first; afterwards they are gone."""
        self._lines.seek(0)
        with self._lines:
            yield from self._lines

    def close(self) -> None:
        """Nobody wants the lines."""
        self._lines.close()


def harvest(pages: Callable[[], Iterator[Page]], what: str, sought: Sought) -> Harvest:
    """All that a search brings. One that breaks off after its first page, as its links may expire, is begun anew once."""
    brought, refused = _harvest(pages(), sought)
    if refused and brought.got:
        brought.close()
        brought, refused = _harvest(pages(), sought)
    if not refused and sought.must_come and brought.is_beside_the_point:
        refused = Refused("it answered only with what was not asked for", passing=True)
    if refused:
        brought.lack(what, refused, sought.patient)
    return brought


def _harvest(pages: Iterator[Page], sought: Sought) -> tuple[Harvest, Refused | None]:
    """What came, and why not all of it did; nothing if all of it did."""
    with ExitStack() as on_error:
        brought, total = Harvest(), 0
        on_error.callback(brought.close)
        try:
            for page in pages:
                brought.take(page, sought)
                total = max(total, page.total or 0)
        except Refused as refused:
            lacking: Refused | None = refused
        else:
            lacking = Refused("fewer came than the server says there are", passing=True) if brought.got < total else None
        on_error.pop_all()
    return brought, lacking


def in_order(job: Callable[[T], Harvest], items: Iterable[T], pool: Executor, *, ahead: int) -> Iterator[Harvest]:
    """The results in the order of the items. No more than ``ahead`` of them are worked on, or wait to be taken."""
    waiting: deque[Future[Harvest]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(job, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            if not future.cancel():
                future.add_done_callback(_unwanted)


def _unwanted(future: Future[Harvest]) -> None:
    if not future.exception():
        future.result().close()
