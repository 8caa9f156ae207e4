"""Work in groups keeps to the connections allowed, and stops where it must."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor

import pytest

from fhir_trd.errors import ServerError
from fhir_trd.sinks.grouping import GROUP, in_groups


def test_every_item_is_worked_on_once() -> None:
    """No item is lost at the edge of a group, and each group tells when it is done."""
    items = range(3 * GROUP + 1)

    def work(group: Sequence[int], pool: Executor) -> list[int]:
        return [done.result() for done in [pool.submit(int, item) for item in group]]

    assert list(items) == sorted(item for group in in_groups(items, work, workers=3) for item in group)


@pytest.mark.parametrize("workers", [1, 3])
def test_never_more_at_once_than_allowed(workers: int) -> None:
    """Two groups under way share the connections."""
    lock, now, most = threading.Lock(), [0], [0]

    def ask(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.001)
        with lock:
            now[0] -= 1

    def work(group: Sequence[int], pool: Executor) -> int:
        return len([done.result() for done in [pool.submit(ask, item) for item in group]])

    assert 2 * GROUP == sum(in_groups(range(2 * GROUP), work, workers=workers))
    assert most[0] <= workers


def test_after_a_fault_nothing_more_is_begun() -> None:
    """A server that is down is not asked for the other groups."""
    begun: list[int] = []

    def work(group: Sequence[int], pool: Executor) -> None:
        begun.append(group[0])
        raise ServerError("down")

    with pytest.raises(ServerError):
        list(in_groups(range(1000 * GROUP), work, workers=1))
    assert len(begun) < 1000
