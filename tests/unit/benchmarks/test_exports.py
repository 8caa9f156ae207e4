"""Invented exports: the same every time, of a size that may be asked for, noisy, and told with their true answers."""

import csv
import gzip
import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from fhir.resources.R4B import get_fhir_model_class

from benchmarks.exports.folder import export, truth_file
from benchmarks.exports.people import FULL, LEAN, Person
from benchmarks.exports.stories import AS_OF
from benchmarks.ways import TOOL
from fhir_trd.assessment import assess
from fhir_trd.fhir.read.records import read_records
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.sources.inputs import resources_in

PATIENTS = 300
Answer = tuple[str, int, int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of 300 people with few resources around them."""
    made = tmp_path_factory.mktemp("exports") / "lean"
    export(made, patients=PATIENTS, seed=11, files=2, amount=LEAN)
    return made


def lines_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every line of every file, with the name of the file."""
    for path in sorted(folder.iterdir()):
        body = path.read_bytes()
        text = gzip.decompress(body) if path.suffix == ".gz" else body
        yield from ((path.name, line) for line in text.splitlines())


def truth_of(folder: Path) -> dict[str, Answer]:
    """The right answers, by patient."""
    with truth_file(folder).open(encoding="utf-8") as table:
        return {row["patient"]: (row["result"], int(row["least"]), int(row["most"])) for row in csv.DictReader(table)}


def digest(folder: Path) -> str:
    """One number for all bytes of a folder."""
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest()


def test_known_truth(folder: Path) -> None:
    """Every invented person is judged as their story says, under the set ``consensus``."""
    known = load_knowledge()
    reading = read_records(resources_in([str(folder)], BytesIO()), known)
    found = {}
    for record in reading.records:
        (verdict,) = assess(record, known, as_of=AS_OF).verdicts
        found[record.patient] = (verdict.result.value, verdict.least, verdict.most)

    assert truth_of(folder) == found
    assert () == reading.faults


def test_known_truth_in_bulk(folder: Path, tmp_path: Path) -> None:
    """A run over the whole population says the same."""
    asked = ("bulk", str(folder), "-o", str(tmp_path / "out"), "--as-of", AS_OF.isoformat())
    subprocess.run((*TOOL, *asked), check=True, capture_output=True)
    table = parquet.read_table(tmp_path / "out" / "verdicts").to_pylist()

    assert truth_of(folder) == {row["patient"]: (row["result"], row["least"], row["most"]) for row in table}


def test_all_answers_occur(folder: Path) -> None:
    """Three hundred people are enough for every result."""
    assert {"met", "not-met", "indeterminate", "excluded"} == {result for result, _, _ in truth_of(folder).values()}


def test_same_bytes(folder: Path, tmp_path: Path) -> None:
    """The same arguments give the same bytes, gzipped files included."""
    export(tmp_path / "lean", patients=PATIENTS, seed=11, files=2, amount=LEAN)

    assert digest(folder) == digest(tmp_path / "lean")


def test_a_person_does_not_depend_on_the_others() -> None:
    """The same seed and number give the same person in an export of any size."""
    assert list(Person(1, 7, FULL).lines()) == list(Person(1, 7, FULL).lines())
    assert Person(1, 7).patient != Person(2, 7).patient


def test_every_line_is_a_resource_of_its_type() -> None:
    """What a person's line is filed under is what it says it is."""
    for kind, text in (line for number in range(40) for line in Person(3, number).lines()):
        assert kind == json.loads(text)["resourceType"]


def test_every_line_is_sound_fhir() -> None:
    """Every resource passes the strict models."""
    for kind, text in (line for number in range(8) for line in Person(3, number).lines()):
        get_fhir_model_class(kind).model_validate_json(text)


def test_the_noise_of_real_exports(folder: Path) -> None:
    """Some files are gzipped, some names tell nothing, one lies; keys come in two orders, and some records twice."""
    names = [path.name for path in folder.iterdir()]
    lines = list(lines_of(folder))
    kinds = {(name, json.loads(line)["resourceType"]) for name, line in lines}

    assert any(name.endswith(".gz") for name in names)
    assert any(name.startswith("11ef-") for name in names)
    assert ("Claim20250614-2.ndjson", "MedicationRequest") in kinds
    assert {True, False} == {line.startswith(b'{"resourceType"') for _, line in lines}
    assert max(Counter(line for _, line in lines).values()) == 2


def test_the_size_of_real_exports() -> None:
    """A person has 220 to 310 resources and 350 to 500 kB on average, and about one in five is depressed."""
    people = [Person(5, number) for number in range(200)]
    lines = [text for person in people for _, text in person.lines()]

    assert 220 < len(lines) / len(people) < 310
    assert 350_000 < sum(map(len, lines)) / len(people) < 500_000
    assert 0.12 < sum(bool(person.story.diagnoses) for person in people) / len(people) < 0.28
