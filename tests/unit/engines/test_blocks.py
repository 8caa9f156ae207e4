"""Wherever a file is cut and however it is packed, each line comes once and whole."""

import gzip
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_trd.engines import blocks
from fhir_trd.engines.blocks import TOO_LONG, blocks_of, document_in

LINES = st.lists(st.sampled_from([b"", b"a", b"bc", b"x" * 30]), max_size=12)
ENDS = st.sampled_from([b"", b"\n", b"\n\n"])
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in parts of a few bytes."""
    monkeypatch.setattr(blocks, "BLOCK", 7)
    monkeypatch.setattr(blocks, "PACKED", 5)


def lines_in(some: Iterable[tuple[bytes, int]]) -> list[bytes]:
    """The lines of blocks."""
    return [line for block, _ in some for line in block.splitlines(keepends=True) or [TOO_LONG]]


@QUICK
@given(LINES, ENDS, st.lists(st.integers(0, 200), max_size=4))
def test_pieces_hold_each_line_once(tmp_path: Path, lines: list[bytes], end: bytes, cuts: list[int]) -> None:
    """The lines of all pieces are the lines of the file, and each block stands where it says."""
    body = b"\n".join(lines) + end
    path = tmp_path / "lines"
    path.write_bytes(body)
    edges = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    pieces = [block for start, stop in pairwise(edges) for block in blocks_of(str(path), start, stop, 1000)]

    assert body.splitlines(keepends=True) == lines_in(pieces)
    assert all(block == body[at : at + len(block)] for block, at in pieces)


@QUICK
@given(LINES, ENDS, st.integers(0, 60), st.sampled_from([b"", b"\0", b"\0" * 40]))
def test_an_archive_of_several_members_is_one_file(tmp_path: Path, lines: list[bytes], end: bytes, cut: int, pad: bytes) -> None:
    """A gzip file of two members, padded with zeros, gives the lines of both."""
    body = b"\n".join(lines) + end
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(body[:cut]) + gzip.compress(body[cut:]) + pad)

    assert body.splitlines(keepends=True) == lines_in(blocks_of(str(path), 0, None, 1000))


def test_a_line_beyond_the_limit_is_passed_over(tmp_path: Path) -> None:
    """A line that is too long comes as nothing, and its neighbours come whole."""
    (tmp_path / "lines").write_bytes(b"a\n" + b"x" * 100 + b"\nb\n")

    assert [b"a\n", TOO_LONG, b"b\n"] == lines_in(blocks_of(str(tmp_path / "lines"), 0, 104, 50))


def test_a_document_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    """A document comes whole or as nothing."""
    (tmp_path / "document").write_bytes(b"x" * 100)

    assert b"x" * 100 == document_in(str(tmp_path / "document"), packed=False, longest=100)
    assert TOO_LONG == document_in(str(tmp_path / "document"), packed=False, longest=99)
