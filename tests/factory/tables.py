"""The shipped tables, with a fault of one kind put into the first cited value of each: what a user's own tables may look like."""

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

MAPPINGS = Path(__file__).parents[2] / "mappings"
ONE_SET = "criteria/fda.toml"
Cell = dict[str, Any]
Spoil = Callable[[Cell], None]


def tables() -> list[str]:
    """Every table in TOML with cited values; one criteria set stands for all, which are read alike."""
    names = sorted(path.name for path in MAPPINGS.glob("*.toml"))
    return [name for name in (*names, ONE_SET) if next(_cited(_read(name), ""), None) is not None]


def sheets() -> list[str]:
    """Every table in CSV."""
    return sorted(path.name for path in MAPPINGS.glob("*.csv"))


def spoil_all(folder: Path, spoil: Spoil) -> dict[str, str]:
    """Write every table with a fault in its first cited value; the path of that value, by table."""
    found = {}
    for name in tables():
        table = _read(name)
        where, cell = next(_cited(table, name))
        spoil(cell)
        found[name] = where
        write(folder, name, "\n".join(_lines(table, ())))
    return found


def spoil_sheets(folder: Path, line: str, new: str) -> list[str]:
    """Write every table in CSV with one line of its header changed; their names."""
    for name in sheets():
        text = (MAPPINGS / name).read_text(encoding="utf-8")
        write(folder, name, re.sub(rf"(?m)^{line}.*$", new, text, count=1))
    return sheets()


def write(folder: Path, name: str, text: str) -> None:
    """Write a table into a folder of one's own."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def _read(name: str) -> Cell:
    return tomllib.loads((MAPPINGS / name).read_text(encoding="utf-8"))


def _cited(table: Cell, where: str) -> Iterator[tuple[str, Cell]]:
    """Every cited value, with its path."""
    for key, value in table.items():
        if isinstance(value, dict):
            if "value" in value:
                yield f"{where}.{key}", value
            yield from _cited(value, f"{where}.{key}")


def _lines(table: Cell, path: tuple[str, ...]) -> Iterator[str]:
    """A table as TOML: its own values first, then the tables in it."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict) and "value" not in value}
    yield f"[{'.'.join(_key(part) for part in path)}]" if path else ""
    yield from (f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        yield from _lines(value, (*path, key))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"'


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
        case _:
            return str(value)
