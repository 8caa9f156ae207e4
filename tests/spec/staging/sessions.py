"""Sessions of ECT in November 2024, as a chart tells them."""

DAYS = (4, 6, 8, 11, 13, 15)


def sessions(kind: str, number: int) -> str:
    """So many sessions on different days."""
    return "; ".join(f"{kind} 2024-11-{day:02}" for day in DAYS[:number])
