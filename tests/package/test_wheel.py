"""What is shipped works by itself: the wheel holds the tables, and runs where nothing of the project lies around."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from fhir_trd import __all__ as named
from fhir_trd import __version__
from tests.cli.running import MET

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what the project holds."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in ("fhir_trd", "mappings"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def tool(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the wheel, installed in an empty environment that sees only the packages the wheel asks for."""
    home = tmp_path_factory.mktemp("home") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return home / "bin" / "fhir-trd"


def run(tool: Path, *arguments: str, cwd: Path) -> str:
    """What the installed command writes to stdout, run from another folder and without our paths."""
    env: Mapping[str, str] = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([tool, *arguments], cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout


def test_the_wheel_holds_every_table_and_nothing_of_the_tests(wheel: Path) -> None:
    """All files of mappings/ travel inside the package, with the mark for type checkers; tests and samples stay at home."""
    held = set(zipfile.ZipFile(wheel).namelist())
    tables = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mappings").rglob("*.toml")}

    assert set() == {f"fhir_trd/{table}" for table in tables} - held
    assert "fhir_trd/py.typed" in held
    assert [] == [name for name in held if name.startswith(("tests/", "sample_bundles/", "benchmarks/"))]


def test_the_installed_command_judges_a_sample(tool: Path, tmp_path: Path) -> None:
    """From any folder, the installed command reads a Bundle and says what it found."""
    shown = json.loads(run(tool, "evaluate", "--format", "json", str(MET), cwd=tmp_path))

    assert ["met"] == [verdict["result"] for verdict in shown["verdicts"]]


def test_the_installed_command_writes_a_bundle(tool: Path, tmp_path: Path) -> None:
    """From any folder, the installed command turns a Bundle into the one to write back."""
    run(tool, "convert", str(MET), "-o", "out.json", cwd=tmp_path)

    written = json.loads((tmp_path / "out.json").read_bytes())
    kinds = {entry["resource"]["resourceType"] for entry in written["entry"]}
    assert {"Observation", "CarePlan", "Provenance", "Device"} == kinds


def test_the_installed_command_knows_its_tables(tool: Path, tmp_path: Path) -> None:
    """From any folder, the installed command lists what it knows."""
    assert "consensus" in run(tool, "mappings", "list", cwd=tmp_path)


def test_the_interface_is_what_is_named() -> None:
    """The names of the package are sorted, and each of them is there."""
    code = "import fhir_trd; print(*(name for name in fhir_trd.__all__ if hasattr(fhir_trd, name)))"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert sorted(named) == named
    assert named == shown


def test_the_interface_binds_functions_and_no_module() -> None:
    """assess is the function of the interface, though a module of that name exists."""
    code = "from fhir_trd import assess, read, write; print(*(callable(one) for one in (assess, read, write)))"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert "True True True\n" == shown


def test_the_version_stands_in_one_place() -> None:
    """The package's version is read from the package, so that the two can't differ."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert ["version"] == project["project"]["dynamic"]
    assert "fhir_trd/__init__.py" == project["tool"]["hatch"]["version"]["path"]
    assert 3 == len(__version__.split("."))
