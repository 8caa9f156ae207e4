"""The codebook: every column of every table, with its type, its unit, what may stand in it and what that means."""

from collections.abc import Iterator, Mapping

import pyarrow as pa

from fhir_trd.engines.research.files import STUDY_SCHEMAS
from fhir_trd.engines.research.meanings import MEANINGS
from fhir_trd.engines.tables import SCHEMAS, Row

TABLES: Mapping[str, pa.Schema] = {**SCHEMAS, **STUDY_SCHEMAS}
"""Every table that is written, by ``bulk`` and by ``study``."""

KINDS: Mapping[pa.DataType, str] = {
    pa.string(): "string",
    pa.bool_(): "bool",
    pa.int32(): "int32",
    pa.int64(): "int64",
    pa.float64(): "double",
    pa.date32(): "date",
}


def codebook_rows() -> list[Row]:
    """One row for each column, and one for each field of a column that holds structs ("judgements.answer")."""
    return [
        {
            "table_name": table,
            "column_name": column,
            "type": kind,
            "unit": MEANINGS[table][column].unit or None,
            "allowed": "; ".join(MEANINGS[table][column].values) or None,
            "meaning": MEANINGS[table][column].says,
            "since": MEANINGS[table][column].since,
        }
        for table, schema in TABLES.items()
        for column, kind in columns_of(schema)
    ]


def columns_of(schema: pa.Schema) -> Iterator[tuple[str, str]]:
    """Every column and field by name, with its type."""
    for field in schema:
        yield from _typed(field.name, field.type)


def _typed(name: str, kind: pa.DataType) -> Iterator[tuple[str, str]]:
    if not pa.types.is_list(kind):
        yield name, KINDS[kind]
    elif not pa.types.is_struct(kind.value_type):
        yield name, f"list of {KINDS[kind.value_type]}"
    else:
        yield name, "list of struct"
        for field in kind.value_type:
            yield from _typed(f"{name}.{field.name}", field.type)
