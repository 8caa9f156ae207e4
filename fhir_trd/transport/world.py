"""What the outside world is to this room: a clock, a way to wait, and chance. Tests bring their own."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct


def _now() -> datetime:
    return datetime.now(UTC)


class World(Struct, frozen=True):
    """The clock, the waiting and the chance that a connection needs."""

    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
