"""The files of an export: downloaded, unpacked, looked through line by line, and counted."""

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO

from msgspec import Struct

from fhir_trd.errors import NotAuthorised, UsageError
from fhir_trd.fhir.exchange.lines import Name, line_of
from fhir_trd.fhir.exchange.manifest import TYPE, Listed, deletions_in
from fhir_trd.fhir.exchange.outcome import OutcomeIssue, issues_in, told_issues
from fhir_trd.sources.folder import MOST, Folder
from fhir_trd.sources.forms import GZIP, MARK
from fhir_trd.sources.server.export_kickoff import NDJSON
from fhir_trd.sources.server.export_plan import Planned
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.server import Server, told_status

OUTCOME = "OperationOutcome"
UNWANTED = "resource of a member who left the group"
STEP = 1000
"""After how many lines it is said how far a file has come."""


class NotTheFileError(Exception):
    """What came under a link is not the file that was listed; a fresh link may lead to it."""


class Got(Struct, frozen=True, kw_only=True):
    """What a file brought: resources by type, what was set aside, how many it took away, and what is not as it should be.

    ``short``: it has not as many lines as the server counts, so some may be missing.
    """

    resources: dict[str, int] = {}
    aside: dict[str, int] = {}
    removed: int = 0
    warnings: int = 0
    short: bool = False
    faults: tuple[str, ...] = ()


def output_of(
    server: Server,
    folder: Folder,
    file: Planned,
    listed: Listed,
    advance: Callable[[int], object],
    without: frozenset[str] = frozenset(),
) -> Got:
    """Put a file of resources into the folder, a resource a line, and look whether it is what was listed.

    What is about the patients ``without`` is set aside.
    """
    with folder.file(file.name) as into, _scratch(folder) as raw:
        _download(server, listed, raw)
        kinds, unwanted, count = Counter[str](), Counter[str](), 0
        for count, line in enumerate(_lines(raw), 1):
            found = line_of(line)
            kind = found.name.kind if found else ""
            kinds[kind] += 1
            if found and found.patient in without:
                unwanted[kind] += 1
            else:
                into.write(line + b"\n")
            if count % STEP == 0:
                advance(STEP)
        _expect_resources(kinds, file)
    advance(count % STEP)
    known = {kind: number for kind, number in sorted((kinds - unwanted).items()) if kind}
    aside = {UNWANTED: unwanted.total()} if unwanted else {}
    return Got(resources=known, aside=aside, short=_is_short(file, count), faults=tuple(_faults(file, kinds, count)))


def deletions_of(server: Server, folder: Folder, file: Planned, listed: Listed) -> Got:
    """Take out of the folder what was deleted on the server; what this very export brought is newer and stays."""
    removed = strange = count = 0
    with _scratch(folder) as raw:
        _download(server, listed, raw)
        for names in map(deletions_in, _lines(raw)):
            count, strange = count + 1, strange + (not names)
            removed += sum(_removed(folder, names[start : start + MOST]) for start in range(0, len(names), MOST))
    faults = [f"{file.name}: found {strange} lines that name nothing deleted, wanted Bundles that do"] if strange else []
    return Got(removed=removed, short=bool(strange) or _is_short(file, count), faults=(*faults, *_count_fault(file, count)))


def outcomes_of(server: Server, folder: Folder, listed: Listed) -> Got:
    """What the server has to say of the export: errors are faults, the rest is counted."""
    issues: list[OutcomeIssue] = []
    with _scratch(folder) as raw:
        _download(server, listed, raw)
        for line in _lines(raw):
            issues.extend(issues_in(line) or (OutcomeIssue("error", "unreadable"),))
    errors = tuple(issue for issue in issues if issue.is_error)
    faults = (f"the server could not export everything: {len(errors)} errors ({told_issues(errors)})",) if errors else ()
    return Got(warnings=len(issues) - len(errors), faults=faults)


@contextmanager
def _scratch(folder: Folder) -> Iterator[BinaryIO]:
    """A file without a name: whatever happens, nothing of it is left in the folder."""
    try:
        with TemporaryFile(dir=folder.path) as raw:
            yield raw
    except OSError as error:
        raise UsageError(f"{folder.path}: cannot be written to ({error.strerror}), wanted a folder with room in it") from error


def _removed(folder: Folder, names: Iterable[Name]) -> int:
    gone = frozenset(names)
    return folder.drop(lambda line: line.name in gone, rounds=lambda number: number < folder.round)


def _download(server: Server, listed: Listed, raw: BinaryIO) -> None:
    if not listed.url.lower().startswith(("http://", "https://")):
        # Before anybody asks: one strange link is no outage, and must not end the run.
        raise NotTheFileError("its link does not begin with http:// or https://")
    ask = Ask(method="GET", url=listed.url, headers={"Accept": NDJSON}, wants_json=False, with_pass=listed.with_pass)
    try:
        answer = server.download(ask, raw)
    except NotAuthorised as error:
        # Links that are signed end, and then look like a refusal.
        raise NotTheFileError("the server let nobody in to it") from error
    if not answer.is_good:
        raise NotTheFileError(f"the server answered {told_status(answer)}")
    raw.seek(0)


def _lines(raw: BinaryIO) -> Iterator[bytes]:
    """The lines that hold anything, of a plain or gzipped file: told by how it begins, never by its name."""
    packed = raw.read(len(GZIP)) == GZIP
    raw.seek(0)
    try:
        opened = gzip.GzipFile(fileobj=raw) if packed else raw
        for number, line in enumerate(iter(opened.readline, b"")):
            text = (line if number else line.removeprefix(MARK)).rstrip(b"\r\n")
            if text.strip():
                yield text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotTheFileError("it is a damaged gzip file") from error


def _expect_resources(kinds: Counter[str], file: Planned) -> None:
    if kinds and not kinds.keys() - {""}:
        raise NotTheFileError("none of its lines holds a resource")
    if kinds.keys() == {OUTCOME} and file.kind != OUTCOME:
        raise NotTheFileError(f"it holds an {OUTCOME}")


def _faults(file: Planned, kinds: Counter[str], count: int) -> Iterator[str]:
    wanted = file.kind or "resources"
    if kinds[""]:
        yield f"{file.name}: found {kinds['']} lines that hold no resource, wanted {wanted}; they are kept as they are"
    others = sorted(kind for kind in kinds if kind and file.kind not in ("", kind))
    if others:
        named = ", ".join(f"{kinds[kind]} {kind if TYPE.fullmatch(kind) else '…'}" for kind in others)
        yield f"{file.name}: found {named}, wanted {wanted}; they are kept as they are"
    yield from _count_fault(file, count)


def _is_short(file: Planned, count: int) -> bool:
    return file.count is not None and count < file.count


def _count_fault(file: Planned, count: int) -> Iterator[str]:
    if file.count is not None and file.count != count:
        yield f"{file.name}: found {count} lines, wanted {file.count} as the server counts; export anew"
