"""The published shares, read and refused."""

import pytest

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import open_table
from fhir_trd.knowledge.prevalence import read_prevalence
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.study import Prevalence

CITED = 'source = "s"\nplace = "p"\nchecked = 2026-01-01\n'
GOOD = (
    f'[plausible]\nsentence = "x"\n{CITED}least = {{ value = 5, unit = "percent", mark = "our-choice" }}\n'
    'most = { value = 50, unit = "percent", mark = "our-choice" }\n'
    f'[shares.high]\nwhere = "there"\namong = "people"\nor-more = true\n{CITED}'
    'least = { value = 30, unit = "percent", mark = "read" }\n'
    f'[shares.low]\nwhere = "here"\namong = "people"\ncriteria = "mood"\n{CITED}'
    'least = { value = 8.5, unit = "percent", mark = "read" }\nmost = { value = 9, unit = "percent", mark = "read" }\n'
)


def read(text: str) -> tuple[Prevalence, list[str]]:
    """A table, and what is wrong with it."""
    book = Book(sources=frozenset({"s"}))
    found = read_prevalence(open_table("prevalence.toml", text.encode(), book), {"mood"})
    return found, book.faults


def test_shares_are_read_with_the_smallest_first() -> None:
    """A share has one number or two, or is a lower bound; they stand in the order of their size."""
    found, faults = read(GOOD)

    assert [] == faults
    assert [("low", 8.5, 9.0), ("high", 30.0, None)] == [(one.name, one.lowest, one.highest) for one in found.shares]
    assert (5.0, 50.0) == (found.plausible_least, found.plausible_most)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            GOOD.replace('"mood"', '"moo"'),
            "prevalence.toml.shares.low.criteria: expected the id of a criteria set, found 'moo'",
        ),
        (
            GOOD.replace('value = 30, unit = "percent"', 'value = 30, unit = "people"'),
            "prevalence.toml.shares.high.least.unit: expected 'percent', found str 'people'",
        ),
        (GOOD + "[other]\n", "prevalence.toml.other: expected one of about, plausible, shares, found a key nobody reads"),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    """An unknown set, a wrong unit and a key nobody reads are faults, each told in a sentence."""
    assert [fault] == read(text)[1]


def test_every_shipped_share_is_cited(knowledge: Knowledge) -> None:
    """Each published share names its source, its place there, and among whom it was found."""
    assert [] == [one.name for one in knowledge.prevalence.shares if not (one.least.source and one.least.place and one.among)]
