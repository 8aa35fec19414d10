"""The sample queries: one answer from DuckDB and from Athena, over planned tables; BigQuery's by their columns."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
import sqlglot
from botocore.config import Config
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.query import Result, run_query
from isthmus.core import keys

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(path.stem for path in (ROOT / "examples" / "queries").glob("*.sql"))
DATABASE = "isthmus_dev_events"
TABLE = "com_example_flight_departed"
SECONDS = 60


class Athena:
    """The local Athena, asked through its API."""

    def __init__(self, endpoint: str, output: str) -> None:
        options = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})
        self.glue, self.s3, self._athena = (
            boto3.client(name, endpoint_url=endpoint, config=config, **options) for name in ("glue", "s3", "athena")
        )
        self._output = output

    def ask(self, sql: str) -> list[tuple[str | None, ...]]:
        """Returns the rows of an answer, as Athena's text."""
        begun = self._athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": DATABASE},
            ResultConfiguration={"OutputLocation": self._output},
        )
        name = {"QueryExecutionId": begun["QueryExecutionId"]}
        deadline = time.monotonic() + SECONDS
        while True:
            status = self._athena.get_query_execution(**name)["QueryExecution"]["Status"]
            if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
                break
            assert time.monotonic() < deadline, "no answer"
            time.sleep(0.02)
        assert status["State"] == "SUCCEEDED", status
        pages = self._athena.get_paginator("get_query_results").paginate(**name)
        rows = [row["Data"] for page in pages for row in page["ResultSet"]["Rows"]]
        return [tuple(cell.get("VarCharValue") for cell in row) for row in rows[1:]]


@pytest.fixture(scope="module")
def athena(
    local_aws: Callable[[str], AbstractContextManager[str]],
    planned: dict[str, list[dict[str, Any]]],
    archives: tuple[MemoryBucket, MemoryBucket],
) -> Iterator[Athena]:
    """A local Athena with the planned database and tables, over the archive's objects in the planned bucket."""
    with local_aws("false") as endpoint:
        (database,) = planned["aws_glue_catalog_database"]
        bucket = database["location_uri"].split("/")[2]
        asked = Athena(endpoint, f"s3://{bucket}/results/")
        asked.s3.create_bucket(Bucket=bucket)
        for key, data in archives[0].objects.items():
            asked.s3.put_object(Bucket=bucket, Key=key, Body=data)
        asked.glue.create_database(DatabaseInput={"Name": database["name"]})
        for table in planned["aws_glue_catalog_table"]:
            asked.glue.create_table(DatabaseName=table["database_name"], TableInput=_table(table))
        yield asked


def _table(planned: dict[str, Any]) -> dict[str, Any]:
    """A planned table as Glue takes it."""
    (storage,) = planned["storage_descriptor"]
    (serde,) = storage["ser_de_info"]
    return {
        "Name": planned["name"],
        "TableType": planned["table_type"],
        "Parameters": planned["parameters"],
        "PartitionKeys": [{"Name": key["name"], "Type": key["type"]} for key in planned["partition_keys"]],
        "StorageDescriptor": {
            "Columns": [{"Name": column["name"], "Type": column["type"]} for column in storage["columns"]],
            "Location": storage["location"],
            "InputFormat": storage["input_format"],
            "OutputFormat": storage["output_format"],
            "SerdeInfo": {
                "SerializationLibrary": serde["serialization_library"],
                "Parameters": serde.get("parameters") or {},
            },
        },
    }


