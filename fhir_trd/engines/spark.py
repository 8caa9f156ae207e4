"""The same work on Spark, for populations that outgrow one machine: resources in, tables out, spread by patient.

Executors sift their lines, what may matter is sent to the partition of its patient, and each partition is judged by the very
code that judges one on a single machine. Every executor needs this package beside its Python.
"""

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from itertools import chain, count, groupby
from operator import itemgetter
from pathlib import Path

import msgspec
import pyarrow as pa
from msgspec import Struct, structs
from pyspark import StorageLevel, TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - so called by everyone who uses Spark
from pyspark.sql.pandas.types import from_arrow_schema

from fhir_trd.engines.judging import Judge, Sheets
from fhir_trd.engines.orders import Order
from fhir_trd.engines.products import Products
from fhir_trd.engines.reading import Partition, Reader
from fhir_trd.engines.scanning import FAULTS_NAMED, Count, Told, counts_of, too_long
from fhir_trd.engines.spark_settling import BLOCK, BODY, FILE, PLACE, SIFTED, segment_in, settled
from fhir_trd.engines.spill import PRODUCTS, Segment, Spill
from fhir_trd.engines.tables import LEDGER, SCHEMAS, Row, columns_of
from fhir_trd.engines.work import sieve_for, tables
from fhir_trd.fhir.decode import Fault, Raw
from fhir_trd.fhir.read.sieve import LINE, Kept, Sieve, Sifted, restored
from fhir_trd.fhir.write.device import DEVICE
from fhir_trd.fhir.write.lines import WRITTEN
from fhir_trd.sources.forms import GZIP, Form, form_in

WHOLE = "whole"
INPUT = pa.schema([(BODY, pa.binary()), (FILE, pa.string()), (WHOLE, pa.bool_())])
"""What goes in: a line or a document as bytes, the file it comes from, and whether it is the whole of that file."""

TOLD = -2
"""The place of what needs no judging any more: what was set aside at once, or could not be read."""

TABLE, TEXT = "table", "text"
PRODUCT_USED, FAULT = "product", "fault"
JUDGED = pa.schema(
    [(TABLE, pa.string()), *((name, pa.struct(list(schema))) for name, schema in SCHEMAS.items()), (TEXT, pa.string())]
)
"""What the second stage answers: each row bears the name of its table, and is filled in only there."""

Batches = Iterable[pa.RecordBatch]


class Account(Struct, array_like=True, frozen=True):
    """What became of a block: how much was read, how many products it held, what was set aside at once or was no resource, and
    the first of the faults."""

    read: int
    products: int
    counts: tuple[Count, ...]
    faults: tuple[Fault, ...]


class Tables(Struct, frozen=True, kw_only=True):
    """What is known of a population: rows by table, resources as lines of text by type, and the accounts of all blocks.

    ``rows`` and ``resources`` come out of one pass, which the executors keep until ``close``. ``products`` are those in use,
    ``faults`` what could not be read when records were, each as JSON.
    """

    rows: Mapping[str, DataFrame]
    resources: Mapping[str, DataFrame]
    products: DataFrame
    faults: DataFrame
    accounts: tuple[Account, ...]
    held: tuple[DataFrame, ...]

    def close(self) -> None:
        """Let go of what the executors keep."""
        for frame in self.held:
            frame.unpersist()


