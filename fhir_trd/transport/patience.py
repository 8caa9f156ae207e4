"""How often and how long to wait for a server that is busy or down. What the server itself asks for wins."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct

from fhir_trd.errors import ServerError

TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that say nothing about the request itself: the same may succeed a moment later."""


class WaitTooLongError(ServerError):
    """A server asks to be left alone longer than anybody waits: nothing else is asked of it, either."""


class Patience(Struct, frozen=True, kw_only=True):
    """``attempts`` in all; the wait doubles from ``first_wait`` seconds; longer than ``longest_wait`` is not waited for."""

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 300.0
    connect_timeout: float = 10.0
    read_timeout: float = 120.0

    def wait(self, attempt: int, chance: float) -> float:
        """How long to wait after this many attempts, spread by chance so that many clients don't come back at once."""
        return min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1)) * (0.5 + chance / 2)


def seconds_asked(retry_after: str, now: datetime) -> float | None:
    """How long a ``Retry-After`` asks to wait, in seconds or until a date; None where it says nothing readable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