@pytest.fixture(scope="module")
def duckdb_says(
    tool: ModuleType, archives: tuple[MemoryBucket, MemoryBucket], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Result]:
    """What `isthmus query` says."""
    folder = tmp_path_factory.mktemp("cache")
    return {name: run_query(text, archives, folder, catalog=ROOT / "catalog") for name, text in tool.queries().items()}


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row whose numbers are numbers, whatever they were written as."""

    def one(value: Any) -> Any:
        try:
            return round(float(value), 6)
        except (TypeError, ValueError):
            return value

    return tuple(one(value) for value in row)


def test_there_are_ten_at_least_and_each_says_what_it_asks(tool: ModuleType) -> None:
    assert len(NAMES) >= 10
    for text in tool.queries().values():
        assert text.startswith("-- ")
        assert "?" in tool.question(text)


@pytest.mark.parametrize("name", NAMES)
def test_athena_and_duckdb_say_the_same(name: str, athena: Athena, duckdb_says: dict[str, Result]) -> None:
    expected = [plain(row) for row in duckdb_says[name].rows]
    assert duckdb_says[name].tables == 1
    assert expected
    text = (ROOT / "examples" / "queries" / "athena" / f"{name}.sql").read_text()
    assert [plain(row) for row in athena.ask(text)] == expected


def test_the_table_of_the_objects_and_the_parquet_hold_the_same(athena: Athena) -> None:
    sums = "count(*), count(DISTINCT id), sum({0}distance), sum({0}dep_delay)"
    objects = athena.ask(f"SELECT {sums.format('data.')} FROM {DATABASE}.{TABLE}")
    assert objects == athena.ask(f"SELECT {sums.format('')} FROM {DATABASE}.{TABLE}_compacted")
    assert objects[0][0] == objects[0][1] == "6000"


def test_the_planned_columns_are_those_of_the_parquet(
    planned: dict[str, list[dict[str, Any]]], archives: tuple[MemoryBucket, MemoryBucket], tmp_path: Path
) -> None:
    """On both clouds, name by name and type by type."""
    import duckdb

    (data,) = (data for key, data in archives[0].objects.items() if key.startswith(keys.COMPACTED))
    (tmp_path / "day.parquet").write_bytes(data)
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{tmp_path / 'day.parquet'}'").fetchall()
    parquet = {name: kind for name, kind, *_ in described}
    (glue,) = (one for one in planned["aws_glue_catalog_table"] if one["name"].endswith("_compacted"))
    columns = {one["name"]: one["type"] for one in glue["storage_descriptor"][0]["columns"]}
    assert columns == {name: GLUE[kind] for name, kind in parquet.items()}
    assert _bigquery(planned) == {name: BIGQUERY[kind] for name, kind in parquet.items()}


ZONED = "TIMESTAMP WITH TIME ZONE"
GLUE = {"BIGINT": "bigint", "VARCHAR": "string", ZONED: "timestamp", "VARCHAR[]": "array<string>"}
BIGQUERY = {
    "BIGINT": "INTEGER NULLABLE",
    "VARCHAR": "STRING NULLABLE",
    ZONED: "TIMESTAMP NULLABLE",
    "VARCHAR[]": "STRING REPEATED",
}


def _bigquery(planned: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    (table,) = (one for one in planned["google_bigquery_table"] if one["table_id"].endswith("_compacted"))
    columns = json.loads(table["external_data_configuration"][0]["schema"])
    return {one["name"]: f"{one['type']} {one['mode']}" for one in columns}


@pytest.mark.parametrize("name", NAMES)
def test_bigquery_knows_every_column_and_gets_a_date(
    name: str, tool: ModuleType, planned: dict[str, list[dict[str, Any]]]
) -> None:
    """Parsed in its dialect, resolved against the planned table, and back: BigQuery's SQL is what was written."""
    text = (ROOT / "examples" / "queries" / "bigquery" / f"{name}.sql").read_text()
    tree = sqlglot.parse_one(text, read="bigquery", error_level=sqlglot.ErrorLevel.RAISE)
    columns = {column: kind.split()[0] for column, kind in _bigquery(planned).items()}
    schema = {DATABASE: {f"{TABLE}_compacted": {**columns, "date": "DATE"}}}
    qualify(tree.copy(), schema=schema, dialect="bigquery", validate_qualify_columns=True)
    for selection in tree.find_all(exp.Select):
        source = selection.args["from_"].this if selection.args.get("from_") else None
        if isinstance(source, exp.Table) and source.name == f"{TABLE}_compacted":
            assert any(column.name == "date" for column in selection.args["where"].find_all(exp.Column))
    assert sqlglot.parse_one(tool.translated(tool.queries()[name], "bigquery"), read="bigquery") == tree


def test_a_column_that_is_not_planned_is_found_out(planned: dict[str, list[dict[str, Any]]]) -> None:
    """So that the test before can fail."""
    schema = {DATABASE: {f"{TABLE}_compacted": dict.fromkeys(_bigquery(planned), "STRING")}}
    tree = sqlglot.parse_one(f"SELECT colour FROM {DATABASE}.{TABLE}_compacted", read="bigquery")
    with pytest.raises(sqlglot.errors.OptimizeError):
        qualify(tree, schema=schema, dialect="bigquery", validate_qualify_columns=True)
