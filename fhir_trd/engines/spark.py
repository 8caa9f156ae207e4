"""The same work on Spark, for populations that outgrow one machine: resources in, tables out, spread by patient.

Executors sift their lines, what may matter is sent to the partition of its patient, and each partition is judged by the very
code that judges one on a single machine. Every executor needs this package beside its Python.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from io import BytesIO
from itertools import chain, count, groupby
from operator import itemgetter
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct, structs
from pyspark import Broadcast, StorageLevel, TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - so called by everyone who uses Spark
from pyspark.sql.pandas.types import from_arrow_schema

from fhir_trd.engines.judging import Judge, Judged, Sheets, judged_of
from fhir_trd.engines.orders import Order
from fhir_trd.engines.pieces import file_at
from fhir_trd.engines.products import Products
from fhir_trd.engines.reading import Partition, Reader
from fhir_trd.engines.scanning import Share, Told, counts_of, sifted_in, too_long
from fhir_trd.engines.spark_hands import leave_tidy
from fhir_trd.engines.spark_settling import BLOCK, BODY, FILE, PLACE, SIFTED, segment_in, settled
from fhir_trd.engines.spill import PRODUCTS, Segment, Spill
from fhir_trd.engines.tables import LEDGER, SCHEMAS, columns_of
from fhir_trd.engines.work import sieve_for, tables
from fhir_trd.fhir.decode import Fault, Raw
from fhir_trd.fhir.read.sieve import LINE, Kept, Sieve, Sifted, restored
from fhir_trd.fhir.write.lines import WRITTEN

WHOLE = "whole"
INPUT = pa.schema([(BODY, pa.binary()), (FILE, pa.string()), (WHOLE, pa.bool_())])
"""What goes in: a line or a document as bytes, the file it comes from, and whether it is the whole of that file."""

TOLD = -2
"""The place of what needs no judging any more: what was set aside at once, or could not be read."""

TABLE, TEXT = "table", "text"
ACCOUNT = "account"
JUDGED = pa.schema([(TABLE, pa.string()), (BODY, pa.binary())])
"""What the second stage answers: of each partition the rows of each table, the resources of each type and the account, as bytes.

Spark is slow at keeping rows of many kinds side by side, and quick at keeping bytes.
"""

Batches = Iterable[pa.RecordBatch]
Rows = Sequence[tuple[str, str, bytes]]
"""Segments, each with its file and block."""


class Account(Share, array_like=True, frozen=True):
    """What became of a block, with the first of its faults."""

    faults: tuple[Fault, ...]


class Tables(Struct, frozen=True, kw_only=True):
    """What is known of a population: rows by table, resources as lines of text by type.

    Both come out of one pass, which the executors keep until ``close``. ``sifted`` are the accounts of all blocks.
    """

    rows: Mapping[str, DataFrame]
    resources: Mapping[str, DataFrame]
    sifted: tuple[Account, ...]
    answers: DataFrame

    def accounts(self) -> list[Judged]:
        """What became of each partition."""
        found = self.answers.where(F.col(TABLE) == ACCOUNT).select(BODY).collect()
        accounts = (msgspec.msgpack.decode(row[BODY], type=Judged) for row in found)
        return sorted(accounts, key=lambda account: account.partition)

    def close(self) -> None:
        """Let go of what the executors keep."""
        self.answers.unpersist()


class _Shelf:
    """The segments of one partition, as a reader looks for them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def segments(self, partition: int) -> Iterator[tuple[tuple[str, str], Segment]]:
        """Each segment with its file and block."""
        for file, block, body in self.rows:
            yield (file, block), segment_in(body)

    def raws(self, some: Iterable[tuple[tuple[str, str], Kept]]) -> Iterator[Raw]:
        """Resources, each named by its block: nobody knows on which line of its file a block begins."""
        for (file, block), kept in some:
            found = restored(kept, kept.body, block, 0)
            yield structs.replace(found, scope=file) if kept.part == LINE else found

    def products(self, *, keeps_all: bool) -> Products:
        """The products in these segments."""
        found = ((seat, kept) for seat, segment in self.segments(PRODUCTS) for kept in segment.kept)
        return Products(found, self.raws, keeps_all=keeps_all)


def judged(frame: DataFrame, order: Order, *, partitions: int) -> Tables:
    """Judge the population in a DataFrame with the columns of ``INPUT``; its patients are spread over so many partitions."""
    sifted = frame.mapInArrow(partial(_sift, order=order, partitions=partitions), from_arrow_schema(SIFTED))
    # Kept as they are, and on disk: as a table in memory they would crowd out all else.
    sifted = sifted.localCheckpoint(eager=False, storageLevel=StorageLevel.DISK_ONLY)
    told = sifted.where(F.col(PLACE) == TOLD).select(BODY).collect()
    products = sifted.where(F.col(PLACE) == PRODUCTS).select(FILE, BLOCK, BODY).collect()
    shared: Broadcast[Rows] = frame.sparkSession.sparkContext.broadcast([tuple(row) for row in products])
    placed = settled(sifted, partitions).where(F.col(PLACE) >= 0)
    by_patient = placed.repartition(partitions, PLACE).sortWithinPartitions(PLACE, BLOCK)
    answers = by_patient.mapInArrow(partial(_judge, order=order, products=shared), from_arrow_schema(JUDGED))
    answers = answers.persist(StorageLevel.MEMORY_AND_DISK)
    return Tables(
        rows={name: _rows_of(answers, name) for name in SCHEMAS if name != LEDGER},
        resources={name: _lines_of(answers, name) for name in WRITTEN},
        sifted=tuple(msgspec.msgpack.decode(row[BODY], type=Account) for row in told),
        answers=answers,
    )


