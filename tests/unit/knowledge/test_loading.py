"""The tables are one checked whole, with a fingerprint; a user's folder is laid over them file by file."""

from pathlib import Path

import pytest

from fhir_trd.errors import TableError
from fhir_trd.knowledge.load import TABLES, load_knowledge
from fhir_trd.knowledge.shelf import Shelf, open_shelf
from fhir_trd.model.knowledge import Knowledge

ROOT = Path(__file__).parents[3]


def test_every_table_of_the_checkout_is_on_the_shelf() -> None:
    """The shelf holds every .toml and .csv below mappings/, and nothing else."""
    there = {path.relative_to(ROOT / "mappings").as_posix() for path in (ROOT / "mappings").rglob("*.*")}
    assert there == set(open_shelf().tables)


def test_every_table_is_one_that_is_read() -> None:
    """Apart from the criteria sets, the tables are exactly those the loader reads."""
    assert {name for name in open_shelf().tables if not name.startswith("criteria/")} == TABLES


def test_the_digest_is_the_same_for_the_same_tables(knowledge: Knowledge) -> None:
    """Two loads give the same fingerprint, and it says how it was made."""
    assert knowledge.digest == load_knowledge().digest
    assert knowledge.digest.startswith("sha256:")
    assert len("sha256:") + 16 == len(knowledge.digest)


def test_the_digest_sees_names_and_contents() -> None:
    """Another content, another name, or a byte moved from one table to the next gives another fingerprint."""
    first = Shelf({"a.toml": b"xy", "b.toml": b"z"}).digest
    others = [
        Shelf({"a.toml": b"xy", "b.toml": b"!"}),
        Shelf({"a.toml": b"xy", "c.toml": b"z"}),
        Shelf({"a.toml": b"x", "b.toml": b"yz"}),
    ]
    assert first not in [other.digest for other in others]


def test_an_overlay_takes_the_place_of_one_table(tmp_path: Path, knowledge: Knowledge) -> None:
    """A user's drugs.toml replaces ours; every other table stays, and the digest tells."""
    text = (ROOT / "mappings" / "drugs.toml").read_text(encoding="utf-8")
    changed = text.replace(
        'mgh-atrq = { value = 50, unit = "mg/day", mark = "read" }', 'mgh-atrq = { value = 75, unit = "mg/day", mark = "read" }'
    )
    (tmp_path / "drugs.toml").write_text(changed, encoding="utf-8")
    loaded = load_knowledge(tmp_path)
    assert 75 == loaded.formulary.drugs["sertraline", ""].minimum["mgh-atrq"]
    assert knowledge.scales == loaded.scales
    assert knowledge.digest != loaded.digest


def test_an_overlay_can_add_a_criteria_set(tmp_path: Path) -> None:
    """A new file below criteria/ is a new criteria set of that name."""
    text = (ROOT / "mappings" / "criteria" / "fda.toml").read_text(encoding="utf-8")
    (tmp_path / "criteria").mkdir()
    (tmp_path / "criteria" / "mine.toml").write_text(text.replace('id = "fda"', 'id = "mine"'), encoding="utf-8")
    assert "mine" in load_knowledge(tmp_path).criteria


def test_a_missing_overlay_is_refused(tmp_path: Path) -> None:
    """An overlay that is no folder is an error with its remedy."""
    with pytest.raises(TableError) as caught:
        load_knowledge(tmp_path / "nowhere")
    assert (
        f"{tmp_path / 'nowhere'}: expected a folder of tables, found none; name a folder that holds .toml or .csv files"
        == str(caught.value)
    )


def test_every_source_is_used_or_a_licence(knowledge: Knowledge) -> None:
    """Every source has a title and says what of it was read."""
    assert [] == [source.key for source in knowledge.sources.values() if not (source.title and source.read)]


def test_every_reading_that_a_value_names_is_written_down() -> None:
    """docs/readings.md has an entry for every reading named in the tables."""
    written = (ROOT / "docs" / "readings.md").read_text(encoding="utf-8")
    named = {
        word.strip('" },\n')
        for content in open_shelf().tables.values()
        for word in content.decode().split()
        if word.startswith('"R-')
    }
    assert [] == sorted(name for name in named if f"**{name} " not in written)
