"""Records fetched patient by patient, in parts of some patients each; memory holds one part's ids, and the disk the rest."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from typing import BinaryIO
from urllib.parse import quote

from msgspec import Struct

from fhir_trd.errors import ServerError
from fhir_trd.fhir.exchange.lines import PATIENT, PRODUCT, Name, line_of
from fhir_trd.fhir.exchange.paging import Page
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.folder_files import lines_in
from fhir_trd.sources.server.gone import unless_gone
from fhir_trd.sources.server.harvest import Harvest, Tally, harvest, in_order
from fhir_trd.sources.server.pages import Pages
from fhir_trd.sources.server.plan import BESIDE, PAGE_SIZE, Kind, Plan, Way
from fhir_trd.sources.server.products import Products, everything_in
from fhir_trd.sources.server.seen import Seen
from fhir_trd.sources.server.selection import LIST, in_chunks, list_patients, listed_before, patients_in
from fhir_trd.sources.server.sought import Sought
from fhir_trd.transport.server import Server

PART = 50
"""So many patients make a part, the least that is noted as done."""

AHEAD = 2
"""So many requests for each worker are on their way, or wait for their turn to be written."""

GONE = 10_000
"""How many patients who are no longer wanted are taken out of the files at once."""

AGAIN = "product that another patient's answer brought already"
BOTH = "found by a search, and by $everything already"

Advance = Callable[[int], object]
"""Who hears how many resources more there are."""


class Job(Struct, frozen=True):
    """One type of resource of one patient; ``since`` empty stands for all of them."""

    kind: Kind
    patient: str
    since: str


def crawl(plan: Plan, server: Server, folder: Folder, advance: Advance) -> None:
    """Fetch the records of all who are wanted."""
    list_patients(plan.wanted.selection, Pages(server, folder, plan.homes), folder, page_size=PAGE_SIZE)
    pages, ahead = Pages(server, folder, plan.homes), AHEAD * plan.wanted.workers
    with (
        ThreadPoolExecutor(plan.wanted.workers) as pool,
        Products(server.address, pages, folder, pool, way=plan.way, ahead=ahead) as products,
        Seen(patients_in(listed_before(folder))) as known,
    ):
        part = _Part(plan, folder, pages, pool, products, known)
        for number, patients in enumerate(in_chunks(patients_in(folder.place(LIST)), PART), 1):
            part.fetch(f"{number:06}", patients, advance)
    _expect_an_answer(pages, folder)
    _forget_the_deleted(folder)
    if folder.since and folder.round > 1:
        _forget_the_gone(folder)


def _expect_an_answer(pages: Pages, folder: Folder) -> None:
    """Where requests failed and none brought anything, that is an outage, and the next run must ask for all of it again."""
    if pages.outage and not folder.totals("written").total():
        folder.begin_anew()
        raise ServerError(f"none of the requests for records brought anything; the last one: {pages.outage}")


def follow(plan: Plan, server: Server, folder: Folder, advance: Advance) -> None:
    """Fetch the products that the records in the folder name, however these came."""
    pages, ahead = Pages(server, folder), AHEAD * plan.wanted.workers
    with (
        ThreadPoolExecutor(plan.wanted.workers) as pool,
        Products(server.address, pages, folder, pool, way=plan.way, ahead=ahead) as products,
    ):
        for part in products.parts():
            products.fetch(part)


class _Part:
    """What fetches the records of some patients."""

    def __init__(
        self, plan: Plan, folder: Folder, pages: Pages, pool: ThreadPoolExecutor, products: Products, known: Seen
    ) -> None:
        self._plan, self._folder, self._pages, self._pool = plan, folder, pages, pool
        self._products, self._known = products, known
        self._names = frozenset((*plan.types, PRODUCT))
        self._is_named = plan.wanted.selection.is_named

    def fetch(self, part: str, patients: tuple[str, ...], advance: Advance) -> None:
        """Fetch those of a part, type by type or patient by patient, and the products that they name."""
        if self._plan.way is Way.EVERYTHING:
            self._everything(part, patients, advance)
        kinds = [kind for kind in self._plan.kinds if self._plan.way is Way.SEARCH or kind.name in BESIDE]
        # First who is there at all: of others nothing is asked, and what a server may have left of them is not judged.
        self._search([kind for kind in kinds if kind.name == PATIENT], part, patients, advance)
        there = tuple(patient for patient in patients if patient not in self._folder.totals("gone"))
        self._search([kind for kind in kinds if kind.name != PATIENT], part, there, advance)
        self._products.fetch(part)

    def _search(self, kinds: Iterable[Kind], part: str, patients: tuple[str, ...], advance: Advance) -> None:
        beside = self._plan.way is Way.EVERYTHING
        # What $everything brought lies in a file of the plain name, which a search besides must not replace.
        units = {kind: f"{kind.name}.{'searched.' if beside else ''}{part}" for kind in kinds}
        left = [kind for kind, unit in units.items() if not self._folder.is_done(unit)]
        jobs = [Job(kind, patient, self._since(patient)) for kind in left for patient in patients]
        brought = in_order(self._found, jobs, self._pool, ahead=AHEAD * self._plan.wanted.workers)
        for kind in left:
            here = self._brought_in(f"{kind.name}.{part}") if beside else frozenset[Name]()
            self._write(units[kind], islice(brought, len(patients)), here, advance)

    def _brought_in(self, unit: str) -> frozenset[Name]:
        """The names of what lies in a file of this round."""
        path = self._folder.place(f"{unit}.ndjson")
        return frozenset(line.name for _, line in lines_in(path) if line) if path.exists() else frozenset()

    def _write(self, unit: str, brought: Iterator[Harvest], here: frozenset[Name], advance: Advance) -> None:
        whole = Tally()
        with self._folder.file(f"{unit}.ndjson") as stream:
            for one in brought:
                whole.add(one)
                stream.writelines(_not_in(here, one, whole) if here else one.each())
                advance(one.written.total())
        self._folder.done(unit, **whole.facts)

    def _since(self, patient: str) -> str:
        """From when on a patient's resources are wanted: whoever is new in this round is wanted whole."""
        return self._folder.since if self._folder.round == 1 or patient in self._known else ""

    def _found(self, job: Job) -> Harvest:
        name, whose = job.kind.name, job.patient
        sought = Sought(kinds=(name,), patient=whose, homes=self._plan.homes)
        if name == PATIENT:
            return harvest(lambda: self._unless_gone(self._pages.one(f"{PATIENT}/{whose}", private=whose), whose), name, sought)
        search = job.kind.search(whose, job.since)
        return harvest(lambda: self._pages.of(search, private=whose), name, sought)

    def _unless_gone(self, found: Iterator[Page], patient: str) -> Iterator[Page]:
        return unless_gone(found, self._pages, patient, named=self._is_named)

    def _everything(self, part: str, patients: tuple[str, ...], advance: Advance) -> None:
        unit = everything_in(part)
        if self._folder.is_done(unit):
            return
        jobs = [(patient, self._since(patient)) for patient in patients]
        whole, products = Tally(), set[str]()
        with ExitStack() as files:
            streams = {name: files.enter_context(self._folder.file(f"{name}.{part}.ndjson")) for name in sorted(self._names)}
            for one in in_order(self._all_of, jobs, self._pool, ahead=AHEAD * self._plan.wanted.workers):
                whole.add(one)
                self._sort(one, streams, whole, products)
                advance(one.written.total())
        self._products.seen.add(products)
        self._folder.done(unit, **whole.facts)

    def _sort(self, one: Harvest, streams: Mapping[str, BinaryIO], whole: Tally, products: set[str]) -> None:
        """Write each line to the file of its type. Each patient's answer brings its products along: one of a kind is enough."""
        for body in one.each():
            line = line_of(body)
            assert line is not None, "it was a resource when it came"
            if line.name.kind == PRODUCT and line.name.id in products:
                whole.put_aside(PRODUCT, AGAIN)
            else:
                streams[line.name.kind].write(body)
            if line.name.kind == PRODUCT:
                products.add(line.name.id)

    def _all_of(self, job: tuple[str, str]) -> Harvest:
        patient, since = job
        late = f"&_since={quote(since, safe=':')}" if since else ""
        whole = f"{PATIENT}/{patient}/$everything?_count={PAGE_SIZE}{late}"
        narrow = f"{whole}&_type={','.join(sorted(self._names))}"
        # Other members of a family or group may come along; alone they are no answer, unless nothing of the patient's changed.
        must_come = PATIENT in self._names and not since
        sought = Sought(kinds=self._names, patient=patient, homes=self._plan.homes, must_come=must_come)
        brought = harvest(lambda: self._unless_gone(self._pages.of(narrow, private=patient), patient), "$everything", sought)
        if brought.left_out and not brought.got and not brought.gone:
            # Not every server lets the types be named; it then sends all, and the others are set aside.
            brought.close()
            brought = harvest(lambda: self._unless_gone(self._pages.of(whole, private=patient), patient), "$everything", sought)
        return brought


def _not_in(here: frozenset[Name], one: Harvest, whole: Tally) -> Iterator[bytes]:
    """The lines of what is not here yet; the others are counted as set aside."""
    for body in one.each():
        line = line_of(body)
        if line is not None and line.name in here:
            whole.put_aside(line.name.kind, BOTH)
        else:
            yield body


def _forget_the_deleted(folder: Folder) -> None:
    """Take those out of the folder who are no longer on the server. Off the list, too: whoever comes back is fetched whole."""
    deleted = folder.totals("gone")
    if deleted:
        folder.drop(lambda line: line.patient in deleted, rounds=lambda number: number < folder.round)
        with folder.file(LIST) as stream:
            stream.writelines(f"{each}\n".encode() for each in patients_in(folder.place(LIST)) if each not in deleted)


def _forget_the_gone(folder: Folder) -> None:
    """Take those out of the files who were wanted in the round before and are not any more."""
    with Seen(patients_in(folder.place(LIST))) as wanted:
        gone = (patient for patient in patients_in(listed_before(folder)) if patient not in wanted)
        for some in in_chunks(gone, GONE):
            left = frozenset(some)
            folder.drop(lambda line, left=left: line.patient in left)  # type: ignore[misc]
