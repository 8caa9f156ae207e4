"""What a worker does, whether it is a process of its own or not: everything it needs is on disk or in the tables."""

from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fhir_trd import __version__
from fhir_trd.engines.judging import Judge, Judged
from fhir_trd.engines.orders import Order
from fhir_trd.engines.pieces import Piece, Plan
from fhir_trd.engines.reading import Reader, Shelves
from fhir_trd.engines.scanning import Scanned, Scanner
from fhir_trd.engines.settling import Settled, settled_by, settled_file
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.sheets import PATIENT
from fhir_trd.fhir.read.sieve import Sieve
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.sinks.files import put_in_place

WORK = ".work"
"""The folder, below the output, of what a run needs to go on after an interruption."""


class Job(Struct, frozen=True):
    """Where the order and the plan of a run stand, and what it has done: below this output folder.

    ``stamp`` tells two runs into the same folder apart.
    """

    output: Path
    stamp: str = ""

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

    def begin(self, order: Order, plan: Plan) -> None:
        """Put down what was asked for and how the input is cut, for the workers and for whoever resumes."""
        self.work.mkdir(parents=True, exist_ok=True)
        keep(self.work / "order.json", msgspec.json.encode(order))
        keep(self.work / "plan.json", msgspec.json.encode(plan))

    @property
    def is_begun(self) -> bool:
        """Whether work stands there."""
        return (self.work / "plan.json").exists()

    def scanned(self, piece: Piece) -> Path:
        """What became of a piece; the file is there if it is done."""
        return self.work / f"{piece.number:06}.json"

    @property
    def settled(self) -> Path:
        """The file that is there once it is settled whose resources are whose."""
        return self.work / "settled"

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
    keep(job.scanned(piece), msgspec.json.encode(_scanner(job).scan(piece)))
    return piece.stop - piece.start


def judge(job: Job, partition: int) -> int:
    """Judge a partition, and answer how many patients it has."""
    judged = _judge(job).judge(partition)
    keep(job.judged(partition), msgspec.json.encode(judged))
    return judged.patients


def settle(job: Job) -> None:
    """Give what names its patient by an identifier alone to the partition of that patient."""
    if job.settled.exists():
        return
    plan, shelves = job.plan, Shelves(job.work, job.plan, job.all_scanned())
    nobodys = (Settled(piece, kept) for piece, kept in shelves.wholes(shelves.kept(plan.partitions)))
    everyones = (one for number in range(plan.partitions) for one in shelves.kept(number))
    people = (kept for _, kept in shelves.wholes(one for one in everyones if one[1].resource_type == PATIENT))
    for partition, settled in settled_by(nobodys, people, plan.partitions).items():
        keep(settled_file(job.work, partition), msgspec.msgpack.encode(settled))
    keep(job.settled, b"")


def keep(path: Path, body: bytes) -> None:
    """Write what an interrupted run needs to go on: whole or not at all, also where two do the same work at once."""
    with put_in_place(path) as stream:
        stream.write(body)


@lru_cache(maxsize=1)
def tables(mappings: Path | None) -> Knowledge:
    """The tables of a run, loaded once in each process."""
    return load_knowledge(mappings)


def stamped(order: Order) -> Order:
    """The order with the versions of this program and of its tables."""
    return replace(order, version=__version__, knowledge=tables(order.mappings).digest)


def sieve_for(order: Order) -> Sieve:
    """The sieve through which everything goes."""
    return Sieve(Desk(tables(order.mappings)), dated=order.is_dated, thorough=order.check_all)


@lru_cache(maxsize=1)
def reader_of(job: Job) -> Reader[int]:
    """Reads what was scanned, partition by partition."""
    order, shelves = job.order, Shelves(job.work, job.plan, job.all_scanned())
    products = shelves.products(keeps_all=order.reads_all)
    return Reader(shelves, products, tables(order.mappings), reads_all=order.reads_all)


@lru_cache(maxsize=1)
def _scanner(job: Job) -> Scanner:
    order, plan = job.order, job.plan
    return Scanner(sieve_for(order), plan.files, job.work, partitions=plan.partitions, longest=order.most_bytes)


@lru_cache(maxsize=1)
def _judge(job: Job) -> Judge:
    order = job.order
    return Judge(reader_of(job), tables(order.mappings), order, job.output)
