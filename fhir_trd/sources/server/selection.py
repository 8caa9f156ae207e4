"""Whose records are fetched: from what was asked to a list of ids in the folder, which a cut-off run goes on with."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from fhir_trd.errors import ServerError, UsageError
from fhir_trd.fhir.exchange.lines import ID, PATIENT
from fhir_trd.fhir.exchange.membership import members_in
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.folder_files import LISTS, files_in, round_of
from fhir_trd.sources.server.pages import Pages, Refused
from fhir_trd.sources.server.seen import Seen

LIST, UNIT = "patients.list", "patients"
CODES = 150
"""How many codes one search asks for: longer addresses are refused by some servers."""

NOBODY = "resource that names no patient of this server"
T = TypeVar("T")


class Selection(Struct, frozen=True, kw_only=True):
    """Exactly one of these: patients by id, or from a file; members of a group; those whose diagnosis bears a code; everyone."""

    patients: tuple[str, ...] = ()
    listed: Path | None = None
    group: str = ""
    codes: tuple[str, ...] = ()
    everyone: bool = False

    def __post_init__(self) -> None:
        """Refuse none, and more than one."""
        ways = [self.patients, self.listed, self.group, self.codes, self.everyone]
        if sum(map(bool, ways)) != 1:
            raise UsageError(
                "found none or more than one of --patient, --patients, --group, --with-depression and --all, wanted one of them"
            )

    @property
    def is_named(self) -> bool:
        """Whether each patient was named by whoever asks, and not by the server."""
        return bool(self.patients or self.listed)

    @property
    def what(self) -> dict[str, object]:
        """The selection as the folder remembers it. What a file or a search brings may change from round to round."""
        if self.patients:
            return {"patients": sorted(map(plain_id, self.patients))}
        return (
            {"group": self.group} if self.group else {"patients": "listed" if self.listed else "coded" if self.codes else "all"}
        )


def list_patients(selection: Selection, pages: Pages, folder: Folder, *, page_size: int) -> None:
    """Write the ids of all patients into the folder, each once; in a round that was cut off, the list of then stands."""
    if folder.is_done(UNIT):
        return
    aside: Counter[str] = Counter()
    listed = 0
    with folder.file(LIST) as stream, Seen() as seen:
        for identity in seen.new_among(_ids(selection, pages, page_size, aside)):
            stream.write(identity.encode() + b"\n")
            listed += 1
    folder.done(UNIT, patients={"listed": listed}, not_listed=aside)


def patients_in(path: Path) -> Iterator[str]:
    """The ids of a list, one after the other; none where nobody was listed."""
    if path.exists():
        with path.open(encoding="ascii") as stream:
            for line in stream:
                yield line.rstrip("\n")


def listed_before(folder: Folder) -> Path:
    """The list of the round before this one."""
    older = [path for path in files_in(folder.path, LISTS) if round_of(path) < folder.round]
    return max(older, key=round_of, default=folder.path / "none")


def in_chunks(items: Iterator[T], size: int) -> Iterator[tuple[T, ...]]:
    """The same items, so many at a time."""
    while chunk := tuple(islice(items, size)):
        yield chunk


def _ids(selection: Selection, pages: Pages, page_size: int, aside: Counter[str]) -> Iterator[str]:
    if selection.patients:
        return map(plain_id, selection.patients)
    if selection.listed:
        return _from_file(selection.listed)
    try:
        # A list: a refusal in the middle must not leave half a list that looks whole.
        return _from_server(selection, pages, page_size, aside)
    except Refused as refused:
        raise _no_list(refused) from refused


def _from_server(selection: Selection, pages: Pages, page_size: int, aside: Counter[str]) -> Iterator[str]:
    if selection.group:
        return _members(selection.group, pages, aside)
    if selection.everyone:
        return _named_by([f"{PATIENT}?_count={page_size}"], pages, aside)
    return _named_by(_code_searches(selection.codes, page_size), pages, aside)


def _code_searches(codes: Sequence[str], page_size: int) -> list[str]:
    return [f"Condition?code={','.join(chunk)}&_count={page_size}" for chunk in in_chunks(iter(codes), CODES)]


def _members(group: str, pages: Pages, aside: Counter[str]) -> Iterator[str]:
    members = members_in(pages.body(f"Group/{plain_id(group, 'Group')}"), pages.homes)
    if members is None:
        raise Refused("it answered with something that is no Group")
    aside.update(members.aside)
    return iter(members.patients)


def _named_by(searches: Sequence[str], pages: Pages, aside: Counter[str]) -> Iterator[str]:
    try:
        for url in searches:
            for page in pages.of(url):
                here = [found.line.patient for found in page.found if found.line.patient and found.line.is_at(pages.homes)]
                aside.update([NOBODY] * (len(page.found) - len(here)))
                yield from here
    except Refused as refused:
        raise _no_list(refused) from refused


def _no_list(refused: Refused) -> UsageError | ServerError:
    """Only who is refused must ask otherwise; an outage passes, and whoever runs this at night tries again."""
    told = f"--server: asked whose records there are, {refused.why}"
    if 400 <= refused.status < 500:
        return UsageError(f"{told}. Wanted a list of patients; name them with --patient")
    return ServerError(told if refused.passing else f"{told}. Wanted a list of patients")


def _from_file(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield plain_id(line.strip(), where=f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as text, wanted a list of patients, one id a line") from error


def plain_id(given: str, kind: str = PATIENT, where: str = "") -> str:
    """The id alone, of ``1`` or ``Patient/1``. What is no id is not repeated: it may be a name."""
    identity = given.removeprefix(f"{kind}/")
    if not ID.fullmatch(identity.replace("_", "-")):
        raise UsageError(
            f"{where or f'--{kind.lower()}'}: found {len(given)} signs that are no id, wanted one such as 1 or {kind}/1"
        )
    return identity
