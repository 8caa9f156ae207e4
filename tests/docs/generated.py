"""Every page of docs/ that is made from tables or tests, as it should be today."""

from pathlib import PurePosixPath

from tests.docs.chapters import chapters
from tests.docs.criteria_pages import criteria_pages
from tests.docs.staging_page import staging_page
from tests.factory.judging import knowledge


def generated() -> dict[PurePosixPath, str]:
    """The text of every made page, by where it lies."""
    return dict([*criteria_pages(knowledge()), staging_page(knowledge()), *chapters()])
