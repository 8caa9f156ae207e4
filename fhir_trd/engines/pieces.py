"""How the files of a folder are cut into pieces that workers take one by one: the same pieces for any number of workers."""

import math
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from fhir_trd.engines.blocks import content_of, is_packed
from fhir_trd.fhir.decode import Fault
from fhir_trd.sources.forms import Form, form_in, telling_lines
from fhir_trd.sources.inputs import BROKEN, empty, stranger, unreadable
from fhir_trd.sources.paths import paths_in

PIECE = 32 << 20
"""How many bytes of a plain file of lines make a piece, at least."""

MOST_PIECES = 512
"""Of a larger input the pieces are larger, not more: where each keeps what of each partition has to be known at once."""

DIGESTED = 1 << 20
"""How many bytes are digested at once: the thread that does it should seldom get into the way of the one that works."""

PARTITION = 48 << 20
"""How many bytes of input are worth a partition: what is kept of them must fit into memory together with what is made of it."""

MOST_PARTITIONS = 1024
UNPACKED = 8
"""How many times larger than the file its content is taken to be where it is compressed."""


class File(Struct, frozen=True):
    """A file of the input: its path, that below the folder, how large it is, when it was changed and how it is laid out."""

    path: str
    name: str
    size: int
    changed: int
    packed: bool
    form: Form | None
    fault: Fault | None = None

    @property
    def weight(self) -> int:
        """How much content a byte of it is taken to hold."""
        return UNPACKED if self.packed else 1


class Piece(Struct, frozen=True):
    """A part of a file: from one byte to another. A file that is compressed or one document is one piece."""

    number: int
    file: int
    start: int
    stop: int


class Plan(Struct, frozen=True):
    """All files in the order of their names, their pieces, and over how many partitions the patients are spread."""

    files: tuple[File, ...]
    pieces: tuple[Piece, ...]
    partitions: int

    @property
    def all_partitions(self) -> range:
        """The numbers of all partitions; the last is of what is about no plain patient."""
        return range(self.partitions + 1)

    @property
    def largest_first(self) -> list[Piece]:
        """The pieces, those with most to do first: so the workers end at about the same time."""
        return sorted(self.pieces, key=lambda piece: (piece.start - piece.stop) * self.files[piece.file].weight)

    @property
    def size(self) -> int:
        """How many bytes there are to read."""
        return sum(file.size for file in self.files)


def plan_for(folder: str, longest: int) -> Plan:
    """The plan for a folder (or a file), in which no line nor document may be longer than so many bytes."""
    files = tuple(file_at(path, folder, longest) for path in paths_in((folder,)))
    piece = max(PIECE, sum(file.size for file in files) // MOST_PIECES)
    parts = [(index, *part) for index, file in enumerate(files) for part in _parts_of(file, piece)]
    pieces = tuple(Piece(number, *part) for number, part in enumerate(parts))
    content = sum(file.size * file.weight for file in files)
    return Plan(files, pieces, max(1, min(MOST_PARTITIONS, math.ceil(content / PARTITION))))


def file_at(path: str, folder: str, longest: int) -> File:
    """What stands at a path below a folder (or at the path of it)."""
    name = str(Path(path).relative_to(folder)) if Path(folder).is_dir() else Path(path).name
    size, changed, packed = 0, 0, False
    try:
        size, changed = stamp_of(path)
        packed = is_packed(path)
        form, found = _form_in(content_of(path, packed=packed), name, longest)
    except BROKEN as error:
        form, found = (Form.LINES, None) if packed else (None, unreadable(name, error))
    return File(path, name, size, changed, packed, form, found)


def stamp_of(path: str) -> tuple[int, int]:
    """How large a file is, and when it was changed."""
    found = Path(path).stat()
    return found.st_size, found.st_mtime_ns


def _form_in(content: Iterable[bytes], name: str, longest: int) -> tuple[Form | None, Fault | None]:
    """How a file is laid out, told from its first line that holds anything and how the second begins; or what else it is."""
    head, told_by = b"", list[bytes]()
    for chunk in content:
        head += chunk
        told_by = telling_lines(head)
        if len(told_by) > 1 or len(head) > longest:
            break
    if not told_by:
        return None, empty(name)
    strange = stranger(head, name)
    if strange is not None:
        return None, strange
    if not told_by[1:] and len(head) > longest:
        return Form.LINES, None
    return form_in(head), None


def _parts_of(file: File, piece: int) -> Iterator[tuple[int, int]]:
    if file.form is Form.LINES and not file.packed:
        yield from ((start, min(start + piece, file.size)) for start in range(0, file.size, piece))
    elif file.form is not None:
        yield 0, file.size


def sha256_of(file: File) -> str:
    """The digest of a file; empty if it can't be read."""
    found, room = sha256(), bytearray(DIGESTED)
    try:
        with Path(file.path).open("rb", buffering=0) as stream:
            while size := stream.readinto(room):
                found.update(memoryview(room)[:size])
    except OSError:
        return ""
    return found.hexdigest()
