"""A room sees itself and the floors below; inside the house nothing goes round in a circle."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.house.house import FILES, FRONT, LEVEL, imports, room_of, text_of


def rooms_seen(text: str) -> set[str]:
    """The rooms that a text imports from."""
    parts = [name.split(".") for name in imports(text)]
    return {part[1] for part in parts if part[0] == "fhir_trd" and part[1:] and part[1] in {*LEVEL, *FRONT}}


def forbidden(path: Path, text: str) -> list[str]:
    """The rooms that a module looks into though they are not on a floor below."""
    here = room_of(path)
    if here in FRONT:
        return sorted(room for room in rooms_seen(text) if room == "cli")
    return sorted(room for room in rooms_seen(text) if room != here and LEVEL.get(room, len(LEVEL)) >= LEVEL[here])


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_room_sees_only_itself_and_the_floors_below(path: Path) -> None:
    """No module imports from its own floor's other rooms, or from a floor above."""
    assert [] == forbidden(path, text_of(path))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_module_lies_in_a_room_of_the_plan(path: Path) -> None:
    """There is no module outside the rooms of the plan."""
    assert room_of(path) in {*LEVEL, *FRONT}


@pytest.mark.parametrize(
    ("path", "text", "caught"),
    [
        ("history/a.py", "import fhir_trd.fhir.decode", ["fhir"]),
        ("history/a.py", "from fhir_trd import cli", ["cli"]),
        ("criteria/a.py", "from fhir_trd.history.build import history", ["history"]),
        ("model/a.py", "def f():\n    from fhir_trd.assessment import assess", ["assessment"]),
        ("sources/a.py", "from fhir_trd.sinks.files import write_file", ["sinks"]),
        ("report/a.py", "from fhir_trd.api import read", ["api"]),
        ("api.py", "from fhir_trd.cli.main import main", ["cli"]),
        ("assessment.py", "from fhir_trd.history.build import history", []),
        ("cli/a.py", "from fhir_trd.assessment import assess", []),
    ],
)
def test_a_look_upstairs_is_caught(path: str, text: str, caught: list[str]) -> None:
    """The check of the floors finds seeded violations, and nothing else."""
    assert caught == forbidden(Path(path), text)


def modules_seen(path: Path, text: str, known: frozenset[str]) -> set[str]:
    """The modules of the package that a module imports."""
    return {name for name in imports(text) if name in known} - {dotted(path)}


def dotted(path: Path) -> str:
    """The dotted name of a module."""
    return ".".join(("fhir_trd", *path.with_suffix("").parts)).removesuffix(".__init__")


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules that lie on or behind a circle of imports."""
    left = dict(graph)
    while leaves := [name for name, seen in left.items() if not seen & left.keys()]:
        for name in leaves:
            del left[name]
    return sorted(left)


def test_no_module_imports_itself_through_others() -> None:
    """The imports of the package form no circle."""
    known = frozenset(dotted(path) for path in FILES)
    # The front door loads the interface only when it is used, so its import is not one at start.
    inner = {dotted(path): modules_seen(path, text_of(path), known) - {"fhir_trd"} for path in FILES}
    del inner["fhir_trd"]
    assert [] == circle(inner)


def test_a_circle_is_caught() -> None:
    """The check for circles finds one of three modules, and lets a chain pass."""
    assert ["a", "b", "c"] == circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()})
    assert [] == circle({"a": {"b"}, "b": {"c"}, "c": set()})
