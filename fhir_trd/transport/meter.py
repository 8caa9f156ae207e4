"""Counts of what was asked and answered, for the run report and for metrics. It holds numbers, never addresses of people."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

Labels = tuple[tuple[str, str], ...]


class Meter:
    """Counters by name and labels; several threads may count at once."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Labels]] = Counter()
        self._lock = Lock()

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += amount  # type: ignore[assignment]

    def counts(self) -> Mapping[tuple[str, Labels], float]:
        """All counters as they stand, in the order of their names."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    def total(self, name: str) -> float:
        """One counter over all its labels."""
        return sum(value for (counted, _), value in self.counts().items() if counted == name)
