"""A how-to page as something that can be run: its `sh` blocks in one shell, each with what the page says it prints."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from tests.docs.examples import ROOT

HOW_TO = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"```(?P<kind>\w*)\n(?P<text>.*?)```", re.DOTALL)
MARK = "-- end of block --"
SHELL = "sh"


class Step(Struct, frozen=True):
    """Lines for a shell, and what the page says they print; None where it does not say."""

    lines: str
    shown: str | None


def steps(page: Path) -> Iterator[Step]:
    """The lines of a page that a reader is to type, one block after the other."""
    found = [(block["kind"], block["text"]) for block in BLOCK.finditer(page.read_text(encoding="utf-8"))]
    for (kind, text), (following, shown) in zip(found, [*found[1:], ("", "")], strict=True):
        if kind == SHELL:
            yield Step(text, shown if following == "text" else None)


def printed(todo: list[Step], folder: Path, known: Mapping[str, str]) -> list[str]:
    """What each step prints, on stdout and stderr as they come, in one shell that stops at the first failure.

    ``known``: assignments of the page that are only examples, such as an address, and what stands in their place.
    """
    script = "".join(f"{_with(known, step.lines)}\necho '{MARK}'\n" for step in todo)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", "COLUMNS": "80"}
    command = ["bash", "-euo", "pipefail", "-c", script]
    ran = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout.split(f"{MARK}\n")[:-1]


def _with(known: Mapping[str, str], lines: str) -> str:
    for name, value in known.items():
        lines = re.sub(rf"^{name}=\S+", f"{name}={value}", lines, flags=re.MULTILINE)
    return lines


def is_as_shown(shown: str, found: str) -> bool:
    """Whether a step prints what the page says. … stands for what differs from run to run, on one line."""
    return re.fullmatch(re.escape(shown).replace("…", "[^\n]+"), found) is not None
