"""Between the stages on Spark: resources that name their patient by an identifier alone go to the partition of that patient."""

from collections.abc import Iterable, Iterator
from functools import partial

import msgspec
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - so called by everyone who uses Spark
from pyspark.sql.pandas.types import from_arrow_schema

from fhir_trd.engines.settling import Settled, settled_by
from fhir_trd.engines.spill import Segment
from fhir_trd.fhir.read.identifiers import key_of_subject, keys_of_patient
from fhir_trd.fhir.read.sheets import PATIENT
from fhir_trd.fhir.read.sieve import Kept

PLACE, FILE, BLOCK, BODY = "place", "file", "block", "body"
SIFTED = pa.schema([(PLACE, pa.int32()), (FILE, pa.string()), (BLOCK, pa.string()), (BODY, pa.binary())])
"""Segments of blocks, each with the partition that its patients belong to."""

PEOPLE = pa.schema([(BODY, pa.binary())])


def settled(sifted: DataFrame, partitions: int) -> DataFrame:
    """The segments, with those of nobody where they belong. They are few: the driver holds them."""
    rows = sifted.where(F.col(PLACE) == partitions).select(FILE, BLOCK, BODY).collect()
    nobodys = [Settled(number, kept) for number, row in enumerate(rows) for kept in segment_in(row[BODY]).kept]
    wanted = {key for one in nobodys if (key := key_of_subject(one.kept.resource_type, one.kept.body))}
    if not wanted:
        return sifted
    others = sifted.where((F.col(PLACE) >= 0) & (F.col(PLACE) != partitions))
    found = others.mapInArrow(partial(_people, wanted=frozenset(wanted)), from_arrow_schema(PEOPLE)).collect()
    people = [msgspec.msgpack.decode(row[BODY], type=Kept) for row in found]
    again = [
        (place, rows[one.piece][FILE], rows[one.piece][BLOCK], msgspec.msgpack.encode(Segment(kept=[one.kept])))
        for place, some in settled_by(nobodys, people, partitions).items()
        for one in some
    ]
    rest = sifted.where(F.col(PLACE) != partitions)
    return rest.unionByName(sifted.sparkSession.createDataFrame(again, from_arrow_schema(SIFTED)))


def segment_in(body: bytes) -> Segment:
    """The segment in a row."""
    return msgspec.msgpack.decode(body, type=Segment)


def _people(batches: Iterable[pa.RecordBatch], wanted: frozenset[str]) -> Iterator[pa.RecordBatch]:
    """What an executor does: find the patients who have one of these identifiers."""
    for batch in batches:
        segments = map(segment_in, batch.column(BODY).to_pylist())
        people = [kept for segment in segments for kept in segment.kept if kept.resource_type == PATIENT]
        found = [msgspec.msgpack.encode(kept) for kept in people if wanted.intersection(keys_of_patient(kept.body))]
        yield pa.RecordBatch.from_pydict({BODY: found}, schema=PEOPLE)