def _rows_of(answers: DataFrame, name: str) -> DataFrame:
    bodies = answers.where(F.col(TABLE) == name).select(BODY)
    return bodies.mapInArrow(_opened, from_arrow_schema(SCHEMAS[name]))


def _opened(batches: Batches) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for body in batch.column(BODY):
            yield from pa.ipc.open_stream(body.as_buffer())


def _lines_of(answers: DataFrame, name: str) -> DataFrame:
    texts = answers.where(F.col(TABLE) == name).select(F.col(BODY).cast("string").alias(TEXT))
    return texts.select(F.explode(F.split(TEXT, "\n")).alias(TEXT))


def _sift(batches: Batches, order: Order, partitions: int) -> Iterator[pa.RecordBatch]:
    """What an executor does with lines: sift them, and send on what may matter."""
    sieve = sieve_for(order)
    context, numbers = TaskContext.get(), count()
    part = context.partitionId() if context else 0
    for batch in batches:
        for file, whole, bodies in _stretches(batch):
            for sifted in (_wholes if whole else _blocks)(bodies, sieve, order.most_bytes):
                yield _sent(sifted, file, f"{file} (part {part}.{next(numbers)})", partitions)
    leave_tidy()


def _stretches(batch: pa.RecordBatch) -> Iterator[tuple[str, bool, pa.Array]]:
    """The bodies of a batch, those of one file together."""
    files, begun = pc.run_end_encode(batch.column(FILE)), 0
    for file, ended in zip(files.values.to_pylist(), files.run_ends.to_pylist(), strict=True):
        some = batch.slice(begun, ended - begun)
        yield file, some.column(WHOLE)[0].as_py(), some.column(BODY).cast(pa.binary()).fill_null(b"")
        begun = ended


def _wholes(bodies: pa.Array, sieve: Sieve, longest: int) -> Iterator[Sifted]:
    """Whole files, read as the local engine does; what an archive holds before it breaks off is kept."""
    for body in bodies:
        with NamedTemporaryFile() as held:
            held.write(body.as_buffer())
            held.flush()
            file = file_at(held.name, held.name, longest)
            if file.fault:
                yield Sifted(read=1, faults=[(0, structs.replace(file.fault, where=""))])
            else:
                # Each block is named for itself, so that lines are counted from its beginning.
                yield from sifted_in(file, (0, file.size), sieve, longest, Told(), stays=False)


def _blocks(lines: pa.Array, sieve: Sieve, longest: int) -> Iterator[Sifted]:
    short = lines.filter(pc.less_equal(pc.binary_length(lines), longest))
    if len(short):
        # One list of all lines, which are joined without a look at each.
        listed = pa.ListArray.from_arrays(pa.array([0, len(short)], pa.int32()), short)
        yield sieve.sift_block(pc.binary_join(listed, b"\n")[0].as_py())
    yield from (too_long("a line", longest) for _ in range(len(lines) - len(short)))


def _sent(sifted: Sifted, file: str, block: str, partitions: int) -> pa.RecordBatch:
    """The segments of a block, and the account of the rest of it."""
    stream, told = BytesIO(), Told()
    spill = Spill(stream, partitions)
    spill.take(sifted.kept, sifted.mentioned)
    spill.write()
    told.add(sifted)
    held = stream.getvalue()
    faults = tuple(structs.replace(fault, where=f"{block}{fault.where}") for _, fault in told.faults)
    account = Account(told.read, spill.products, counts_of(told.counts), faults)
    rows = [(place.partition, held[place.offset : place.offset + place.length]) for place in spill.places]
    rows.append((TOLD, msgspec.msgpack.encode(account)))
    places, bodies = zip(*rows, strict=True)
    names = [[file] * len(rows), [block] * len(rows)]
    return pa.RecordBatch.from_pydict(dict(zip(SIFTED.names, (places, *names, bodies), strict=True)), schema=SIFTED)


def _judge(batches: Batches, order: Order, products: Broadcast[Rows]) -> Iterator[pa.RecordBatch]:
    """What an executor does with its partitions: read and judge them, one after the other."""
    shelf, judge = _bench(order, products)
    rows = chain.from_iterable(zip(*(batch.column(name).to_pylist() for name in SIFTED.names), strict=True) for batch in batches)
    for place, some in groupby(rows, key=itemgetter(0)):
        shelf.rows = [(file, block, body) for _, file, block, body in some]
        names, bodies = zip(*_answered(place, *judge.sheets(place)), strict=True)
        yield pa.RecordBatch.from_pydict({TABLE: names, BODY: bodies}, schema=JUDGED)
    leave_tidy()


@lru_cache(maxsize=1)
def _bench(order: Order, products: Broadcast[Rows]) -> tuple[_Shelf, Judge]:
    """What a process judges all of its partitions with."""
    known, shelf = tables(order.mappings), _Shelf(())
    shared = _Shelf(products.value).products(keeps_all=order.reads_all)
    return shelf, Judge(Reader(shelf, shared, known, reads_all=order.reads_all), known, order, Path())


def _answered(place: int, partition: Partition, sheets: Sheets) -> Iterator[tuple[str, bytes]]:
    """What there is to tell of a partition, by the name of the table or of the type."""
    for name, rows in sheets.rows.items():
        if rows:
            yield name, _streamed(pa.RecordBatch.from_arrays(columns_of(rows, name), schema=SCHEMAS[name]))
    for name, lines in sheets.lines.items():
        if lines:
            yield name, b"".join(lines).rstrip(b"\n")
    yield ACCOUNT, msgspec.msgpack.encode(judged_of(place, partition, sheets, {}))


def _streamed(batch: pa.RecordBatch) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, batch.schema) as writer:
        writer.write_batch(batch)
    body: bytes = stream.getvalue().to_pybytes()
    return body
