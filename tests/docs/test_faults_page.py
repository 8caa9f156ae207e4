"""The page of faults names a test for every fault that is known, and every test that it names is there."""

import re

import pytest

from tests.docs.examples import ROOT
from tests.house.house import functions

PAGE = (ROOT / "docs" / "reference" / "faults.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")

KNOWN = """
connect refused; DNS; TLS; read timeout; reset mid-body; truncated gzip; 408; 409; 410; 412; 413; 422;
429, `Retry-After` in seconds; 429, `Retry-After` as a date; 429, `Retry-After` absent; 429, `Retry-After` absurd;
500 with a body that is no JSON; 502; 503; 504; 200 with HTML; 200 with an OperationOutcome; redirect to another host;
token expiring mid-page; revoked key; wrong `kid`; clock 6 minutes off, both ways; token endpoint answers 400 once;
transient poll error; partial success; file expired; file missing; `count` wrong; `deleted`; duplicate file; zero files;
`requiresAccessToken=false`; manifest paging;
SIGINT; SIGTERM; kill -9 at every write point; disk full; read-only output; two runs at once; out of memory;
transaction half applied; conditional duplicates; version conflict; stale search index
"""
"""The faults of real life that a client of such servers meets."""


@pytest.mark.parametrize("fault", [" ".join(one.split()) for one in KNOWN.split(";")])
def test_every_known_fault_stands_on_the_page(fault: str) -> None:
    """A row of the page is about the fault, says what is done, and names a test."""
    rows = [row for row in ROWS if row[0].startswith(fault)]

    assert rows
    assert all(done and NAMED.search(shown) for _, done, shown in rows)


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(PAGE))))
def test_every_test_on_the_page_is_there(file: str, name: str) -> None:
    """The file that is named has a test of that name."""
    assert name in {node.name for node in functions((ROOT / file).read_text(encoding="utf-8"))}
