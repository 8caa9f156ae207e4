"""A table drawn in text, as tests write it: a line of headings, then rows, with ``|`` between the cells."""


def rows(text: str) -> tuple[dict[str, str], ...]:
    """The rows of a drawn table, each as heading → cell; cells that a short row leaves out are empty."""
    lines = [_cells(line) for line in text.splitlines() if line.strip()]
    if not lines:
        return ()
    headings, *body = lines
    return tuple(dict(zip(headings, cells + [""] * len(headings), strict=False)) for cells in body)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def phrases(text: str) -> tuple[str, ...]:
    """The parts of a list written with semicolons or on lines of its own."""
    parts = text.replace("\n", ";").split(";")
    return tuple(part.strip() for part in parts if part.strip())
