"""Numbers, drug names and codes are data with a source; Python holds none of them."""

import ast
import csv
import re
import tomllib
from functools import lru_cache
from pathlib import Path

import pytest

from tests.house.house import FILES, NO_NUMBERS, ROOT, room_of, text_of

FHIR_WORDS = ("resourceType", "coding", "valueQuantity")
ICD = re.compile(r"(?:F[0-9]{2}|Z[0-9]{2})(?:\.[0-9A-Z]+)?")


def numbers(text: str) -> list[int | float | complex]:
    """The numbers a text holds besides 0 and 1."""
    constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, int | float | complex) and value not in (0, 1)]


def code_words(text: str) -> set[str]:
    """The words of a text's names and strings, docstrings left out: what the program does, not what is said about it."""
    tree = ast.parse(text)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in said:
            value = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            words.update(re.findall(r"[A-Za-z0-9.\-]+", value.lower()))
        elif isinstance(node, ast.Name):
            words.update(node.id.lower().split("_"))
    return words


@lru_cache(maxsize=1)
def drug_names() -> frozenset[str]:
    """The ingredients and names of the drug tables."""
    found: set[str] = set()
    for table in ("drugs.toml", "augmentation.toml"):
        path = ROOT / "mappings" / table
        if path.is_file():
            found.update(_keys(tomllib.loads(path.read_text(encoding="utf-8"))))
    return frozenset(found)


def _keys(table: dict[str, object]) -> set[str]:
    entries = {key: value for key, value in table.items() if isinstance(value, dict)}
    inner = {name for value in entries.values() for name in _names_in(value)}
    return {name.lower() for name in {*entries, *inner} if len(name) > 4} - {"defaults", "header", "about"}


def _names_in(entry: dict[str, object]) -> set[str]:
    listed = [entry.get("name"), *_values(entry.get("names")), *_values(entry.get("brands"))]
    return {name for name in listed if isinstance(name, str) and " " not in name}


def _values(cell: object) -> list[object]:
    value = cell.get("value") if isinstance(cell, dict) else None
    return value if isinstance(value, list) else []


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """The codes of the tables that are long enough to be told from any other number."""
    found: set[str] = set()
    for path in sorted((ROOT / "mappings").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(line for line in stream if not line.startswith("#"))
            found.update(row["code"].lower() for row in rows if row.get("code"))
    return frozenset(code for code in found if len(code) > 4 and any(letter.isdigit() for letter in code))


def misplaced(text: str) -> list[str]:
    """The drug names, known codes and ICD codes that a text holds."""
    words = code_words(text)
    return sorted(words & (drug_names() | known_codes()) | {word for word in words if ICD.fullmatch(word.upper())})


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) in NO_NUMBERS], ids=str)
def test_rules_hold_no_number(path: Path) -> None:
    """The rooms that decide hold no number but 0 and 1; every other one is a cited value of mappings/."""
    assert [] == numbers(text_of(path))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_python_holds_no_drug_and_no_clinical_code(path: Path) -> None:
    """No module names a drug or a code of the tables; only writing may name the codes of what it writes."""
    if path.parts[:2] == ("fhir", "write"):
        pytest.skip("the codes that written resources carry are part of their form")
    assert [] == misplaced(text_of(path))


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) != "fhir"], ids=str)
def test_fhir_words_stay_in_their_room(path: Path) -> None:
    """Only fhir/ knows how FHIR spells things."""
    assert [] == [word for word in FHIR_WORDS if re.search(rf"[\"']{word}[\"']", text_of(path))]


def test_a_number_is_caught() -> None:
    """The check finds a seeded threshold, and lets 0, 1 and True pass."""
    assert [56] == numbers("def f(days):\n    return days > 56 and days != 0 and True and days - 1")


def test_a_drug_and_a_code_are_caught() -> None:
    """The check finds a seeded drug name and ICD code in a string, and lets a docstring pass."""
    assert ["f33.2", "sertraline"] == misplaced('"""About sertraline."""\nif name == "sertraline" or code == "F33.2":\n    pass')
