"""Whatever is named as input is read for what it is, and what can't be read is said and stepped over."""

import gzip
import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest

from fhir_trd.errors import UsageError
from fhir_trd.fhir.decode import Fault, Raw
from fhir_trd.sources.inputs import FETCH_AGAIN, WANTED, resources_in

ONE = {"resourceType": "Patient", "id": "1"}
TWO = {"resourceType": "Patient", "id": "2"}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": ONE}, {"resource": TWO}]}


def lines(*resources: object) -> bytes:
    """These resources as NDJSON."""
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def read(*inputs: Path | str, piped: bytes = b"") -> list[Raw | Fault]:
    """Everything the inputs give."""
    return list(resources_in([str(given) for given in inputs], BytesIO(piped)))


def ids(found: Iterable[Raw | Fault]) -> list[str]:
    """The ids of the resources, without the faults."""
    return [json.loads(bytes(raw.body))["id"] for raw in found if isinstance(raw, Raw)]


def faults(found: Iterable[Raw | Fault]) -> list[Fault]:
    """The faults, without the resources."""
    return [fault for fault in found if isinstance(fault, Fault)]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(BUNDLE).encode(),
        json.dumps(BUNDLE, indent=2).encode(),
        json.dumps(BUNDLE, indent=2).replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + json.dumps(BUNDLE).encode(),
        b"\n\n" + json.dumps(BUNDLE, indent=2).encode(),
        b'{"resourceType": "Bundle", "entry": [\n{"resource": ' + json.dumps(ONE).encode() + b"},\n"
        b'{"resource": ' + json.dumps(TWO).encode() + b"}]}",
        lines(ONE, TWO),
        lines(ONE, TWO).rstrip(),
        b"\xef\xbb\xbf" + lines(ONE, TWO),
        lines(ONE) + b"\n \n" + lines(TWO),
        lines(ONE, TWO).replace(b"\n", b"\r\n"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["a.json", "a.ndjson", "a.gz", "a"])
def test_the_form_is_told_from_the_content(tmp_path: Path, body: bytes, packed: bool, name: str) -> None:
    """A document and lines are told apart by what they hold, packed or not, whatever the file is called."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(body) if packed else body)

    assert ["1", "2"] == ids(read(path))
    assert ["1", "2"] == ids(read("-", piped=path.read_bytes()))


def test_one_resource_is_a_document(tmp_path: Path) -> None:
    """A file with a single resource on a single line is read."""
    path = tmp_path / "one.json"
    path.write_bytes(lines(ONE))

    assert ["1"] == ids(read(path))


def test_a_bad_first_line_does_not_hide_the_next(tmp_path: Path) -> None:
    """A file whose first line is cut is still a file of lines."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"resourceType": "Pat\n' + lines(ONE, TWO))

    found = read(path)

    assert ["1", "2"] == ids(found)
    assert [f"{path} line 1"] == [fault.where for fault in faults(found)]


def test_a_bad_second_line_does_not_hide_the_first(tmp_path: Path) -> None:
    """A file whose second line is rubbish is still a file of lines."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(ONE) + b"rubbish\n" + lines(TWO))

    assert ["1", "2"] == ids(read(path))


def test_a_folder_is_its_files_in_order_of_name(tmp_path: Path) -> None:
    """A folder is read with the folders in it; other files are left alone."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.ndjson").write_bytes(lines(TWO))
    (tmp_path / "a.JSON").write_bytes(lines(ONE))
    (tmp_path / "notes.txt").write_text("no FHIR")

    assert ["1", "2"] == ids(read(tmp_path))


def test_a_folder_without_fhir_files_is_refused(tmp_path: Path) -> None:
    """A folder in which there is nothing to read is a mistake of the caller."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path)

    assert f"{tmp_path}: found no FHIR file in this folder, wanted names in .json, .ndjson, .jsonl (or .gz of these)" == str(
        caught.value
    )


def test_a_missing_file_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """A path that does not exist stops the run before the first file is opened."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path / "gone.json")

    wanted = "wanted a file, a folder or - for what is piped in"
    assert f"{tmp_path / 'gone.json'}: found nothing there, {wanted}" == str(caught.value)


@pytest.mark.parametrize("body", [b"", b"\n", b"  \r\n\n", gzip.compress(b"")])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, body: bytes) -> None:
    """An empty file is a fault that says so, and the next file is read."""
    empty, good = tmp_path / "empty.json", tmp_path / "good.json"
    empty.write_bytes(body)
    good.write_bytes(lines(ONE))

    found = read(empty, good)

    assert ["1"] == ids(found)
    assert [Fault(str(empty), "an empty file", WANTED, "check that the export was complete")] == faults(found)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"%PDF-1.7\n...", "a PDF document"), (b"\x00\x01\x02\x03", "a binary file"), (b"PAR1\x15", "a Parquet file")],
)
def test_a_file_that_is_no_text_is_named_for_what_it_is(tmp_path: Path, body: bytes, kind: str) -> None:
    """A file of another kind is named, with what helps."""
    path = tmp_path / "a.json"
    path.write_bytes(body)

    assert [(str(path), kind)] == [(fault.where, fault.found) for fault in faults(read(path))]


def test_lines_before_the_cut_of_a_gzip_file_are_kept(tmp_path: Path) -> None:
    """A truncated gzip file of lines gives the lines before the cut, and one fault for the cut."""
    many = [{"resourceType": "Patient", "id": str(number)} for number in range(5000)]
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(lines(*many))[:-4000])

    found = read(path)

    assert [str(number) for number in range(1000)] == ids(found)[:1000]
    assert Fault(str(path), "a gzip file that is cut short", "a whole one", FETCH_AGAIN) in faults(found)


def test_a_cut_document_in_gzip_is_one_fault(tmp_path: Path) -> None:
    """A truncated gzip file of one document is said to be cut short, and not to be bad JSON as well."""
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(json.dumps(BUNDLE, indent=2).encode())[:-20])

    assert [Fault(str(path), "a gzip file that is cut short", "a whole one", FETCH_AGAIN)] == read(path)


def test_a_damaged_gzip_file_is_one_fault(tmp_path: Path) -> None:
    """A gzip file with wrong bytes inside is said to be damaged."""
    body = bytearray(gzip.compress(json.dumps(BUNDLE).encode()))
    body[20:40] = b"\xff" * 20
    path = tmp_path / "a.json.gz"
    path.write_bytes(bytes(body))

    assert ["a damaged gzip file"] == [fault.found for fault in faults(read(path))]


def test_the_piped_stream_stays_open() -> None:
    """What is piped in belongs to the caller, and is not closed."""
    piped = BytesIO(lines(ONE))

    list(resources_in(["-"], piped))

    assert not piped.closed
