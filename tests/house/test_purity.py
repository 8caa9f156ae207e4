"""The pure rooms know no clock, no file, no environment, no chance and no screen."""

import ast
from pathlib import Path

import pytest

from tests.house.house import FILES, PURE, imports, room_of, text_of

IMPURE_MODULES = {
    "os", "sys", "io", "pathlib", "time", "random", "secrets", "socket", "subprocess", "shutil", "tempfile", "glob", "logging",
    "threading", "multiprocessing", "asyncio", "urllib", "http", "requests", "sqlite3", "gzip", "click", "rich", "platform",
    "importlib", "warnings", "getpass", "locale",
}  # fmt: skip
IMPURE_CALLS = {"uuid4", "open", "print", "input", "exec", "eval", "breakpoint", "__import__", "globals"}
IMPURE_METHODS = {"today", "now", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes", "getenv", "uuid1", "uuid4"}
CHOSEN = [path for path in FILES if room_of(path) in PURE]
SHELF = Path("knowledge/shelf.py")


def impure(text: str) -> list[str]:
    """What a text does that touches the world."""
    found = [name.split(".")[0] for name in imports(text) if name.split(".")[0] in IMPURE_MODULES]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            found.extend(_impure_call(node.func))
    return sorted(set(found))


def _impure_call(called: ast.expr) -> list[str]:
    if isinstance(called, ast.Name) and called.id in IMPURE_CALLS:
        return [called.id]
    if isinstance(called, ast.Attribute) and called.attr in IMPURE_METHODS:
        return [called.attr]
    return []


@pytest.mark.parametrize("path", CHOSEN, ids=str)
def test_a_pure_room_touches_nothing_outside(path: Path) -> None:
    """No module of a pure room reads a clock, a file, the environment or chance, or prints."""
    assert [] == impure(text_of(path))


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) == "knowledge" and path != SHELF], ids=str)
def test_knowledge_touches_files_only_on_its_shelf(path: Path) -> None:
    """In knowledge/ only shelf.py opens files; a path may be passed along."""
    assert [] == [name for name in impure(text_of(path)) if name not in {"pathlib", "io"}]


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("from datetime import date\nday = date.today()", ["today"]),
        ("import os\nhome = os.environ", ["os"]),
        ("def f():\n    print('x')", ["print"]),
        ("body = open('x').read()", ["open"]),
        ("from random import choice", ["random"]),
        ("from uuid import uuid4\nkey = uuid4()", ["uuid4"]),
        ("import uuid\nkey = uuid.uuid4()", ["uuid4"]),
        ("from datetime import date\nday = date(2024, 1, 1)", []),
    ],
)
def test_a_touch_is_caught(text: str, caught: list[str]) -> None:
    """The check of purity finds seeded violations."""
    assert caught == impure(text)
