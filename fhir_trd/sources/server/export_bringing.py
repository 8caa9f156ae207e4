"""All files of an export, brought side by side: each once, by a fresh link where one has ended, and noted when it is here."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from threading import Lock
from typing import assert_never

import msgspec

from fhir_trd.errors import ServerError
from fhir_trd.fhir.exchange.manifest import Manifest
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.folder_journal import Facts
from fhir_trd.sources.server.export_files import Got, NotTheFileError, deletions_of, outcomes_of, output_of
from fhir_trd.sources.server.export_job import Job
from fhir_trd.sources.server.export_plan import Links, Planned, Role, links_in, plan_of
from fhir_trd.transport.server import Server

PLAN = "export plan"
"""How the journal calls the plan of a job's files."""

MOST_FAILURES = 5
"""How many files may fail at a server that is up, before that is taken for an outage."""


def noted(folder: Folder, event: str, number: int) -> Facts | None:
    """What was noted in this round, by this run or an earlier one, of the job of that number."""
    note = folder.last(event) or {}
    return note if note.get("number") == number else None


def brought_so_far(folder: Folder, number: int) -> list[Got]:
    """What those files of a job brought that are here."""
    notes = [noted(folder, _note(file), number) for file in _planned_before(folder, number)]
    return [msgspec.convert(note["got"], Got) for note in notes if note]


def take_away_files(folder: Folder, number: int) -> None:
    """Take the files of a job out of the folder: another job's will take their place."""
    _take_away(folder, _planned_before(folder, number))


class Bringing:
    """The files of one job, on their way into the folder, ``without`` what is about these patients.

    ``number``: which job of the round it is.
    """

    def __init__(
        self, server: Server, folder: Folder, job: Job, number: int, advance: Callable[[int], object], without: frozenset[str]
    ) -> None:
        self._server, self._folder, self._job, self._number = server, folder, job, number
        self._advance, self._without = advance, without
        self._lock = Lock()
        self._plan: tuple[Planned, ...] = ()
        self._links = Links({})

    def all_of(self, manifest: Manifest, workers: int) -> list[Got | str]:
        """What each file brought, or why there is none, in the order of the plan. One that fails holds up no other."""
        self._agree_on(manifest)
        down: list[ServerError] = []
        with ThreadPoolExecutor(workers) as pool:
            going = [pool.submit(self._one, file) for file in self._plan]
            try:
                for done in as_completed(going):
                    down.extend(_outage_in(done))
                    if len(down) > MOST_FAILURES:
                        raise down[0]
            finally:
                pool.shutdown(cancel_futures=True)  # In an outage nothing more is begun.
        if down:
            raise down[0]
        return [done.result() for done in going]

    def _agree_on(self, manifest: Manifest) -> None:
        """Go by the plan of an earlier run, if the manifest is still about the same files; else make a new one."""
        self._plan = _planned_before(self._folder, self._number)
        links = links_in(manifest, self._plan) if self._plan else None
        if links is None:
            _take_away(self._folder, self._plan)
            self._plan = plan_of(manifest)
            self._folder.log(PLAN, durable=True, number=self._number, files=self._plan)
            links = links_in(manifest, self._plan)
        assert links is not None, "a manifest lists what was planned from it"
        self._links = links

    def _one(self, file: Planned) -> Got | str:
        had = self._had_before(file)
        if had is not None:
            return had
        got = self._brought(file)
        if isinstance(got, Got):
            self._folder.log(_note(file), durable=True, number=self._number, got=got)
        return got

    def _had_before(self, file: Planned) -> Got | None:
        """What a file brought in an earlier run, if that was cut off only later."""
        note = noted(self._folder, _note(file), self._number)
        if note is None:
            return None
        with self._lock:  # Two threads that are the first to read a type at the same time end the whole process.
            got = msgspec.convert(note["got"], Got)
        is_here = file.role is not Role.OUTPUT or not got.resources or self._folder.place(file.name).exists()
        self._advance(sum(got.resources.values()) if is_here else 0)
        return got if is_here else None

    def _brought(self, file: Planned) -> Got | str:
        """A file by its link; where that has ended, once more by a fresh one."""
        links = self._links
        try:
            return self._by(links, file)
        except NotTheFileError as first:
            fresh = self._links_after(links)
            if fresh is None:
                return f"{file.name}: {first}, and the server lists it no more; wanted the file"
        try:
            return self._by(fresh, file)
        except NotTheFileError as again:
            return f"{file.name}: {again}, by a fresh link too; wanted the file"

    def _by(self, links: Links, file: Planned) -> Got:
        match file.role:
            case Role.OUTPUT:
                return output_of(self._server, self._folder, file, links.of(file), self._advance, self._without)
            case Role.DELETED:
                return deletions_of(self._server, self._folder, file, links.of(file))
            case Role.OUTCOME:
                return outcomes_of(self._server, self._folder, links.of(file))
            case never:
                assert_never(never)

    def _links_after(self, used: Links) -> Links | None:
        """Links that are fresher than those which were used; when many end at once, the server is asked once."""
        with self._lock:
            if self._links.edition == used.edition:
                manifest = self._job.links()
                fresh = links_in(manifest, self._plan, used.edition + 1) if manifest else None
                if fresh is None:
                    return None
                self._links = fresh
            return self._links


def _planned_before(folder: Folder, number: int) -> tuple[Planned, ...]:
    note = noted(folder, PLAN, number)
    return msgspec.convert(note["files"], tuple[Planned, ...]) if note else ()


def _take_away(folder: Folder, plan: Sequence[Planned]) -> None:
    for file in plan:
        folder.place(file.name).unlink(missing_ok=True)


def _outage_in(done: Future[Got | str]) -> Iterator[ServerError]:
    try:
        done.result()
    except ServerError as error:
        yield error


def _note(file: Planned) -> str:
    return f"export {file.role} {file.name}"
