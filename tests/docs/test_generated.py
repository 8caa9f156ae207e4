"""The pages that are made say what the tables and the tests say today."""

import re
from pathlib import PurePosixPath

import pytest

from tests.docs.criteria_pages import GROUPS, chapter_of
from tests.docs.examples import ROOT
from tests.docs.generated import generated
from tests.factory.judging import knowledge

MADE = generated()
FOLDERS = ("docs/reference/criteria", "docs/reference/manual", "docs/reference/staging")
ANSWER = re.compile(r"\b(not-met|met|indeterminate) [0-9]+/[0-9]+")
USABLE = sorted(name for name, found in knowledge().criteria.items() if not found.refused)


def kept() -> set[PurePosixPath]:
    """Every page that lies in a folder of made pages."""
    pages = (page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
    return {PurePosixPath(page.relative_to(ROOT).as_posix()) for page in pages}


def test_every_made_page_is_there_and_no_other() -> None:
    """`make docs` has been run since the last set or chapter came or went."""
    assert set(MADE) == kept()


@pytest.mark.parametrize("page", sorted(MADE), ids=str)
def test_every_made_page_is_current(page: PurePosixPath) -> None:
    """`make docs` has been run since the table or the test behind a page changed."""
    assert MADE[page] == (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("criteria", USABLE)
def test_every_usable_set_has_a_chapter(criteria: str) -> None:
    """Each set that can be evaluated has cases of its own in the manual: one that does not meet it, and one that does (or that
    stays open, where no record can tell all that is asked)."""
    answers = set(ANSWER.findall(MADE.get(chapter_of(criteria), "")))

    assert "not-met" in answers
    assert answers & {"met", "indeterminate"}


def test_every_shipped_set_belongs_to_a_group() -> None:
    """The index of sets leaves no shipped set among the others."""
    assert [] == [name for name, found in knowledge().criteria.items() if found.group not in GROUPS or not found.group]


@pytest.mark.parametrize("criteria", sorted(knowledge().criteria))
def test_every_number_of_a_set_stands_on_its_page(criteria: str) -> None:
    """The page of a set names every source, place, mark and reading that its rules cite."""
    page = MADE[PurePosixPath(FOLDERS[0]) / f"{criteria}.md"]
    cited = [one for rule in knowledge().criteria[criteria].rules for one in (rule, *rule.parameters.values())]

    assert [] == [one.name for one in cited if one.source not in page or one.place not in page or one.reading not in page]
