"""A folder of NDJSON files as EHRs make it: by type, unevenly named, partly gzipped, each person spread over all files."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import IO, cast

from benchmarks.exports.people import Amount, Line, Person

TWICE = frozenset({"MedicationRequest", "MedicationStatement", "MedicationDispense", "Medication", "Condition"})
"""What some people have twice."""

TWICE_EVERY, OTHER_SYSTEM_EVERY = 25, 50
"""How often a person's records come twice, and how often from a system that writes JSON in its own way."""

PACKED, NAMELESS = 0.2, 0.25
"""How many files are gzipped, and how many bear a name that tells nothing."""

LEVEL = 4
LIAR = ("MedicationRequest", 1, "Claim20250614-2.ndjson")
"""A file that is named for another type than it holds."""


class Folder:
    """The files of an export, open all at once."""

    def __init__(self, folder: Path, files: int, seed: int) -> None:
        self._folder, self._files, self._seed = folder, files, seed
        self._open: dict[tuple[str, int], IO[bytes]] = {}
        self._written: dict[str, int] = {}
        self._stack = ExitStack()
        folder.mkdir(parents=True)

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, kind: str, text: str) -> None:
        """The line goes into the next file of its type."""
        number = self._written.get(kind, 0)
        self._written[kind] = number + 1
        self._file(kind, number % self._files).write(text.encode())

    def _file(self, kind: str, place: int) -> IO[bytes]:
        if (kind, place) not in self._open:
            self._open[kind, place] = self._opened(self.name(kind, place))
        return self._open[kind, place]

    def _opened(self, name: str) -> IO[bytes]:
        raw = self._stack.enter_context((self._folder / name).open("wb", buffering=1 << 18))
        if not name.endswith(".gz"):
            return raw
        # A fixed time and no name inside: the same export has the same bytes.
        return cast(IO[bytes], self._stack.enter_context(gzip.GzipFile("", "wb", LEVEL, raw, mtime=0)))

    def name(self, kind: str, place: int) -> str:
        """What the file is called."""
        if (kind, place) == LIAR[:2]:
            return LIAR[2]
        dice = Random(f"{self._seed}/{kind}/{place}")
        nameless, packed = dice.random() < NAMELESS, dice.random() < PACKED
        plain = f"11ef-{dice.getrandbits(48):012x}" if nameless else f"{kind}.{place:03}"
        return plain + (".ndjson.gz" if packed else ".ndjson")


def export(folder: Path, *, patients: int, seed: int, files: int, amount: Amount) -> int:
    """Write the export, and the truth beside it; answers how many resources were written."""
    lines = 0
    with Folder(folder, files, seed) as out, truth_file(folder).open("w", encoding="utf-8", newline="") as answers:
        table = csv.writer(answers, lineterminator="\n")
        table.writerow(("patient", "result", "least", "most", "story"))
        for number in range(patients):
            person = Person(seed, number, amount)
            for kind, text in _as_exported(person, number):
                out.write(kind, text)
                lines += 1
            truth = person.story.truth
            table.writerow((person.patient, truth.result, truth.least, truth.most, person.story.name))
    return lines


def truth_file(folder: Path) -> Path:
    """Where the right answers lie: beside the folder, so that no reader takes them for records."""
    return folder.with_name(folder.name + ".truth.csv")


def _as_exported(person: Person, number: int) -> Iterator[Line]:
    written: Callable[[str], str] = _otherwise if number % OTHER_SYSTEM_EVERY == 1 else str
    twice = number % TWICE_EVERY == 1
    for kind, text in person.lines():
        line = kind, written(text)
        yield line
        if twice and kind in TWICE:
            yield line


def _otherwise(text: str) -> str:
    """The same resource with its keys in the order of the alphabet and blanks between them."""
    return json.dumps(json.loads(text), sort_keys=True) + "\n"
