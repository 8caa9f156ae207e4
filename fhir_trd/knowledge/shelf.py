"""The one place that reads the tables: those shipped with the package, and a user's own laid over them file by file."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from fhir_trd.errors import TableError

NO_TABLES = (".md",)
"""What may lie beside tables: words for people. Anything else is taken as a table, so that no misspelt name is lost."""


class Shelf(Struct, frozen=True):
    """Every table by its name below mappings/, as bytes; ``own`` names those that the user brought."""

    tables: Mapping[str, bytes]
    own: frozenset[str] = frozenset()

    def below(self, folder: str) -> tuple[str, ...]:
        """The names of all tables in one folder, in order."""
        return tuple(name for name in sorted(self.tables) if name.startswith(f"{folder}/"))

    def read(self, name: str) -> bytes:
        """One table, empty if it is missing: what it lacks is then noted where it is read."""
        return self.tables.get(name, b"")

    @property
    def digest(self) -> str:
        """A fingerprint of all tables, so that a verdict can be replayed with the very same knowledge."""
        whole = hashlib.sha256()
        for name in sorted(self.tables):
            whole.update(f"{name}\0{len(self.tables[name])}\0".encode())
            whole.update(self.tables[name])
        return f"sha256:{whole.hexdigest()[:16]}"


def open_shelf(overlay: Path | None = None) -> Shelf:
    """The shipped tables; a table of the same name in the overlay folder takes the place of ours."""
    shipped = dict(_tables_in(_shipped_folder(), ""))
    if overlay is None:
        return Shelf(shipped)
    if not overlay.is_dir():
        raise TableError(f"{overlay}: expected a folder of tables, found none; name a folder that holds .toml or .csv files")
    own = dict(_tables_in(overlay, ""))
    return Shelf({**shipped, **own}, frozenset(own))


def _shipped_folder() -> Path:
    """The tables travel inside the wheel; in a checkout they lie beside the package."""
    package = Path(__file__).parents[1]
    inside = package / "mappings"
    return inside if inside.is_dir() else package.parent / "mappings"


def _tables_in(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _tables_in(item, f"{prefix}{item.name}/")
        elif not item.name.startswith(".") and item.suffix not in NO_TABLES:
            yield f"{prefix}{item.name}", item.read_bytes()
