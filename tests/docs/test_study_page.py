"""The how-to on studying a population does what it says, on the invented people whose numbers it shows."""

from pathlib import Path

from benchmarks.exports.folder import export
from benchmarks.exports.people import LEAN
from tests.docs.pages import HOW_TO, is_as_shown, printed, steps


def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    """Every step on the page runs, and what the page shows below a step is what it prints."""
    export(tmp_path / "export", patients=1000, seed=1, files=2, amount=LEAN)
    todo = list(steps(HOW_TO / "study-a-population.md"))
    found = printed(todo, tmp_path, {})

    assert [] == [
        step.lines for step, text in zip(todo, found, strict=True) if step.shown is not None and not is_as_shown(step.shown, text)
    ]
