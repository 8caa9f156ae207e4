"""Work in groups: few at once, none begun after a fault, and the results of each group as soon as it is done."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

GROUP = 50
"""How many findings are looked at and proved together."""
AHEAD = 2
"""How many groups are under way: while one is looked for, the next one is written."""
WAITING = 2
"""How many more wait for their turn, so that none under way has to wait for whoever takes the results."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_groups(items: Sequence[Item], work: Callable[[Sequence[Item], Executor], Result], *, workers: int) -> Iterator[Result]:
    """The result of each group. All that ``work`` asks of the server goes through the executor, so never more than allowed."""
    with ThreadPoolExecutor(workers) as pool, ThreadPoolExecutor(AHEAD) as groups:
        todo = (items[start : start + GROUP] for start in range(0, len(items), GROUP))
        going = {groups.submit(work, some, pool) for some in islice(todo, AHEAD + WAITING)}
        try:
            while going:
                ended, going = wait(going, return_when=FIRST_COMPLETED)
                for done in sorted(ended, key=_failed):  # What is done before a fault is told all the same.
                    result = done.result()
                    going |= {groups.submit(work, some, pool) for some in islice(todo, 1)}
                    yield result
        finally:  # In an outage nothing more is begun.
            groups.shutdown(wait=False, cancel_futures=True)
            pool.shutdown(cancel_futures=True)


def _failed(done: Future[Result]) -> bool:
    return done.exception() is not None
