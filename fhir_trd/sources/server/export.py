"""Bulk Data export: a job is begun on the server, followed, and its files are brought into the folder, each once.

The job's address, the plan of its files and each file that is here stand in the folder's journal: a run that was cut off
goes on with the same job. The server hears that all is here only when it is.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from fhir_trd.errors import ServerError
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.server.export_bringing import Bringing, brought_so_far, noted, take_away_files
from fhir_trd.sources.server.export_files import Got
from fhir_trd.sources.server.export_job import DAY, Job, JobFailedError, JobGoneError
from fhir_trd.sources.server.export_kickoff import ExportScope, begun
from fhir_trd.transport.server import CONNECTIONS, Server

JOB, HERE, ENDED = "export", "export here", "export ended"
"""How the journal calls a job, that all of its files are here, and that the server heard so."""


def _nothing(*_: object) -> None:
    """Nobody listens."""


class Watch(Struct, frozen=True):
    """Who hears how it goes: ``say`` sentences, ``advance`` how many resources more there are (0 is a sign of life)."""

    say: Callable[[str], object] = _nothing
    advance: Callable[[int], object] = _nothing


NOBODY = Watch()


class Exported(Struct, frozen=True, kw_only=True):
    """What an export brought. ``faults``: what is missing or not as it should be, a sentence each; then the run ends with 3.

    ``missing``: how many files did not come, or not whole. What was in them would be missing from a next round, too.
    """

    instant: str = ""
    files: int = 0
    resources: Mapping[str, int] = {}
    aside: Mapping[str, int] = {}
    removed: int = 0
    warnings: int = 0
    missing: int = 0
    faults: tuple[str, ...] = ()


NOTHING = Exported()


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
            return _Export(server, folder, number, url, scope.without, patience, watch).run(workers)
        except JobGoneError:
            watch.say("export: the server no longer knows the job that was begun before; it is begun anew")
            _forget(folder, number)
    number, url = number + 1, begun(server, scope)
    folder.log(JOB, durable=True, number=number, status=url, request=scope.told)
    try:
        return _Export(server, folder, number, url, scope.without, patience, watch).run(workers)
    except JobGoneError as gone:
        _forget(folder, number)
        raise ServerError(f"the export: {gone} to a question about the job it had begun. The next run begins it anew") from gone


def _begun_before(folder: Folder) -> tuple[int, str]:
    """The job that was begun last in this round, and its address; none where it came to nothing."""
    note = folder.last(JOB) or {}
    return note.get("number", 0), note.get("status", "")


def exported_so_far(folder: Folder) -> Exported:
    """What the export of this round brought, in an outage too."""
    number, url = _begun_before(folder)
    note = noted(folder, HERE, number)
    if note:
        return msgspec.convert(note["exported"], Exported)
    return _sum("", brought_so_far(folder, number)) if url else NOTHING


def _forget(folder: Folder, number: int) -> None:
    """Give a job up: its files leave the folder, because those of the next one take their place."""
    take_away_files(folder, number)
    folder.log(JOB, durable=True, number=number, status="")


class _Export:
    """One job from its question to its end."""

    def __init__(
        self, server: Server, folder: Folder, number: int, url: str, without: frozenset[str], patience: float, watch: Watch
    ) -> None:
        self._server, self._folder, self._number, self._watch = server, folder, number, watch
        self._without = without
        self._job = Job(server, url, patience=patience, say=watch.say, alive=lambda: watch.advance(0))

    def run(self, workers: int) -> Exported:
        """Wait for the job, bring its files, and tell the server that they are here."""
        exported = self._here_before()
        if exported is None:
            exported = self._exported(workers)
            self._folder.log(HERE, durable=True, number=self._number, exported=exported)
        # Not before everything is here, and not when a run is cut off: the next one goes on with this job.
        if noted(self._folder, ENDED, self._number) is None:
            self._folder.log(ENDED, number=self._number, taken=self._job.end())
        return exported

    def _here_before(self) -> Exported | None:
        note = noted(self._folder, HERE, self._number)
        return msgspec.convert(note["exported"], Exported) if note else None

    def _exported(self, workers: int) -> Exported:
        try:
            manifest = self._job.manifest()
        except JobFailedError:
            _forget(self._folder, self._number)
            self._job.end()
            raise
        self._folder.mark(manifest.instant)
        odd = sum(1 for file in manifest.output if file.is_odd)
        if odd:
            self._watch.say(f"export: {odd} files are listed with a type that cannot be one; they are kept as files of any type")
        if not (manifest.output or manifest.deleted):
            self._watch.say("export: done, and there is nothing in it")
        bringing = Bringing(self._server, self._folder, self._job, self._number, self._watch.advance, self._without)
        return _sum(manifest.instant, bringing.all_of(manifest, workers))


def _sum(instant: str, files: Sequence[Got | str]) -> Exported:
    had = [got for got in files if isinstance(got, Got)]
    resources, aside = Counter[str](), Counter[str]()
    for got in had:
        resources.update(got.resources)
        aside.update(got.aside)
    return Exported(
        instant=instant,
        files=sum(1 for got in had if got.resources),
        resources=dict(sorted(resources.items())),
        aside=dict(sorted(aside.items())),
        removed=sum(got.removed for got in had),
        warnings=sum(got.warnings for got in had),
        missing=len(files) - len(had) + sum(got.short for got in had),
        faults=tuple(fault for got in files for fault in (got.faults if isinstance(got, Got) else (got,))),
    )
