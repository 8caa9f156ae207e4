"""The hands of Spark: executors that see the folders of the driver do there what a process does on one machine."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache, partial
from pathlib import Path
from platform import node
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

from py4j.protocol import Py4JJavaError  # type: ignore[import-not-found]  # no stubs
from pyspark import SparkContext
from pyspark.accumulators import Accumulator, AccumulatorParam
from pyspark.errors import PySparkException

from fhir_trd.engines.pieces import File, sha256_of
from fhir_trd.engines.work import Job
from fhir_trd.errors import TrdError, UsageError

T = TypeVar("T")

LOOK = 0.1
"""How many seconds lie between two looks at what has been done."""

Answer = int | OSError | TrdError
"""What comes back of a task. An error of ours comes back as it is: to try again elsewhere would not help."""


class Answers(AccumulatorParam[list[Answer]]):  # type: ignore[misc]  # where Spark is not installed, it is unknown
    """How Spark brings the answers of its tasks together: each is counted once, however often its task was tried."""

    def zero(self, value: list[Answer]) -> list[Answer]:
        """No answer yet."""
        return []

    def addInPlace(self, value1: list[Answer], value2: list[Answer]) -> list[Answer]:  # noqa: N802 - so called by Spark
        """The answers of both."""
        value1.extend(value2)
        return value1


class Executors:
    """Hands on as many machines as a cluster has. All of them must see the input and this output by the same path."""

    def __init__(self, start: Callable[[], SparkContext], output: Path) -> None:
        self._start, self._output = start, output

    def __enter__(self) -> Self:
        """Begin: start Spark, or find it started."""
        self._context = self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End. Spark goes on: it may be in use for something else."""

    def digests(self, files: Sequence[File], /) -> list[str]:
        """The digest of each file. On one machine the driver has nothing else to do; for a cluster it would be too slow."""
        if self._context.master.startswith("local"):
            return [sha256_of(file) for file in files]
        found: list[str] = self._context.parallelize(files, len(files)).map(sha256_of).collect()
        return found

    def do(self, work: Callable[[T], int], tasks: Iterable[T], /) -> Iterator[int]:
        """Do each as a task of Spark, and answer each as it is done."""
        answers = self._context.accumulator([], Answers())
        group = f"fhir-trd-{uuid4().hex}"
        with ThreadPoolExecutor(1) as aside:
            job = aside.submit(self._spread, work, list(tasks), answers, group)
            try:
                yield from _answered(job, answers)
            finally:
                if not job.done():
                    self._context.cancelJobGroup(group)

    def _spread(self, work: Callable[[T], int], tasks: Sequence[T], answers: Accumulator[list[Answer]], group: str) -> None:
        self._context.setJobGroup(group, "fhir-trd", interruptOnCancel=True)
        if tasks:
            self._context.parallelize(tasks, len(tasks)).foreach(partial(_do, self._output, work, answers))


def _answered(job: "Future[None]", answers: Accumulator[list[Answer]]) -> Iterator[int]:
    told, ended = 0, False
    while not ended:
        wait([job], LOOK)
        ended = job.done()
        for answer in answers.value[told:]:
            told += 1
            if not isinstance(answer, int):
                raise answer
            yield answer
    try:
        job.result()
    except (Py4JJavaError, PySparkException) as error:
        why = "a task that failed on Spark (out of memory? its log tells)"
        raise TrdError(f"found {why}; run the same command again, it goes on where it stopped") from error


def _do(output: Path, work: Callable[[T], int], answers: Accumulator[list[Answer]], task: T) -> None:
    """What an executor does."""
    try:
        _expect_shared(output)
        answers.add([work(task)])
    except (OSError, TrdError) as error:
        answers.add([error])
    leave_tidy()


def leave_tidy() -> None:
    """Put aside what stays for the next task: Spark looks through the whole memory for garbage after each."""
    gc.collect()
    gc.freeze()


@lru_cache(maxsize=1)
def _expect_shared(output: Path) -> None:
    """Refuse to work on a machine that does not see what the driver does: its files would count as faulty."""
    job = Job(output)
    unseen = [str(output)] if not job.is_begun else [file.path for file in job.plan.files if not _is_seen(file.path, file.size)]
    if unseen:
        raise UsageError(
            f"{unseen[0]}: not found on {node()} as it is on the driver, wanted folders that all executors see by the same path; "
            "mount them on every machine, or name input and output by URLs that all reach, as hdfs:// or s3a://"
        )


def _is_seen(path: str, size: int) -> bool:
    return not size or (Path(path).is_file() and Path(path).stat().st_size == size)
