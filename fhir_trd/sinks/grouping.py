"""Work in groups: few at once, none begun after a fault, and the results of each group as soon as it is done."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from typing import TypeVar

GROUP = 50
"""How many findings are looked at and proved together."""
AHEAD = 2
"""How many groups are under way: while one is looked for, the next one is written."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_groups(items: Sequence[Item], work: Callable[[Sequence[Item], Executor], Result], *, workers: int) -> Iterator[Result]:
    """The result of each group. All that ``work`` asks of the server goes through the executor, so never more than allowed."""
    with ThreadPoolExecutor(workers) as pool, ThreadPoolExecutor(AHEAD) as groups:
        starts = range(0, len(items), GROUP)
        going = [groups.submit(work, items[start : start + GROUP], pool) for start in starts]
        try:
            for done in as_completed(going):
                yield done.result()
        finally:  # In an outage nothing more is begun.
            groups.shutdown(wait=False, cancel_futures=True)
            pool.shutdown(cancel_futures=True)
