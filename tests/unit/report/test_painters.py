"""The same blocks, plain in a file and in colour on a terminal."""

from io import StringIO

import pytest

from fhir_trd.report import plain, tables
from fhir_trd.report.page import SPACE, Grid, Line, Tone

WORDS = "one two three four five six seven eight nine ten eleven twelve"


class Terminal(StringIO):
    """A stream that says somebody looks."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def plainly(*blocks: Line | Grid) -> str:
    """These blocks as plain text."""
    stream = StringIO()
    plain.paint(blocks, stream)
    return stream.getvalue()


def in_colour(*blocks: Line | Grid) -> str:
    """These blocks as a terminal gets them."""
    stream = Terminal()
    tables.paint(blocks, stream)
    return stream.getvalue()


def test_a_line_is_indented_and_broken_with_a_deeper_indent() -> None:
    """A long line is broken, and what follows stands further right than its beginning."""
    first, second = plainly(Line(f"{WORDS} {WORDS}", indent=1)).splitlines()

    assert first.startswith("  one")
    assert second.startswith("    ")
    assert plain.WIDTH >= len(first)


def test_a_grid_keeps_solid_columns_and_breaks_the_others() -> None:
    """A solid cell stays on one line, whatever its length; the others make room; a new line in a cell is kept."""
    solid = "Medication/a-long-name-that-must-not-be-broken-anywhere"
    shown = plainly(Grid("Title", ("A", "B", "C"), ((solid, WORDS, "x\ny"),), frozenset({"A"})))

    assert solid in shown
    assert plain.WIDTH >= max(map(len, shown.splitlines()))
    assert shown.startswith("\nTitle\n\nA  ")
    assert shown.splitlines()[5].endswith("x")
    assert shown.splitlines()[6].endswith("y")


def test_a_grid_without_rows_or_title_is_still_a_grid() -> None:
    """Only the heads and the rule are left."""
    assert plainly(Grid("", ("A", "B"), ())) == "\nA   B\n─────\n\n"


@pytest.mark.parametrize("paint", [plainly, in_colour])
def test_what_looks_like_markup_is_text(paint) -> None:  # type: ignore[no-untyped-def]
    """Square brackets of a record or a reason are shown, not taken for colours."""
    assert "[red]x[/red]" in paint(Line("[red]x[/red]"), SPACE, Grid("", ("A",), (("[red]x[/red]",),)))


def test_a_terminal_gets_colours_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alert is coloured on a terminal; NO_COLOR takes the colour away."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31mx" in in_colour(Line("x", Tone.ALERT))

    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in in_colour(Line("x", Tone.ALERT))


def test_a_terminal_shows_tables() -> None:
    """A grid reaches the terminal with its title, heads and cells."""
    shown = in_colour(Grid("Title", ("Head",), (("cell",),)))

    assert [] == [word for word in ("Title", "Head", "cell") if word not in shown]
