"""What a worker does, whether it is a process of its own or not: everything it needs is on disk or in the tables."""

from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from fhir_trd.engines.judging import Judge, Judged
from fhir_trd.engines.orders import MEGABYTE, Order
from fhir_trd.engines.pieces import Piece, Plan
from fhir_trd.engines.reading import Reader, Shelves
from fhir_trd.engines.scanning import Scanned, Scanner
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.sieve import Sieve
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.sinks.files import write_file

WORK = ".work"
"""The folder, below the output, of what a run needs to go on after an interruption."""


class Job(Struct, frozen=True):
    """Where the order and the plan of a run stand, and what it has done: below this output folder."""

    output: Path

    @property
    def work(self) -> Path:
        """The folder of unfinished work."""
        return self.output / WORK

    @property
    def order(self) -> Order:
        """What was asked for."""
        return msgspec.json.decode((self.work / "order.json").read_bytes(), type=Order)

    @property
    def plan(self) -> Plan:
        """How the input was cut."""
        return msgspec.json.decode((self.work / "plan.json").read_bytes(), type=Plan)

    def scanned(self, piece: Piece) -> Path:
        """What became of a piece; the file is there if it is done."""
        return self.work / f"{piece.number:06}.json"

    def judged(self, partition: int) -> Path:
        """What became of a partition; the file is there if it is done."""
        return self.work / f"judged-{partition:05}.json"

    def all_scanned(self) -> list[Scanned]:
        """What became of all pieces, in their order."""
        return [msgspec.json.decode(self.scanned(piece).read_bytes(), type=Scanned) for piece in self.plan.pieces]

    def all_judged(self) -> list[Judged]:
        """What became of all partitions, in their order."""
        return [msgspec.json.decode(self.judged(number).read_bytes(), type=Judged) for number in self.plan.all_partitions]


def scan(job: Job, piece: Piece) -> int:
    """Scan a piece, and answer how many bytes that was."""
    write_file(job.scanned(piece), msgspec.json.encode(_scanner(job).scan(piece)))
    return piece.stop - piece.start


def judge(job: Job, partition: int) -> int:
    """Judge a partition, and answer how many patients it has."""
    judged = _judge(job).judge(partition)
    write_file(job.judged(partition), msgspec.json.encode(judged))
    return judged.patients


@lru_cache(maxsize=1)
def tables(mappings: Path | None) -> Knowledge:
    """The tables of a run, loaded once in each process."""
    return load_knowledge(mappings)


@lru_cache(maxsize=1)
def _scanner(job: Job) -> Scanner:
    order, plan = job.order, job.plan
    sieve = Sieve(Desk(tables(order.mappings)), dated=order.as_of is None, thorough=order.check_all)
    return Scanner(sieve, plan.files, job.work, partitions=plan.partitions, longest=order.longest * MEGABYTE)


@lru_cache(maxsize=1)
def _judge(job: Job) -> Judge:
    order, plan = job.order, job.plan
    knowledge, shelves = tables(order.mappings), Shelves(job.work, plan.files, job.all_scanned())
    reads_all = order.check_all or order.as_of is None
    reader = Reader(shelves, shelves.products(keeps_all=reads_all), knowledge, reads_all=reads_all)
    return Judge(reader, knowledge, order, job.output)