class _Shelf:
    """The segments of one partition, as a reader looks for them."""

    def __init__(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        self._rows = rows

    def segments(self, partition: int) -> Iterator[tuple[tuple[str, str], Segment]]:
        """Each segment with its file and block."""
        for file, block, body in self._rows:
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
    sifted = sifted.persist(StorageLevel.MEMORY_AND_DISK)
    told = sifted.where(F.col(PLACE) == TOLD).select(BODY).collect()
    products = sifted.where(F.col(PLACE) == PRODUCTS).select(FILE, BLOCK, BODY).collect()
    shared = frame.sparkSession.sparkContext.broadcast([tuple(row) for row in products])
    placed = settled(sifted, partitions).where(F.col(PLACE) >= 0)
    by_patient = placed.repartition(partitions, PLACE).sortWithinPartitions(PLACE, BLOCK)
    rows = by_patient.mapInArrow(lambda batches: _judge(batches, order, shared.value), from_arrow_schema(JUDGED))
    rows = rows.persist(StorageLevel.MEMORY_AND_DISK)
    return Tables(
        rows={name: rows.where(F.col(TABLE) == name).select(f"{name}.*") for name in SCHEMAS},
        resources={name: _lines(rows, name) for name in (*WRITTEN, DEVICE)},
        products=_lines(rows, PRODUCT_USED),
        faults=_lines(rows, FAULT),
        accounts=tuple(msgspec.msgpack.decode(row[BODY], type=Account) for row in told),
        held=(sifted, rows),
    )


def _lines(rows: DataFrame, name: str) -> DataFrame:
    """The lines of one kind; the software and the products are named once, however many partitions name them."""
    lines = rows.where(F.col(TABLE) == name).select(TEXT)
    return lines.distinct() if name in (DEVICE, PRODUCT_USED) else lines


def _sift(batches: Batches, order: Order, partitions: int) -> Iterator[pa.RecordBatch]:
    """What an executor does with lines: sift them, and send on what may matter."""
    sieve = sieve_for(order)
    context, numbers = TaskContext.get(), count()
    part = context.partitionId() if context else 0
    for batch in batches:
        bodies = batch.column(BODY).cast(pa.binary()).to_pylist()
        rows = zip(batch.column(FILE).to_pylist(), batch.column(WHOLE).to_pylist(), bodies, strict=True)
        for (file, whole), some in groupby(rows, key=itemgetter(0, 1)):
            lines = [body or b"" for _, _, body in some]
            for sifted in (_documents if whole else _blocks)(lines, sieve, order.most_bytes):
                yield _sent(sifted, file, f"{file} (part {part}.{next(numbers)})", partitions)


def _documents(bodies: Iterable[bytes], sieve: Sieve, longest: int) -> Iterator[Sifted]:
    """Whole files: one document each, or lines after all, whatever their names say."""
    for packed in bodies:
        body = gzip.decompress(packed) if packed.startswith(GZIP) else packed
        if form_in(body) is Form.LINES:
            yield from _blocks(body.split(b"\n"), sieve, longest)
        else:
            yield sieve.sift_document(body) if len(body) <= longest else too_long("a document", longest)


def _blocks(lines: Sequence[bytes], sieve: Sieve, longest: int) -> Iterator[Sifted]:
    short = [line for line in lines if len(line) <= longest]
    if short:
        yield sieve.sift_block(b"\n".join(short))
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


def _judge(batches: Batches, order: Order, products: Sequence[tuple[str, str, bytes]]) -> Iterator[pa.RecordBatch]:
    """What an executor does with its partitions: read and judge them, one after the other."""
    known = tables(order.mappings)
    shared = _Shelf(products).products(keeps_all=order.reads_all)
    rows = chain.from_iterable(zip(*(batch.column(name).to_pylist() for name in SIFTED.names), strict=True) for batch in batches)
    for place, some in groupby(rows, key=itemgetter(0)):
        shelf = _Shelf([(file, block, body) for _, file, block, body in some])
        judge = Judge(Reader(shelf, shared, known, reads_all=order.reads_all), known, order, Path())
        yield from _answered(*judge.sheets(place))


def _answered(partition: Partition, sheets: Sheets) -> Iterator[pa.RecordBatch]:
    for name, rows in {**sheets.rows, LEDGER: _fates(partition)}.items():
        fields = list(SCHEMAS[name])
        yield _rows_of(name, name, pa.StructArray.from_arrays(columns_of(rows, name), fields=fields))
    lines = {**sheets.lines, DEVICE: [sheets.device] if sheets.device else []}
    texts = {name: [line.decode().rstrip("\n") for line in some] for name, some in lines.items()}
    texts[PRODUCT_USED] = sorted("\n".join(product) for product in partition.products)
    texts[FAULT] = [msgspec.json.encode(fault).decode() for fault in partition.faults[:FAULTS_NAMED]]
    for name, some in texts.items():
        yield _rows_of(name, TEXT, pa.array(some, pa.string()))


def _fates(partition: Partition) -> list[Row]:
    names = SCHEMAS[LEDGER].names
    return [dict(zip(names, (*fate, number), strict=True)) for fate, number in sorted(partition.fates.items())]


def _rows_of(table: str, column: str, values: pa.Array) -> pa.RecordBatch:
    """Rows of one table: its own column is filled in, all others are empty."""
    size = len(values)
    own = {TABLE: pa.array([table] * size, pa.string()), column: values}
    return pa.RecordBatch.from_arrays(
        [own[field.name] if field.name in own else pa.nulls(size, field.type) for field in JUDGED], schema=JUDGED
    )
