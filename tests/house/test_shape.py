"""The shape of the code: small files, short functions, plain names, nothing hidden."""

import ast
from pathlib import Path

import pytest

from tests.house.house import FILES, PACKAGE, ROOT, TESTS, functions, public, text_of

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "tools", "manager", "data", "info"}
LAZY = {"__init__.py", "cli/bulk.py", "cli/main.py", "cli/painting.py"}
"""The modules with a sanctioned load at run time (docs/decisions/0002): nobody waits for rooms that are not entered."""
MUTABLE = (ast.List, ast.Set, ast.ListComp, ast.SetComp)
MUTABLE_CALLS = {"list", "dict", "set", "defaultdict", "Counter", "deque", "bytearray", "OrderedDict"}
BROAD = {"Exception", "BaseException"}


def lazy_imports(text: str) -> list[int]:
    """The lines inside functions where something is imported."""
    inside = (node for function in functions(text) for node in ast.walk(function))
    return sorted({node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom) or _loads(node)})


def _loads(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"import_module", "__import__"}


def broad_excepts(text: str) -> list[int]:
    """The lines where every kind of error is caught."""
    handlers = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ExceptHandler))
    return [node.lineno for node in handlers if node.type is None or {name.id for name in _names(node.type)} & BROAD]


def _names(node: ast.AST) -> list[ast.Name]:
    return [name for name in ast.walk(node) if isinstance(name, ast.Name)]


def mutable_globals(text: str) -> list[str]:
    """The names at the top of a module that hold something to be changed; a table in capitals that nobody changes may stay."""
    found: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.extend(ast.unparse(target) for target in targets if _changes(node.value, ast.unparse(target), text))
    return [name for name in found if name != "__all__"]


def mutable_defaults(text: str) -> list[int]:
    """The lines of functions with a default that could be changed, however its type is declared."""
    return [function.lineno for function in functions(text) if any(map(_can_change, _defaults(function.args)))]


def _defaults(told: ast.arguments) -> list[ast.expr]:
    return [*told.defaults, *(default for default in told.kw_defaults if default is not None)]


def _can_change(value: ast.expr) -> bool:
    called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    return isinstance(value, (*MUTABLE, ast.Dict, ast.DictComp)) or called in MUTABLE_CALLS


def _changes(value: ast.expr, name: str, text: str) -> bool:
    if isinstance(value, ast.Dict | ast.DictComp):
        return name.upper() != name or _is_written_to(name, text)
    called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    return isinstance(value, MUTABLE) or called in MUTABLE_CALLS


def _is_written_to(name: str, text: str) -> bool:
    places = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Subscript))
    return any(ast.unparse(place.value) == name and isinstance(place.ctx, ast.Store | ast.Del) for place in places)


def global_statements(text: str) -> list[int]:
    """The lines where a function takes hold of a global."""
    return [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Global)]


def too_long(text: str) -> list[str]:
    """The functions of a text that are longer than a reader's breath."""
    return [node.name for node in functions(text) if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_and_functions_are_short(path: Path) -> None:
    """No file is longer than 300 lines and no function than 40."""
    text = text_of(path)
    assert len(text.splitlines()) <= LONGEST_FILE
    assert [] == too_long(text)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_stand_at_the_top(path: Path) -> None:
    """Nothing is imported inside a function, but for the four sanctioned loads."""
    found = lazy_imports(text_of(path))
    assert (1 if path.as_posix() in LAZY else 0) == len(found)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nothing_is_caught_by_the_sackful(path: Path) -> None:
    """No handler catches every kind of error."""
    assert [] == broad_excepts(text_of(path))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_module_holds_something_that_changes(path: Path) -> None:
    """There are no mutable globals, and no default that a call could change."""
    text = text_of(path)
    assert [] == mutable_globals(text)
    assert [] == mutable_defaults(text)
    assert [] == global_statements(text)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_names_say_what_is_inside(path: Path) -> None:
    """No module is called utils, helpers, common, misc or base."""
    assert set() == {part.removesuffix(".py") for part in path.parts} & VAGUE


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_are_absolute(path: Path) -> None:
    """No import is relative, and none takes everything."""
    nodes = [node for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.ImportFrom)]
    assert [] == [node.lineno for node in nodes if node.level or node.names[0].name == "*"]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_public_name_says_what_it_is(path: Path) -> None:
    """Every module, public class, function and method has a docstring."""
    text = text_of(path)
    assert [] == [node.name for node in public(text) if not ast.get_docstring(node)]
    assert path.name == "__init__.py" or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_every_test_states_its_fact(path: Path) -> None:
    """Every test has a docstring, and its asserts can fail: nothing is patched."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert [] == [node.name for node in functions(text) if node.name.startswith("test_") and not ast.get_docstring(node)]
    assert [] == [name for name in ("mock" + ".patch", "unittest" + ".mock") if name in text]


def test_inner_doors_are_empty() -> None:
    """The __init__.py of an inner room holds nothing; names are imported from where they are defined."""
    assert [] == [str(path) for path in FILES if path.name == "__init__.py" and path.parts[1:] and text_of(path).strip()]


def test_the_top_of_the_tree_is_the_plan() -> None:
    """What lies at the top is what the plan names."""
    wanted = {"fhir_trd", "mappings", "tests", "sample_bundles", "docs", "pyproject.toml", "README.md", "Makefile", "LICENSE"}
    assert set() == wanted - {path.name for path in ROOT.iterdir()}
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize(
    ("check", "text", "caught"),
    [
        (lazy_imports, "import os\ndef f():\n    import json\n    return json", [3]),
        (lazy_imports, "def f(name):\n    return importlib.import_module(name)", [2]),
        (broad_excepts, "try:\n    f()\nexcept:\n    pass", [3]),
        (broad_excepts, "try:\n    f()\nexcept (ValueError, Exception):\n    pass", [3]),
        (broad_excepts, "try:\n    f()\nexcept ValueError:\n    pass", []),
        (mutable_defaults, "def f(a=(), *, b: Mapping[str, int] = {}): ...\ndef g(a=None): ...", [1]),
        (mutable_globals, "seen = []\nNAMES = {'a': 1}\nwords: dict[str, int] = {}\nEDGES = (1, 2)", ["seen", "words"]),
        (mutable_globals, "CACHE = {}\ndef f(key):\n    CACHE[key] = 1", ["CACHE"]),
        (global_statements, "def f():\n    global count\n    count = 1", [2]),
        (too_long, "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION, ["f"]),
    ],
)
def test_a_fault_of_shape_is_caught(check, text, caught) -> None:  # type: ignore[no-untyped-def]
    """Each check of shape finds a seeded violation."""
    assert caught == check(text)
