"""The examples of the manual: every console block that calls fhir-trd, and what it prints today."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"```console\n\$ fhir-trd (?P<call>[^\n]*)\n(?P<shown>.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(?P<code>.*?)```", re.DOTALL)


class Example(Struct, frozen=True):
    """A call in the manual and what the manual says it prints."""

    page: str
    call: str
    shown: str


def examples() -> Iterator[Example]:
    """Every console example of the manual."""
    for page in PAGES:
        for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
            yield Example(page.relative_to(ROOT).as_posix(), found["call"], found["shown"])


def printed(call: str) -> str:
    """What a call prints today, on stdout and stderr as they come, where nobody looks."""
    command = [sys.executable, "-c", "from fhir_trd.cli.main import main; main()", *call.split()]
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "80"}
    ran = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    # Spaces at the end of a line can't be seen in a manual, and editors take them away.
    return "".join(f"{line.rstrip()}\n" for line in ran.stdout.decode().splitlines())
