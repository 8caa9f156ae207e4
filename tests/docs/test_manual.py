"""The manual says what the program does."""

import re
import subprocess
import sys

import click
import pytest

from fhir_trd.cli.main import COMMANDS, cli
from tests.docs.examples import PAGES, PYTHON, ROOT, Example, examples, printed

README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_place_in_the_manual(name: str) -> None:
    """Every command explains itself, every option of it too, and its help stands in the reference."""
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.help
    assert [] == [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert f"$ fhir-trd {name} --help" in REFERENCE


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: f"{example.page}: {example.call}")
def test_every_example_prints_what_the_manual_shows(example: Example) -> None:
    """Each console example of the manual prints exactly what stands below it."""
    assert example.shown == printed(example.call)


@pytest.mark.parametrize("code", PYTHON.findall(README))
def test_the_python_examples_of_the_readme_run(code: str) -> None:
    """Each Python example of the README runs from the top of the project, in a fresh Python."""
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (0, "") == (ran.returncode, ran.stderr)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page) -> None:  # type: ignore[no-untyped-def]
    """Each link inside the project leads to a file that is there."""
    found = LINK.findall(page.read_text(encoding="utf-8"))

    assert [] == [link for link in found if not (page.parent / link).exists()]


def test_the_readme_opens_with_the_two_commands() -> None:
    """The first thing a reader sees is how to show and how to test the tool."""
    assert README.index("make demo") < README.index("make test") < README.index("## What it is")
