"""What the how-to pages say of options, exit codes and records is so; what they do with a server is tried in tests/servers."""

import configparser
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from joserfc.jwk import ECKey, RSAKey

from fhir_trd.api import assess, read
from fhir_trd.cli.main import COMMANDS, cli
from tests.docs.examples import ROOT
from tests.docs.pages import BLOCK, HOW_TO, is_as_shown

PAGES = sorted(HOW_TO.glob("*.md"))
OURS = sorted(path for path in HOW_TO.rglob("*") if path.suffix in {".md", ".sh", ".service", ".py"})
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
OTHERS = {
    "--conf", "--data", "--grep", "--header", "--output", "--request", "--silent", "--count", "--format", "--only-matching",
    "--now", "--since", "--unit", "--archives", "--deploy-mode", "--executor-cores", "--executor-memory", "--master",
    "--num-executors", "--packages", "--py-files",
}  # fmt: skip
"""Options of other programs on these pages: curl, grep, stat, airflow, systemctl, journalctl and spark-submit."""


def known_options() -> set[str]:
    """The options of all our commands."""
    found = (cli.get_command(click.Context(cli), name) for name in COMMANDS)
    return {option for command in found if command for param in command.params for option in param.opts}


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_every_option_on_a_page_exists(page: Path) -> None:
    """Each option on a how-to page or in its examples is one of ours, or of a program that the page calls."""
    assert set() == set(OPTION.findall(page.read_text(encoding="utf-8"))) - known_options() - OTHERS


@pytest.mark.parametrize("page", ["run-from-cron.md", "run-from-airflow.md"])
def test_every_exit_code_of_a_run_has_somebody_to_see_to_it(page: str) -> None:
    """The pages on unattended runs say of every exit code that such a run can have what follows from it."""
    table = [line for line in (HOW_TO / page).read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    codes = {int(code) for line in table for code in re.findall(r"\d+", line.split("|")[1])}

    assert set(range(8)) == codes


def test_every_page_is_named_in_the_readme() -> None:
    """A reader of the README finds each how-to page."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [] == [page.name for page in PAGES if f"docs/how-to/{page.name}" not in readme]


def test_an_order_with_words_alone_is_read_as_the_page_says() -> None:
    """The order of the page, whose drug is only a display, is one for sertraline, and the record says where that is from."""
    page = (HOW_TO / "epic-and-oracle.md").read_text(encoding="utf-8")
    (order,) = (json.loads(block["text"]) for block in BLOCK.finditer(page) if block["kind"] == "json")
    about = {"id": "order", "subject": {"reference": "Patient/1"}, "authoredOn": "2024-01-01"}

    (record,) = read([{"resourceType": "Patient", "id": "1"}, order | about])

    assert ["sertraline"] == [trial.drug.ingredient for trial in assess(record).history.trials]
    assert ["drug taken from its display"] == [issue.effect for issue in record.issues]


def test_a_published_set_holds_public_halves_alone(tmp_path: Path) -> None:
    """The set of an RSA and an EC key names each with its signature, and holds nothing of the private halves."""
    for key, name in ((RSAKey.generate_key(2048), "rsa"), (ECKey.generate_key("P-384"), "ec")):
        (tmp_path / f"{name}.pem").write_bytes(key.as_pem(private=True))
    command = [sys.executable, HOW_TO / "examples" / "key_set.py", "rsa.pem=old", "ec.pem=new"]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    keys = json.loads(ran.stdout)["keys"]
    assert [("old", "RS384"), ("new", "ES384")] == [(key["kid"], key["alg"]) for key in keys]
    assert set() == {name for key in keys for name in key} & {"d", "p", "q", "dp", "dq", "qi"}


def test_the_systemd_units_can_be_parsed() -> None:
    """Both units have the sections that systemd wants."""
    sections = {}
    for unit in sorted((HOW_TO / "examples").glob("fhir-trd.*")):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(unit)
        sections[unit.suffix] = parser.sections()

    assert {".service": ["Unit", "Service", "Install"], ".timer": ["Unit", "Timer", "Install"]} == sections


def test_what_differs_from_run_to_run_may_differ() -> None:
    """An ellipsis on a page stands for anything on one line, and everything else for itself."""
    assert is_as_shown("Device/…: created\n", "Device/1: created\n")
    assert not is_as_shown("Device/…: created\n", "Device/1: updated\n")
    assert not is_as_shown("of …\n", "of 1\nof 2\n")
