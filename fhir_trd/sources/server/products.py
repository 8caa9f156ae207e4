"""The products that records of drugs name without holding them: each is read once, since servers do not send them along."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

from fhir_trd.fhir.exchange.lines import PRODUCT, id_in, references_in
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.folder_files import lines_in, round_of, stem_of
from fhir_trd.sources.server.export_plan import UNTYPED
from fhir_trd.sources.server.harvest import Harvest, Tally, harvest, in_order
from fhir_trd.sources.server.pages import Pages
from fhir_trd.sources.server.plan import TYPES, Way
from fhir_trd.sources.server.seen import Seen
from fhir_trd.sources.server.sought import Sought

REFERENCED = f"{PRODUCT}.referenced"
"""How the files of products that were read for themselves are named."""

NAMING = (*(kind for kind in TYPES if kind.startswith(PRODUCT) and kind != PRODUCT), UNTYPED)
"""How the names of files begin whose lines may name products."""

ELSEWHERE = f"{PRODUCT}: named on another server, which was not asked"


def everything_in(part: str) -> str:
    """The unit of work that fetches everything of the patients of a part."""
    return f"everything.{part}"


class Products:
    """The products that are in the folder, and those that the records name besides."""

    def __init__(self, address: str, pages: Pages, folder: Folder, pool: Executor, *, way: Way, ahead: int) -> None:
        self._address, self._pages, self._folder = address, pages, folder
        self._pool, self._ahead = pool, ahead
        self.seen = Seen(_known(folder, way))

    def __enter__(self) -> Self:
        """What is known is looked up here."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """In an outage nothing more is begun."""
        self._pool.shutdown(cancel_futures=True)
        self.seen.close()

    def fetch(self, part: str) -> None:
        """Read the products that the records in the files of a part (``000003``, say) name."""
        unit = f"{REFERENCED}.{part}"
        if self._folder.is_done(unit):
            return
        brought = Tally()
        wanted = sorted(set(self._named_in(part, brought)))
        with self._folder.file(f"{unit}.ndjson") as stream:
            for one in in_order(self._read, self.seen.new_among(wanted), self._pool, ahead=self._ahead):
                stream.writelines(one.each())
                brought.add(one)
        self._folder.done(unit, **brought.facts)

    def parts(self) -> list[str]:
        """The parts that the files of drugs in the folder are in, whoever wrote them."""
        files = (path for kind in NAMING for path in self._folder.files(kind, rounds=self._folder.round.__eq__))
        return sorted({stem_of(path).partition(".")[2] for path in files})

    def _named_in(self, part: str, brought: Tally) -> Iterator[str]:
        # By their names: to look through the whole folder for each part would take ever longer.
        for path in (self._folder.place(f"{kind}.{part}.ndjson") for kind in NAMING):
            for body, _ in lines_in(path) if path.exists() else ():
                yield from self._ids_in(body, brought)

    def _ids_in(self, body: bytes, brought: Tally) -> Iterator[str]:
        for reference in references_in(body, PRODUCT):
            if urljoin(self._address, reference).startswith(self._address):
                yield id_in(reference, PRODUCT)
            else:
                brought.left_out[ELSEWHERE] += 1

    def _read(self, identity: str) -> Harvest:
        return harvest(lambda: self._pages.one(f"{PRODUCT}/{identity}"), PRODUCT, Sought(kinds=(PRODUCT,)))


def _known(folder: Folder, way: Way) -> Iterator[str]:
    """The products that are there. A file that is not noted as done will be written again, so it does not count."""
    for path in (*folder.files(PRODUCT), *folder.files(UNTYPED)):
        is_older = round_of(path) < folder.round
        if folder.since if is_older else _is_kept(path, folder, way):  # A full round brings its own.
            yield from (line.name.id for _, line in lines_in(path) if line and line.name.kind == PRODUCT)


def _is_kept(path: Path, folder: Folder, way: Way) -> bool:
    stem = stem_of(path)
    if stem.startswith(REFERENCED):
        return folder.is_done(stem)
    return way is Way.EXPORT or folder.is_done(everything_in(stem.removeprefix(f"{PRODUCT}.")))
