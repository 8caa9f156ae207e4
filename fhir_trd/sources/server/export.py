"""Bulk Data export: a job is begun on the server, followed, and its files are brought into the folder, each once.

The job's address, the plan of its files and each file that is here stand in the folder's journal: a run that was cut off
goes on with the same job. The server hears that all is here only when it is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from threading import Lock
from typing import assert_never

import msgspec
from msgspec import Struct

from fhir_trd.errors import ServerError
from fhir_trd.fhir.exchange.manifest import Manifest
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.server.export_files import Got, NotTheFileError, deletions_of, outcomes_of, output_of
from fhir_trd.sources.server.export_job import DAY, Job, JobFailedError, JobGoneError
from fhir_trd.sources.server.export_kickoff import ExportScope, begun
from fhir_trd.sources.server.export_plan import Links, Planned, Role, links_in, plan_of
from fhir_trd.transport.server import CONNECTIONS, Server

JOB, PLAN = "export", "export plan"
"""How notes of a job and of its plan are called in the journal."""

MOST_FAILURES = 5
"""How many files may fail at a server that is up, before that is taken for an outage."""


def _nothing(*_: object) -> None:
    """Nobody listens."""


class Watch(Struct, frozen=True):
    """Who hears how it goes: ``say`` sentences, ``advance`` how many resources more there are (0 is a sign of life)."""

    say: Callable[[str], object] = _nothing
    advance: Callable[[int], object] = _nothing


NOBODY = Watch()


class Exported(Struct, frozen=True, kw_only=True):
    """What an export brought. ``faults``: what is missing or not as it should be, a sentence each; then the run ends with 3."""

    instant: str = ""
    files: int = 0
    resources: Mapping[str, int] = {}
    removed: int = 0
    warnings: int = 0
    missing: int = 0
    faults: tuple[str, ...] = ()


def export(
    server: Server,
    folder: Folder,
    scope: ExportScope,
    *,
    workers: int = CONNECTIONS,
    patience: float = DAY,
    watch: Watch = NOBODY,
) -> Exported:
    """Everything in scope into the folder, by the job that an earlier run began, if the server still knows it."""
    number, url = _begun_before(folder)
    if url:
        watch.say("export: going on with the job that was begun before")
        try:
            return _Export(server, folder, number, url, patience, watch).run(workers)
        except JobGoneError:
            watch.say("export: the server no longer knows the job that was begun before; it is begun anew")
            _forget(folder, number)
    url = begun(server, scope)
    folder.log(JOB, durable=True, number=number + 1, status=url, request=scope.told)
    try:
        return _Export(server, folder, number + 1, url, patience, watch).run(workers)
    except JobGoneError as gone:
        _forget(folder, number + 1)
        raise ServerError(f"the export: {gone} to a question about the job it had begun. The next run begins it anew") from gone


def _begun_before(folder: Folder) -> tuple[int, str]:
    """The job that an earlier run of this round began last, and its address; none where it came to nothing."""
    note = folder.last(JOB) or {}
    return note.get("number", 0), note.get("status", "")


def _forget(folder: Folder, number: int) -> None:
    """Give a job up: its files leave the folder, because those of the next one take their place."""
    _take_away(folder, _planned_before(folder, number))
    folder.log(JOB, durable=True, number=number, status="")


def _take_away(folder: Folder, plan: Sequence[Planned]) -> None:
    for file in plan:
        folder.place(file.name).unlink(missing_ok=True)


def _planned_before(folder: Folder, number: int) -> tuple[Planned, ...]:
    note = folder.last(PLAN) or {}
    return msgspec.convert(note["files"], tuple[Planned, ...]) if note.get("number") == number else ()


class _Export:
    """One job from its question to its end."""

    def __init__(self, server: Server, folder: Folder, number: int, url: str, patience: float, watch: Watch) -> None:
        self._server, self._folder, self._number, self._watch = server, folder, number, watch
        self._job = Job(server, url, patience=patience, say=watch.say, alive=lambda: watch.advance(0))
        self._lock = Lock()
        self._plan: tuple[Planned, ...] = ()
        self._links = Links({})

    def run(self, workers: int) -> Exported:
        """Wait for the job, bring its files, and tell the server that they are here."""
        try:
            manifest = self._job.manifest()
        except JobFailedError:
            _forget(self._folder, self._number)
            self._job.end()
            raise
        self._folder.mark(manifest.instant)
        self._agree_on(manifest)
        got = self._all(workers)
        # Not before everything is here, and not when a run is cut off: the next one goes on with this job.
        self._folder.log("export ended", number=self._number, taken=self._job.end())
        return _sum(manifest.instant, got)

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

    def _all(self, workers: int) -> list[Got | str]:
        """What each file brought, or why there is none, in the order of the plan. One that fails holds up no other."""
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
        note = self._folder.last(_note(file)) or {}
        if note.get("number") != self._number:
            return None
        got = msgspec.convert(note["got"], Got)
        is_here = file.role is not Role.OUTPUT or not got.resources or self._folder.place(file.name).exists()
        self._watch.advance(sum(got.resources.values()) if is_here else 0)
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
                return output_of(self._server, self._folder, file, links.of(file), self._watch.advance)
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


def _outage_in(done: Future[Got | str]) -> Iterator[ServerError]:
    try:
        done.result()
    except ServerError as error:
        yield error


def _note(file: Planned) -> str:
    return f"export {file.role} {file.name}"


def _sum(instant: str, files: Sequence[Got | str]) -> Exported:
    had = [got for got in files if isinstance(got, Got)]
    resources = Counter[str]()
    for got in had:
        resources.update(got.resources)
    return Exported(
        instant=instant,
        files=sum(1 for got in had if got.resources),
        resources=dict(sorted(resources.items())),
        removed=sum(got.removed for got in had),
        warnings=sum(got.warnings for got in had),
        missing=len(files) - len(had),
        faults=tuple(fault for got in files for fault in (got.faults if isinstance(got, Got) else (got,))),
    )
