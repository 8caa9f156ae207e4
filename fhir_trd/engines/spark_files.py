"""What Spark finds in a folder, on whichever file system it is: lines, whole documents and Parquet as one DataFrame."""

from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - so called by everyone who uses Spark

from fhir_trd.engines.spark import INPUT, WHOLE
from fhir_trd.engines.spark_settling import BODY, FILE
from fhir_trd.errors import UsageError
from fhir_trd.fhir.decode import TYPE

LINES, DOCUMENTS, PARQUET = (".ndjson", ".jsonl"), (".json",), (".parquet",)
GZ, AT_ONCE = ".gz", 64 << 20
"""How large an archive of lines may be to be read at once."""

DELTA = "_delta_log"
JSON_COLUMNS = ("value", "resource", "json", "body", "raw")
"""How a column is called that holds a whole resource as JSON, where there are others beside it."""


class Listed(Struct, frozen=True):
    """A file and how large it is."""

    path: str
    size: int

    @property
    def name(self) -> str:
        """Its name, without that of the archive it may be in."""
        return PurePosixPath(self.path).name.lower().removesuffix(GZ)

    @property
    def is_read_at_once(self) -> bool:
        """Whether it is unpacked and cut by us: a damaged archive costs what it holds then, while to Spark it is the end."""
        return self.name.endswith(DOCUMENTS) or (self.name.endswith(LINES) and self.path.endswith(GZ) and self.size <= AT_ONCE)


def files_in(spark: SparkSession, folder: str) -> tuple[Listed, ...]:
    """Every FHIR file below a folder, in the order of their names."""
    found = sorted(_below(spark, folder), key=lambda file: file.path)
    if any(DELTA in PurePosixPath(file.path).parts for file in found):
        raise UsageError(
            f"{folder}: found a Delta table, whose files alone do not tell which of them still hold, wanted plain files; read "
            "the table with Spark, and hand the DataFrame over (docs/how-to/run-on-spark.md)"
        )
    known = tuple(file for file in found if file.name.endswith((*LINES, *DOCUMENTS, *PARQUET)) and file.size)
    if not known:
        names = ", ".join((*LINES, *DOCUMENTS, *PARQUET))
        raise UsageError(f"{folder}: found no FHIR file in this folder, wanted names in {names} (the first three also as .gz)")
    return known


def frame_of(spark: SparkSession, files: Sequence[Listed]) -> DataFrame:
    """The content of all files, in the columns of ``INPUT``."""
    wholes = [file.path for file in files if file.is_read_at_once]
    lines = [file.path for file in files if file.name.endswith(LINES) and not file.is_read_at_once]
    folders = sorted({str(PurePosixPath(file.path).parent) for file in files if file.name.endswith(PARQUET)})
    frames = [_columns(spark.read.text(lines), F.col("value").cast("binary"), whole=False)] if lines else []
    frames += [_columns(spark.read.format("binaryFile").load(wholes), F.col("content"), whole=True)] if wholes else []
    frames += [from_table(spark.read.parquet(folder), _type_told_by(folder)) for folder in folders]
    return reduce(DataFrame.unionByName, frames)


def from_table(frame: DataFrame, resource_type: str = "") -> DataFrame:
    """A table of resources in the columns of ``INPUT``: each as JSON in one column, or spread over columns named as in FHIR.

    ``resource_type``: what the rows are, where no column tells.
    """
    texts = [field.name for field in frame.schema if field.dataType.typeName() in ("string", "binary")]
    named = next((name for name in JSON_COLUMNS if name in texts), texts[0] if texts and not frame.columns[1:] else "")
    if named:
        return _columns(frame, F.col(named).cast("binary"), whole=False)
    if TYPE not in frame.columns:
        if not resource_type:
            raise UsageError(
                f"found a table with the columns {', '.join(frame.columns[:5])} …, wanted a column with resources as JSON "
                f"({', '.join(JSON_COLUMNS)}), or one called {TYPE}, or a folder named for the type"
            )
        frame = frame.withColumn(TYPE, F.lit(resource_type))
    others = [name for name in frame.columns if name != TYPE]
    return _columns(frame, F.to_json(F.struct(TYPE, *others)).cast("binary"), whole=False)


def write_lines(frame: DataFrame, folder: str, name: str) -> None:
    """Write a DataFrame of lines as NDJSON files with the names that the local engine gives them."""
    written = f"{folder}/.{name}"
    frame.write.text(written)
    place, system = _place(frame.sparkSession, written)
    parts = sorted(status.getPath().toString() for status in system.listStatus(place) if status.getLen())
    parts = [path for path in parts if PurePosixPath(path).name.startswith("part-")]
    for number, path in enumerate(parts):
        from_here, _ = _place(frame.sparkSession, path)
        to_there, _ = _place(frame.sparkSession, f"{folder}/{name}.{number:05}.ndjson")
        system.rename(from_here, to_there)
    system.delete(place, True)


def write_text(spark: SparkSession, path: str, body: bytes) -> None:
    """Write a small file to wherever Spark writes."""
    place, system = _place(spark, path)
    stream = system.create(place, False)
    try:
        stream.write(bytearray(body))
    finally:
        stream.close()


def expect_empty(spark: SparkSession, output: str) -> None:
    """Refuse an output folder that holds something."""
    place, system = _place(spark, output)
    if system.exists(place) and list(system.listStatus(place)):
        raise UsageError(f"{output}: found files in the output folder, wanted an empty one; give another with -o")


def _columns(frame: DataFrame, body: Column, *, whole: bool) -> DataFrame:
    is_file = "_metadata" in frame.columns or frame.inputFiles()
    file = F.col("_metadata.file_name") if is_file else F.lit("table")
    return frame.select(body.alias(BODY), file.alias(FILE), F.lit(whole).alias(WHOLE)).select(*INPUT.names)


def _type_told_by(folder: str) -> str:
    name = PurePosixPath(folder).name.partition(".")[0]
    return name if name[:1].isupper() and name.isalpha() else ""


def _below(spark: SparkSession, folder: str) -> Iterator[Listed]:
    place, system = _place(spark, folder)
    if not system.exists(place):
        raise UsageError(f"{folder}: found nothing there, wanted a folder that Spark can read")
    found = system.listFiles(place, True)
    while found.hasNext():
        status = found.next()
        yield Listed(status.getPath().toString(), status.getLen())


def _place(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """A path as Hadoop knows it, and the file system it is on."""
    java, context = spark.sparkContext._jvm, spark.sparkContext._jsc
    place = java.org.apache.hadoop.fs.Path(path)
    return place, place.getFileSystem(context.hadoopConfiguration())
