"""A property of JSON Schema as the engines know it, in the tables of the objects and in Parquet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mapped:
    """How a property's values are held.

    Attributes:
        schema: The property in JSON Schema.
        duckdb: Type of its column in `isthmus query`.
        parquet: Type in the Parquet.
        glue: Type in Athena's Parquet table.
        bigquery: Type in BigQuery's Parquet table.
        lines: Types in the tables over the objects, Glue's and BigQuery's.
    """

    schema: str
    duckdb: str
    parquet: str
    glue: str
    bigquery: str
    lines: tuple[str, str]


TYPES = (
    Mapped('"type": "integer"', "BIGINT", "INT64", "bigint", "INTEGER", ("bigint", "INTEGER")),
    Mapped('"type": "number"', "DOUBLE", "DOUBLE", "double", "FLOAT", ("double", "FLOAT")),
    Mapped('"type": "boolean"', "BOOLEAN", "BOOLEAN", "boolean", "BOOLEAN", ("boolean", "BOOLEAN")),
    Mapped('"type": "string"', "VARCHAR", "STRING", "string", "STRING", ("string", "STRING")),
    Mapped(
        '"type": "string", "format": "date-time"',
        "TIMESTAMPTZ",
        "TIMESTAMP (µs, UTC)",
        "timestamp",
        "TIMESTAMP",
        ("string", "STRING"),
    ),
    Mapped('"type": "string", "format": "date"', "DATE", "DATE", "date", "DATE", ("string", "STRING")),
    Mapped('"type": "object" or "array"', "JSON", "STRING (JSON)", "string", "STRING", ("string", "STRING")),
)
"""One row a kind of property. With "null" beside it a type is the same: every column may be null."""


def markdown() -> str:
    """Returns the table for people."""
    head = "| property | `isthmus query` | Parquet | Athena | BigQuery | tables of the objects |\n|" + " --- |" * 6
    rows = [
        f"| `{one.schema}` | {one.duckdb} | {one.parquet} | {one.glue} | {one.bigquery} | {' / '.join(one.lines)} |"
        for one in TYPES
    ]
    return "\n".join([head, *rows])
