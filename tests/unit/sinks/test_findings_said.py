"""What is said where there is nothing to write, or no way to."""

from pathlib import Path

from tests.unit.sinks.ehr import Ehr, run


def test_a_bundle_with_nothing_in_it_is_said_to_be_so(ehr: Ehr, tmp_path: Path) -> None:
    """An empty Bundle is refused in words that fit."""
    (tmp_path / "empty.json").write_text('{"resourceType": "Bundle", "type": "transaction", "entry": []}')

    done = run(tmp_path / "empty.json")

    assert 2 == done.exit_code
    assert "found a Bundle with nothing in it" in done.stderr
