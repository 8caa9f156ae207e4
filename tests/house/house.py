"""The plan of the house as the tests know it: the floors, the rooms, and how to see what a module does from its text."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "fhir_trd"

FLOORS = (
    "errors",
    "model",
    "fhir knowledge history criteria planning",
    "assessment variation transport",
    "sources sinks",
    "engines report service",
    "cli",
)
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms.split()}
FRONT = ("__init__", "api")
"""The front of the package: it opens on everything below the command line, and no room looks back at it."""

PURE = ("errors", "model", "fhir", "history", "criteria", "planning", "assessment", "variation")
NO_NUMBERS = ("history", "criteria", "planning")

FILES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py"))


@lru_cache(maxsize=512)
def text_of(path: Path) -> str:
    """The text of a module of the package."""
    return (PACKAGE / path).read_text(encoding="utf-8")


def room_of(path: Path) -> str:
    """The room a module lies in: the folder, or the module itself at the top."""
    return path.parts[0].removesuffix(".py")


def imports(text: str) -> Iterator[str]:
    """Every module that a text imports, and every name imported from it, dotted."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Every public function, class and method of a text."""
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    waiting.append(node)
