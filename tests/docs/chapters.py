"""The manual, made from the spec tests: a chapter for each file, a paragraph for each test, with its table and its answer."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from textwrap import dedent

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "tests" / "spec"
FOLDER = PurePosixPath("docs/reference/manual")
MADE = "<!-- Made by `make docs` from tests/spec/; change the tests, not this page. -->\n\n"
PARTS = {
    "criteria": "Criteria sets",
    "notions": "Notions: days, doses, outcomes, episodes",
    "staging": "Staging",
    "safety": "Safety",
    "plan": "The plan",
    "explain": "Explanations",
    "vignettes": "Vignettes",
}


def chapters() -> Iterator[tuple[PurePosixPath, str]]:
    """Every page of the manual, with where it lies."""
    files = sorted(path for path in SPEC.rglob("test_*.py"))
    yield FOLDER / "index.md", _index(files)
    for path in files:
        yield FOLDER / page_of(path), _chapter(path)


def page_of(path: Path) -> str:
    """The name of the page that a spec file becomes."""
    return f"{path.parent.name}-{path.stem.removeprefix('test_').replace('_', '-')}.md"


def _index(files: list[Path]) -> str:
    parts = [MADE, "# The manual\n\nWhat the tool says, case by case. Every case on these pages is a test that runs.\n"]
    named = {path.parent.name for path in files}
    for part in [*(name for name in PARTS if name in named), *sorted(named - PARTS.keys())]:
        rows = [f"- [{_title(path)}]({page_of(path)})\n" for path in files if path.parent.name == part]
        parts.append(f"\n## {PARTS.get(part, part.capitalize())}\n\n{''.join(rows)}")
    return "".join(parts)


def _title(path: Path) -> str:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    return told.splitlines()[0].removesuffix(".")


def _chapter(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    tables = dict(_tables(tree))
    told = ast.get_docstring(tree) or ""
    more = "\n".join(told.splitlines()[1:]).strip()
    head = f"{MADE}# {_title(path)}\n{f'{chr(10)}{more}{chr(10)}' if more else ''}"
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return head + "".join(_paragraph(test, text, tables) for test in tests)


def _tables(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The texts and tables that a file names once and its tests share."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            words = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if words and "|" in words[0]:
                yield node.targets[0].id, dedent(words[0]).strip()


def _paragraph(test: ast.FunctionDef, text: str, tables: dict[str, str]) -> str:
    heading = test.name.removeprefix("test_").replace("_", " ").capitalize()
    used = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    shown = "".join(f"\n```text\n{table}\n```\n" for name, table in tables.items() if name in used)
    return f"\n## {heading}\n\n{_sentences(test)}\n{shown}\n```python\n{_body(test, text)}\n```\n"


def _sentences(test: ast.FunctionDef) -> str:
    return re.sub(r"\s+", " ", ast.get_docstring(test) or "")


def _body(test: ast.FunctionDef, text: str) -> str:
    """The cases and the code of a test, without its docstring."""
    lines = text.splitlines()
    cases = [line for one in test.decorator_list for line in lines[one.lineno - 1 : one.end_lineno]]
    told, *rest = test.body
    body = lines[(told.end_lineno or 0) : test.end_lineno] if rest else []
    return "\n".join([*cases, dedent("\n".join(body)).strip("\n")])
